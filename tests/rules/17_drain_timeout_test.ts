// The interleavings of drains with their drainTimeout:
// - a drain ends before it, overruns it while others drain, ends between that
//   and the common abort, or not until after it;
// - drainTimeout of 0, of Infinity, none, of the manager, of the task;
// - for drains that begin late, that return at once, that are cut short before;
// - not below the shutdownTimeout, of the manager or of a task.

import { TaskManager } from "@goasync/core";
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { CountedTimers } from "../helpers/counted_timers.ts";
import { stuck } from "../helpers/stuck.ts";
import { gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";
import { ADDERS, drains, listens } from "../helpers/draining.ts";
import { untilStopped } from "../helpers/noting_task.ts";
import { summary } from "../helpers/summary.ts";

/** Runs a manager until it goes on only when something happens. */
async function started(manager: TaskManager, time: FakeTime) {
  const errors = manager.runSettled();
  await time.runMicrotasks();
  return { errors };
}

describe("rule 17: drainTimeout", () => {
  for (const { what, add } of ADDERS) {
    it(`ends the time that a ${what} may hold the others up`, async () => {
      using time = new FakeTime();
      using timers = new CountedTimers();
      const log: string[] = [];
      const ending = gate();
      const manager = new TaskManager();
      manager.addTask("plain", { execute: listens(log) });
      const handle = add(manager, "slow", drains(log, () => ending.reached), {
        drainTimeout: 100,
      });
      const { errors } = await started(manager, time);
      manager.stop();
      log.length = 0;
      await pass(time, 99);
      assertEquals([manager.state, ...log], ["draining"]);
      await pass(time, 1);
      assertEquals(log, ["plain aborted", "slow aborted"]);
      assertEquals([manager.state, handle.state], ["stopping", "draining"]);
      ending.open();
      assertEquals(await errors, []);
      assertEquals(handle.state, "clean");
      assertEquals(timers.running, 0);
    });
  }

  it("tells that task nothing before the common abort", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const endings = [gate(), gate()];
    const abandoned: boolean[] = [];
    const manager = new TaskManager();
    const short = manager.addTask(
      "short",
      drains(log, (context) => {
        context.abandoned.addEventListener("abort", () => abandoned.push(true));
        return endings[0]!.reached;
      }),
      { drainTimeout: 10 },
    );
    manager.addTask("long", drains(log, () => endings[1]!.reached), {
      drainTimeout: 100,
    });
    const { errors } = await started(manager, time);
    manager.stop();
    log.length = 0;
    await pass(time, 99);
    assertEquals([manager.state, short.state, ...log], [
      "draining",
      "draining",
    ]);
    await pass(time, 1);
    assertEquals(log, ["short aborted", "long aborted"]);
    endings[0]!.open();
    endings[1]!.open();
    assertEquals(await errors, []);
    assertEquals(abandoned, []);
  });

  it("that is over is no more to be said when the drain ends before the common abort", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const endings = [gate(), gate()];
    const manager = new TaskManager();
    const short = manager.addTask("short", {
      drain: () => endings[0]!.reached,
    }, { drainTimeout: 10 });
    manager.addTask("long", drains(log, () => endings[1]!.reached));
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 50);
    endings[0]!.open();
    await time.runMicrotasks();
    assertEquals([manager.state, short.state], ["draining", "executing"]);
    endings[1]!.open();
    assertEquals(await errors, []);
    assertEquals(manager.report().tasks[0]!.stages[2]!.cutShort, undefined);
  });

  it("is that of the manager unless the task has its own", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const manager = new TaskManager({ drainTimeout: 50, stopTimeout: 1 });
    manager.addTask("plain", { execute: listens(log) });
    manager.addTask("none", { drain: stuck }, { drainTimeout: 0 });
    manager.addTask("short", { drain: stuck }, { drainTimeout: undefined });
    manager.addExecuteTask("long", { execute: untilStopped, drain: stuck }, {
      drainTimeout: 100,
    });
    const { errors } = await started(manager, time);
    manager.stop();
    log.length = 0;
    await pass(time, 99);
    assertEquals(log, []);
    await pass(time, 1);
    assertEquals(log, ["plain aborted"]);
    await pass(time, 1);
    assertEquals(summary(await errors), [
      "none drain TIMEOUT",
      "short drain TIMEOUT",
      "long drain TIMEOUT",
    ]);
  });

  for (const drainTimeout of [undefined, Infinity]) {
    it(`of ${drainTimeout} is no limit`, async () => {
      using time = new FakeTime();
      using timers = new CountedTimers();
      const ending = gate();
      const manager = new TaskManager({ drainTimeout });
      manager.addTask("it", { drain: () => ending.reached });
      const { errors } = await started(manager, time);
      manager.stop();
      await pass(time, 1_000_000);
      assertEquals(manager.state, "draining");
      assertEquals(timers.started, 0);
      ending.open();
      assertEquals(await errors, []);
    });
  }

  it("of 0 lets those drain who need no time", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const manager = new TaskManager({ drainTimeout: 0 });
    manager.addTask("quick", {
      drain: async () => {
        await null;
        log.push("drained");
      },
    });
    const { errors } = await started(manager, time);
    manager.stop();
    assertEquals(manager.state, "draining");
    assertEquals(await errors, []);
    assertEquals(log, ["drained"]);
    assertEquals(manager.report().tasks[0]!.stages[2]!.cutShort, undefined);
  });

  it("of 0 ends the draining of those who do", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ drainTimeout: 0, stopTimeout: 10 });
    manager.addTask("slow", { drain: stuck });
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 0);
    assertEquals(manager.state, "stopping");
    await pass(time, 10);
    assertEquals(summary(await errors), ["slow drain TIMEOUT"]);
  });

  it("counts for each drain from its call, also while others drain", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const ending = gate();
    const manager = new TaskManager({ drainTimeout: 100 });
    manager.addTask("first", drains(log, () => ending.reached));
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 60);
    manager.addExecuteTask("late", drains(log, () => ending.reached));
    log.length = 0;
    await pass(time, 99);
    assertEquals([manager.state, ...log], ["draining"]);
    await pass(time, 1);
    assertEquals(log, ["first aborted", "late aborted"]);
    ending.open();
    assertEquals(await errors, []);
  });

  it("starts no timer for drains that return at once, or when nobody has one", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    for (const drain of [undefined, () => {}]) {
      const manager = new TaskManager({ drainTimeout: 100 });
      manager.addTask("it", drain ? { drain } : { execute: untilStopped });
      const { errors } = await started(manager, time);
      manager.stop();
      assertEquals(manager.state, "stopping");
      assertEquals(await errors, []);
    }
    assertEquals(timers.started, 0);
  });

  it("leaves no timer when every signal is aborted before", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const ending = gate();
    const manager = new TaskManager({ drainTimeout: 100 });
    manager.addTask("1", { drain: () => ending.reached });
    manager.addTask("2", { drain: () => ending.reached });
    const { errors } = await started(manager, time);
    manager.stop();
    assertEquals(timers.running, 2);
    manager.stop(undefined, { drain: false });
    assertEquals(timers.running, 0);
    ending.open();
    assertEquals(await errors, []);
  });
});

