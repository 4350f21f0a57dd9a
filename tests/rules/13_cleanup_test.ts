import { type Task, TaskManager } from "@goasync/core";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { gate } from "../helpers/gate.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { notingTask, untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";
import { summary } from "../helpers/summary.ts";

describe("rule 13: cleanup", () => {
  it("cleans up one after another, in reverse order", async () => {
    const log: string[] = [];
    const gates = [gate(), gate(), gate()];
    const manager = new TaskManager();
    gates.forEach(({ reached }, index) =>
      manager.addTask(`task ${index}`, {
        execute: untilStopped,
        cleanup: () => {
          log.push(`task ${index} cleanup`);
          return reached;
        },
      })
    );
    const { errors } = await running(manager);
    manager.stop();
    await microtasks();
    const expected = ["task 2 cleanup", "task 1 cleanup", "task 0 cleanup"];
    for (const [index, { open }] of gates.toReversed().entries()) {
      assertEquals(log, expected.slice(0, index + 1));
      assertEquals(manager.state, "cleaning-up");
      open();
      await microtasks();
    }
    assertEquals(manager.state, "finished");
    assertEquals(await errors, []);
  });

  it("cleans up every one, whatever the others do, and records what failed", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    const cleanups: Task["cleanup"][] = [
      () => {},
      () => {
        throw new Error("thrown");
      },
      undefined,
      () => Promise.reject(new Error("rejected")),
      () => Promise.resolve(),
    ];
    cleanups.forEach((cleanup, index) =>
      manager.addTask(
        `task ${index}`,
        notingTask(log, cleanup && { cleanup }),
      )
    );
    const { errors } = await running(manager);
    log.length = 0;
    manager.stop();
    const list = await errors;
    assertEquals(log, [
      "task 4 cleanup",
      "task 3 cleanup",
      "task 2 cleanup",
      "task 1 cleanup",
      "task 0 cleanup",
    ]);
    assertEquals(summary(list), [
      "task 3 cleanup FAILED",
      "task 1 cleanup FAILED",
    ]);
    assertEquals(list.map(({ cause }) => (cause as Error).message), [
      "rejected",
      "thrown",
    ]);
  });

  it("cleans up after a task failed while it executed", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    manager.addTask("first", notingTask(log));
    manager.addTask(
      "failing",
      notingTask(log, { execute: () => Promise.reject(new Error("no")) }),
    );
    assertEquals(summary(await manager.runSettled()), [
      "failing execute FAILED",
    ]);
    assertEquals(log.slice(-2), ["failing cleanup", "first cleanup"]);
  });

  it("begins only when everyone has stopped executing", async () => {
    const slow = gate();
    const log: string[] = [];
    const manager = new TaskManager();
    manager.addTask("task", notingTask(log));
    manager.addExecuteTask("slow", () => slow.reached);
    const { errors } = await running(manager);
    manager.stop();
    await microtasks();
    assertEquals(log, ["task initialize", "task execute"]);
    slow.open();
    assertEquals(await errors, []);
    assertEquals(log, ["task initialize", "task execute", "task cleanup"]);
  });

  it("calls neither initialize nor cleanup of an execute task", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    manager.addExecuteTask("it", notingTask(log));
    const { errors } = await running(manager);
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, ["it execute"]);
  });
});
