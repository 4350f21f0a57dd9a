import { type Task, TaskManager } from "@goasync/core";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { CountedTimers } from "../helpers/counted_timers.ts";
import { stuck } from "../helpers/stuck.ts";
import { gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";
import { notingTask } from "../helpers/noting_task.ts";
import { summary } from "../helpers/summary.ts";
import { started } from "../helpers/timeouts.ts";

/** A task whose drain ends no sooner than its signal aborts. */
const clinging: Task = { drain: ({ done }) => done };

/** A task that notes when its signal aborts, and its cleanup. */
function witness(log: string[]): Task {
  return {
    execute({ signal, done }) {
      signal.addEventListener("abort", () => log.push("aborted"));
      return done;
    },
    cleanup: () => log.push("cleaned up"),
  };
}

describe("rule 18: half of the shutdownTimeout", () => {
  it("ends drains that set no drainTimeout, and nothing is lost", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const log: string[] = [];
    const manager = new TaskManager({ shutdownTimeout: 100 });
    manager.addTask("witness", witness(log));
    const handle = manager.addTask("clinging", clinging);
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 49);
    assertEquals(manager.state, "draining");
    assertEquals(log, []);
    await pass(time, 1);
    assertEquals(log, ["aborted", "cleaned up"]);
    assertEquals(await errors, []);
    assertEquals(handle.state, "clean");
    assertEquals(timers.running, 0);
  });

  it("makes it neither an error nor the end of a drain to overrun it", async () => {
    using time = new FakeTime();
    const drains = gate();
    const manager = new TaskManager({ shutdownTimeout: 100 });
    const handle = manager.addTask("slow", { drain: () => drains.reached });
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 99);
    assertEquals([manager.state, handle.state], ["stopping", "draining"]);
    drains.open();
    assertEquals(await errors, []);
    const [task] = manager.report().tasks;
    const drain = task?.stages.find(({ stage }) => stage === "drain");
    assertEquals([drain?.cutShort, drain?.outcome], [true, "clean"]);
  });

  it("saves the others their cleanup when a drain hangs that has a stopTimeout", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const manager = new TaskManager({ shutdownTimeout: 100, stopTimeout: 20 });
    manager.addTask("witness", witness(log));
    manager.addTask("hung", { drain: stuck });
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 50);
    assertEquals(log, ["aborted"]);
    await pass(time, 20);
    assertEquals(log, ["aborted", "cleaned up"]);
    assertEquals(summary(await errors), ["hung drain TIMEOUT"]);
  });

  for (const drainTimeout of [20, 80]) {
    it(`gives way to a drainTimeout of the manager, of ${drainTimeout} ms`, async () => {
      using time = new FakeTime();
      const log: string[] = [];
      const manager = new TaskManager({ shutdownTimeout: 100, drainTimeout });
      manager.addTask("witness", witness(log));
      manager.addTask("clinging", clinging);
      const { errors } = await started(manager, time);
      manager.stop();
      await pass(time, drainTimeout - 1);
      assertEquals(log, []);
      await pass(time, 1);
      assertEquals(log, ["aborted", "cleaned up"]);
      assertEquals(await errors, []);
    });
  }

  it("gives way to the drainTimeout of a task, which says nothing of the others", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const drains = gate();
    const manager = new TaskManager({ shutdownTimeout: 100 });
    manager.addTask("witness", witness(log));
    manager.addTask("other", { drain: () => drains.reached });
    manager.addTask("patient", clinging, { drainTimeout: 80 });
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 79);
    assertEquals(log, []);
    await pass(time, 1);
    assertEquals(log, ["aborted"]);
    drains.open();
    assertEquals(await errors, []);
  });

  it("is waited for by nobody when every drain ends before", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const drains = gate();
    const manager = new TaskManager({ shutdownTimeout: 100 });
    manager.addTask("witness", witness(log));
    manager.addTask("quick", { drain: () => drains.reached });
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 10);
    drains.open();
    assertEquals(await errors, []);
    assertEquals(log, ["aborted", "cleaned up"]);
  });

  it("ends the drain of a task that was cancelled before the stop", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ shutdownTimeout: 100 });
    const cancelled = manager.addTask("cancelled", clinging);
    const { errors } = await started(manager, time);
    cancelled.cancel();
    await pass(time, 1_000);
    assertEquals(cancelled.state, "draining");
    manager.stop();
    await pass(time, 49);
    assertEquals(cancelled.state, "draining");
    await pass(time, 1);
    assertEquals(await errors, []);
    assertEquals(cancelled.state, "clean");
  });

  it("ends the drains of managers within, too", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const inner = new TaskManager();
    inner.addTask("witness", witness(log));
    inner.addTask("clinging", clinging);
    const manager = new TaskManager({ shutdownTimeout: 100 });
    manager.addTask("outer witness", witness(log));
    manager.addExecuteTask("inner", inner);
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 49);
    assertEquals([manager.state, inner.state], ["draining", "draining"]);
    await pass(time, 1);
    assertEquals(log, ["aborted", "aborted", "cleaned up", "cleaned up"]);
    assertEquals(await errors, []);
  });

  it("of a manager within ends its drains, which then hold up nobody", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const inner = new TaskManager({ shutdownTimeout: 100 });
    inner.addTask("clinging", clinging);
    const manager = new TaskManager();
    manager.addTask("witness", witness(log));
    manager.addExecuteTask("inner", inner);
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 49);
    assertEquals(log, []);
    await pass(time, 1);
    assertEquals(log, ["aborted", "cleaned up"]);
    assertEquals(await errors, []);
  });
});

describe("rule 18: drainTimeout", () => {
  it("starts no timer for a drain that returns no promise", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const manager = new TaskManager({ drainTimeout: 100 });
    manager.addTask("it", { drain: () => {} });
    const { errors } = await started(manager, time);
    manager.stop();
    assertEquals(manager.state, "stopping");
    assertEquals(await errors, []);
    assertEquals(timers.started, 0);
  });

  it("of a task wins over the manager's, whichever is longer", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    for (const [ofManager, ofTask] of [[10, 100], [100, 10], [10, undefined]]) {
      log.length = 0;
      const manager = new TaskManager({ drainTimeout: ofManager });
      manager.addTask("it", { ...notingTask(log), ...clinging }, {
        drainTimeout: ofTask,
      });
      const { errors } = await started(manager, time);
      manager.stop();
      await pass(time, (ofTask ?? 10) - 1);
      assertEquals(manager.state, "draining");
      await pass(time, 1);
      assertEquals(log.at(-1), "it cleanup");
      assertEquals(await errors, []);
    }
  });

  it("of Infinity is none", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const drains = gate();
    const manager = new TaskManager({ drainTimeout: 10 });
    manager.addTask("it", { drain: () => drains.reached }, {
      drainTimeout: Infinity,
    });
    const { errors } = await started(manager, time);
    manager.stop();
    assertEquals(timers.started, 0);
    await pass(time, 10_000);
    assertEquals(manager.state, "draining");
    drains.open();
    assertEquals(await errors, []);
  });
});