describe("rule 18: drainTimeout below shutdownTimeout", () => {
  for (
    const { drainTimeout, shutdownTimeout } of [
      { drainTimeout: 100, shutdownTimeout: 100 },
      { drainTimeout: 101, shutdownTimeout: 100 },
      { drainTimeout: Infinity, shutdownTimeout: 100 },
      { drainTimeout: 0, shutdownTimeout: 0 },
    ]
  ) {
    const limits = `${drainTimeout} of ${shutdownTimeout}`;
    it(`is demanded of the manager's own: ${limits}`, () => {
      const error = assertThrows(
        () => new TaskManager({ drainTimeout, shutdownTimeout }),
        RangeError,
      );
      assertStringIncludes(error.message, "'drainTimeout'");
      assertStringIncludes(error.message, `of ${shutdownTimeout} ms`);
      assertStringIncludes(error.message, `${drainTimeout}`);
    });

    for (const { what, add } of ADDERS) {
      it(`is demanded of each ${what}, and nothing is taken: ${limits}`, () => {
        const manager = new TaskManager({ shutdownTimeout });
        const error = assertThrows(
          () => add(manager, "it", drains([]), { drainTimeout }),
          RangeError,
        );
        assertStringIncludes(error.message, `${what} "it"`);
        assertStringIncludes(error.message, "'drainTimeout'");
        assertEquals(manager.tasks, []);
      });
    }
  }

  it("is enough", () => {
    new TaskManager({ drainTimeout: 99, shutdownTimeout: 100 })
      .addTask("it", drains([]), { drainTimeout: 99.9 });
    new TaskManager({ drainTimeout: Infinity, shutdownTimeout: Infinity });
    new TaskManager({ drainTimeout: 0, shutdownTimeout: 1 });
  });
});
