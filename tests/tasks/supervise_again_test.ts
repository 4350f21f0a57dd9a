import { TaskManager } from "@goasync/core";
import { repeatable } from "@goasync/core/tasks/repeatable";
import { schedule } from "@goasync/core/tasks/schedule";
import { supervise } from "@goasync/core/tasks/supervise";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { pass } from "../helpers/pass.ts";
import { every } from "../helpers/scheduled.ts";
import {
  BACKOFF,
  failing,
  generations,
  notesOf,
} from "../helpers/supervised.ts";

describe("supervise() executed again by what is around it", () => {
  it("cleans up the generation that has returned before the next", async () => {
    using time = new FakeTime(0);
    const log: string[] = [];
    const task = supervise(generations(log, { execute: [() => {}] }));
    const manager = new TaskManager();
    manager.addTask("it", schedule(every(1_000), task));
    const errors = manager.runSettled();
    await time.runMicrotasks();
    assertEquals(log, ["initialize"]);
    await pass(time, 1_000);
    await pass(time, 1_000);
    const generation = ["initialize", "execute", "cleanup"];
    assertEquals(log, [...generation, "initialize", "execute"]);
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, [...generation, ...generation]);
    assertEquals(task.restarts, 0);
  });

  it("cleans up the one with which it gave up, and notes if that fails", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const given = generations(log, {
      execute: failing(1, ({ done }) => done),
      cleanup: failing(1, () => {}),
    });
    const task = supervise(given, {
      intensity: { restarts: 0, within: 1_000 },
    });
    const manager = new TaskManager();
    manager.addTask("it", repeatable(task, { backoff: BACKOFF }));
    const errors = manager.runSettled();
    await time.runMicrotasks();
    await pass(time, 100);
    const generation = ["initialize", "execute", "cleanup"];
    assertEquals(log, [...generation, "initialize", "execute"]);
    assertEquals(task.isUp, true);
    assertEquals(notesOf(manager), [
      "failed: Gave up after 0 restarts within 1000 ms: no connection",
      "cleanup failed: no connection",
    ]);
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, [...generation, ...generation]);
  });
});
