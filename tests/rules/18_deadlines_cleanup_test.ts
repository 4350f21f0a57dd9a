import { TaskManager } from "@goasync/core";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { stuck } from "../helpers/stuck.ts";
import { gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";
import { notingTask, untilStopped } from "../helpers/noting_task.ts";
import { summary } from "../helpers/summary.ts";
import { assertTimeout, started } from "../helpers/timeouts.ts";

describe("rule 18: cleanupTimeout", () => {
  it("leaves a cleanup that overruns it behind, and begins the next", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const manager = new TaskManager({ cleanupTimeout: 100 });
    manager.addTask("first", notingTask(log));
    manager.addTask("slow", notingTask(log, { cleanup: stuck }));
    manager.addTask("patient", notingTask(log, { cleanup: stuck }), {
      cleanupTimeout: 200,
    });
    const { errors } = await started(manager, time);
    log.length = 0;
    manager.stop();
    await pass(time, 199);
    assertEquals(log, ["patient cleanup"]);
    await pass(time, 1);
    assertEquals(log, ["patient cleanup", "slow cleanup"]);
    await pass(time, 100);
    assertEquals(log, ["patient cleanup", "slow cleanup", "first cleanup"]);
    const list = await errors;
    assertEquals(summary(list), [
      "patient cleanup TIMEOUT",
      "slow cleanup TIMEOUT",
    ]);
    assertTimeout(list[0], "200 ms");
    assertTimeout(list[1], "100 ms");
  });

  it("begins no cleanup while a fake clock passes over its time at once", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const manager = new TaskManager({ cleanupTimeout: 100 });
    manager.addTask("first", notingTask(log));
    manager.addTask("slow", notingTask(log, { cleanup: stuck }));
    const { errors } = await started(manager, time);
    manager.stop();
    await time.runMicrotasks();
    time.tick(1_000); // Whatever is due comes before any microtask.
    assertEquals(summary(await errors), ["slow cleanup TIMEOUT"]);
    assertEquals(log.slice(-2), ["slow cleanup", "first cleanup"]);
  });

  it("aborts the signal of the cleanup, and no other, with the TimeoutError", async () => {
    using time = new FakeTime();
    const signals: AbortSignal[] = [];
    const manager = new TaskManager({ cleanupTimeout: 100 });
    manager.addTask("slow", {
      execute({ signal, done }) {
        signals.push(signal);
        return done;
      },
      cleanup({ signal }) {
        signals.push(signal);
        return stuck();
      },
    });
    const { errors } = await started(manager, time);
    manager.stop("enough");
    await time.runMicrotasks();
    time.tick(99);
    assertEquals(signals.map(({ aborted }) => aborted), [true, false]);
    time.tick(1);
    assertEquals(signals.map(({ aborted }) => aborted), [true, true]);
    const [error] = await errors;
    assertEquals(signals[0]?.reason, "enough");
    assertStrictEquals(signals[1]?.reason, error?.cause);
  });

  it("resolves done of the cleanup", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const manager = new TaskManager({ cleanupTimeout: 100 });
    manager.addTask("slow", {
      execute: untilStopped,
      async cleanup({ done }) {
        await done;
        log.push("told");
      },
    });
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 100);
    assertEquals(summary(await errors), ["slow cleanup TIMEOUT"]);
    assertEquals(log, ["told"]);
  });

  it("ignores whatever the cleanup does later", async () => {
    using time = new FakeTime();
    const cleans = gate();
    const manager = new TaskManager({ cleanupTimeout: 100 });
    const handle = manager.addTask("slow", {
      execute: untilStopped,
      async cleanup() {
        await cleans.reached;
        throw new Error("too late");
      },
    });
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 100);
    const list = await errors;
    cleans.open();
    await pass(time, 100);
    assertEquals(summary(list), ["slow cleanup TIMEOUT"]);
    assertEquals(handle.state, "clean");
  });
});
