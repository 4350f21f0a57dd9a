import { TaskManager } from "@goasync/core";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { CountedTimers } from "../helpers/counted_timers.ts";
import { stuck } from "../helpers/stuck.ts";
import { gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";
import { notingTask, untilStopped } from "../helpers/noting_task.ts";
import { summary } from "../helpers/summary.ts";
import { assertTimeout, started } from "../helpers/timeouts.ts";

describe("rule 18: stopTimeout", () => {
  it("leaves an execute that overruns it behind, and cleans it up", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const manager = new TaskManager({ stopTimeout: 100 });
    const slow = manager.addTask("slow", notingTask(log, { execute: stuck }));
    const good = manager.addTask("good", notingTask(log));
    const { errors } = await started(manager, time);
    await pass(time, 10_000);
    assertEquals(manager.state, "executing");
    manager.stop();
    await pass(time, 99);
    assertEquals(manager.state, "stopping");
    await pass(time, 1);
    const list = await errors;
    assertEquals(summary(list), ["slow execute TIMEOUT"]);
    assertTimeout(list[0], "100 ms");
    assertEquals(log.slice(2), [
      "slow execute",
      "good execute",
      "good cleanup",
      "slow cleanup",
    ]);
    assertEquals([slow.state, good.state], ["timed-out", "clean"]);
  });

  it("leaves execute tasks behind likewise", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ stopTimeout: 100 });
    const queued = manager.addExecuteTask("queued", stuck);
    const { errors } = await started(manager, time);
    const added = manager.addExecuteTask("added", stuck, { stopTimeout: 50 });
    const patient = manager.addExecuteTask("patient", stuck, {
      stopTimeout: 200,
    });
    manager.stop();
    await pass(time, 50);
    assertEquals(
      [queued.state, added.state, patient.state],
      ["executing", "timed-out", "executing"],
    );
    await pass(time, 50);
    assertEquals(queued.state, "timed-out");
    assertEquals(manager.state, "stopping");
    await pass(time, 100);
    assertEquals(summary(await errors), [
      "added execute TIMEOUT",
      "queued execute TIMEOUT",
      "patient execute TIMEOUT",
    ]);
  });

  it("counts for a task that is called after the stop, in the same turn", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const manager = new TaskManager({ stopTimeout: 100 });
    manager.addTask("stopping", { execute: () => void manager.stop() });
    manager.addTask("task", { execute: stuck });
    manager.addExecuteTask("execute task", stuck);
    const { errors } = await started(manager, time);
    await pass(time, 99);
    assertEquals(manager.state, "stopping");
    await pass(time, 1);
    assertEquals(summary(await errors), [
      "task execute TIMEOUT",
      "execute task execute TIMEOUT",
    ]);
    assertEquals(timers.running, 0);
  });

  it("does not count for an initialize in flight", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const initializes = gate();
    const manager = new TaskManager({ stopTimeout: 100 });
    const handle = manager.addTask("it", {
      initialize: () => initializes.reached,
      execute: untilStopped,
    });
    const { errors } = await started(manager, time);
    manager.stop();
    assertEquals(timers.started, 0);
    await pass(time, 1_000);
    assertEquals([manager.state, handle.state], ["stopping", "initializing"]);
    initializes.open();
    assertEquals(await errors, []);
    assertEquals(handle.state, "never-started");
  });

  it("ignores whatever the execute does later", async () => {
    using time = new FakeTime();
    for (const late of ["return", "throw"]) {
      const executes = gate();
      const manager = new TaskManager({ stopTimeout: 100 });
      const handle = manager.addTask("slow", {
        async execute() {
          await executes.reached;
          if (late === "throw") throw new Error("too late");
        },
      }, { type: "stop-group" });
      const { errors } = await started(manager, time);
      manager.stop();
      await pass(time, 100);
      const list = await errors;
      executes.open();
      await pass(time, 100);
      assertEquals(summary(list), ["slow execute TIMEOUT"]);
      assertEquals(await handle.finished, "timed-out");
    }
  });

  it("keeps the reason of the stop on the signal", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ stopTimeout: 100 });
    let signal: AbortSignal | undefined;
    manager.addExecuteTask("slow", (context) => {
      signal = context.signal;
      return stuck();
    });
    await started(manager, time);
    manager.stop("enough");
    await pass(time, 100);
    assertEquals(signal?.reason, "enough");
  });

  it("does not count for what ends in time, and leaves no timer", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const executes = gate();
    const cleans = gate();
    const manager = new TaskManager({ stopTimeout: 100 });
    manager.addTask("ended", { execute: () => {} }, { type: "error" });
    manager.addTask("it", {
      execute: () => executes.reached,
      cleanup: () => cleans.reached,
    });
    const { errors } = await started(manager, time);
    assertEquals(timers.running, 0);
    manager.stop();
    assertEquals(timers.running, 1);
    await pass(time, 99);
    executes.open();
    await time.runMicrotasks();
    assertEquals(timers.running, 0);
    await pass(time, 1_000);
    assertEquals(manager.state, "cleaning-up");
    cleans.open();
    assertEquals(await errors, []);
  });

  it("of a task counts when it is cancelled, and stops nobody", async () => {
    using time = new FakeTime();
    const manager = new TaskManager();
    const slow = manager.addTask("slow", { execute: stuck }, {
      stopTimeout: 100,
    });
    const { errors } = await started(manager, time);
    slow.cancel();
    await pass(time, 100);
    assertEquals(await slow.finished, "timed-out");
    assertEquals(manager.state, "executing");
    await manager.stop();
    const list = await errors;
    assertEquals(summary(list), ["slow execute TIMEOUT"]);
    assertTimeout(list[0], "100 ms");
  });

  it("counts from the abort of signal on, not from being told", async () => {
    using time = new FakeTime();
    const drains = gate();
    const manager = new TaskManager({ stopTimeout: 100 });
    manager.addTask("draining", {
      execute: untilStopped,
      drain: () => drains.reached,
    });
    const slow = manager.addExecuteTask("slow", stuck);
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 1_000);
    drains.open();
    await time.runMicrotasks();
    assertEquals(manager.state, "stopping");
    await pass(time, 99);
    assertEquals(slow.state, "executing");
    await pass(time, 1);
    assertEquals(summary(await errors), ["slow execute TIMEOUT"]);
  });

  it("leaves a drain that overruns it behind, where execute has ended", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const manager = new TaskManager({ stopTimeout: 100, drainTimeout: 10 });
    const slow = manager.addTask(
      "slow",
      { ...notingTask(log), drain: stuck },
    );
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 10); // The drainTimeout.
    await pass(time, 99);
    assertEquals([manager.state, slow.state], ["stopping", "draining"]);
    await pass(time, 1);
    const list = await errors;
    assertEquals(summary(list), ["slow drain TIMEOUT"]);
    assertTimeout(list[0], "100 ms");
    assertEquals(slow.state, "timed-out");
    assertEquals(log.at(-1), "slow cleanup");
  });

  it("leaves execute and drain behind with one error, that of execute", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ stopTimeout: 100, drainTimeout: 10 });
    const slow = manager.addExecuteTask("slow", {
      execute: stuck,
      drain: stuck,
    });
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 10); // The drainTimeout.
    await pass(time, 100);
    assertEquals(summary(await errors), ["slow execute TIMEOUT"]);
    assertEquals(slow.state, "timed-out");
  });

  it("does not count for a drain that ends in time after its execute, or before", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const executes = gate();
    const drains = gate();
    const manager = new TaskManager({ stopTimeout: 100, drainTimeout: 10 });
    manager.addExecuteTask("1", {
      execute: untilStopped,
      drain: () => drains.reached,
    });
    manager.addExecuteTask("2", {
      execute: () => executes.reached,
      drain: () => {},
    });
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 10); // The drainTimeout.
    await pass(time, 99);
    executes.open();
    drains.open();
    assertEquals(await errors, []);
    assertEquals(timers.running, 0);
  });

  it("ignores whatever the drain does later", async () => {
    using time = new FakeTime();
    for (const late of ["return", "throw"]) {
      const drains = gate();
      const manager = new TaskManager({ stopTimeout: 100, drainTimeout: 10 });
      const handle = manager.addTask("slow", {
        async drain() {
          await drains.reached;
          if (late === "throw") throw new Error("too late");
        },
      });
      const { errors } = await started(manager, time);
      manager.stop();
      await pass(time, 10); // The drainTimeout.
      await pass(time, 100);
      const list = await errors;
      drains.open();
      await pass(time, 100);
      assertEquals(summary(list), ["slow drain TIMEOUT"]);
      assertEquals(await handle.finished, "timed-out");
    }
  });

  it("leaves a task behind that is left behind again in its cleanup", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ stopTimeout: 100, cleanupTimeout: 50 });
    const slow = manager.addTask("slow", { execute: stuck, cleanup: stuck });
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 100);
    assertEquals(manager.state, "cleaning-up");
    await pass(time, 50);
    const list = await errors;
    assertEquals(summary(list), [
      "slow execute TIMEOUT",
      "slow cleanup TIMEOUT",
    ]);
    assertTimeout(list[0], "stopTimeout of 100 ms");
    assertTimeout(list[1], "cleanupTimeout of 50 ms");
    assertEquals(slow.state, "timed-out");
  });
});
