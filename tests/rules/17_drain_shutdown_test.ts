// The interleavings of drains with the shutdownTimeout:
// - half of it is over, beside drains that set a limit themselves, for drains
//   that begin later, and for those that begin in the turn of the start;
// - it is spent while draining, or while a drain that was cut short goes on.

import { TaskManager } from "@goasync/core";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { CountedTimers } from "../helpers/counted_timers.ts";
import { stuck } from "../helpers/stuck.ts";
import { gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";
import { drains, listens } from "../helpers/draining.ts";
import { untilStopped } from "../helpers/noting_task.ts";
import { summary } from "../helpers/summary.ts";

/** Runs a manager until it goes on only when something happens. */
async function started(manager: TaskManager, time: FakeTime) {
  const errors = manager.runSettled();
  await time.runMicrotasks();
  return { errors };
}

describe("rule 18: half of the shutdownTimeout", () => {
  it("ends the draining, so that the rest is there for the others' cleanup", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const log: string[] = [];
    const manager = new TaskManager({ shutdownTimeout: 100, stopTimeout: 10 });
    manager.addTask("database", {
      execute: listens(log),
      cleanup: () => void log.push("cleanup"),
    });
    manager.addTask("stuck", { drain: stuck });
    const { errors } = await started(manager, time);
    manager.stop();
    log.length = 0;
    await pass(time, 49);
    assertEquals([manager.state, ...log], ["draining"]);
    await pass(time, 1);
    assertEquals(log, ["database aborted"]);
    await pass(time, 10);
    assertEquals(summary(await errors), ["stuck drain TIMEOUT"]);
    assertEquals(log, ["database aborted", "cleanup"]);
    assertEquals(timers.running, 0);
  });

  for (const drainTimeout of [20, 80]) {
    it(`does not hold where a drainTimeout says otherwise: ${drainTimeout}`, async () => {
      using time = new FakeTime();
      const log: string[] = [];
      for (const isOwn of [true, false]) {
        const own = { drainTimeout };
        const manager = new TaskManager({
          shutdownTimeout: 100,
          stopTimeout: 10,
          ...(isOwn ? {} : own),
        });
        manager.addTask("plain", { execute: listens(log) });
        manager.addTask("stuck", { drain: stuck }, isOwn ? own : {});
        const { errors } = await started(manager, time);
        manager.stop();
        log.length = 0;
        await pass(time, drainTimeout - 1);
        assertEquals(log, []);
        await pass(time, 1);
        assertEquals(log, ["plain aborted"]);
        await pass(time, 10);
        assertEquals(summary(await errors), ["stuck drain TIMEOUT"]);
      }
    });
  }

  it("is no limit for those who set one, only for those who do not", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const ending = gate();
    const manager = new TaskManager({ shutdownTimeout: 100 });
    manager.addTask("unlimited", drains(log, () => ending.reached));
    manager.addTask("limited", drains(log, () => ending.reached), {
      drainTimeout: 80,
    });
    const { errors } = await started(manager, time);
    manager.stop();
    log.length = 0;
    await pass(time, 79);
    assertEquals([manager.state, ...log], ["draining"]);
    await pass(time, 1);
    assertEquals(log, ["unlimited aborted", "limited aborted"]);
    ending.open();
    assertEquals(await errors, []);
  });

  it("counts from being told for drains that begin later", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const manager = new TaskManager({ shutdownTimeout: 100, stopTimeout: 10 });
    manager.addTask("first", { drain: stuck });
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 40);
    manager.addExecuteTask("late", drains(log, stuck));
    log.length = 0;
    await pass(time, 9);
    assertEquals(log, []);
    await pass(time, 1);
    assertEquals(log, ["late aborted"]);
    await pass(time, 10);
    assertEquals(summary(await errors), [
      "first drain TIMEOUT",
      "late drain TIMEOUT",
    ]);
  });

  it("is over for drains that begin after it, beside one that set its limit", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const ending = gate();
    const manager = new TaskManager({ shutdownTimeout: 100, stopTimeout: 10 });
    manager.addTask("limited", { drain: () => ending.reached }, {
      drainTimeout: 80,
    });
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 60);
    manager.addExecuteTask("late", drains(log, stuck));
    assertEquals(log.splice(0), ["late told", "late drain"]);
    ending.open();
    await pass(time, 0);
    assertEquals(log, ["late aborted"]);
    await pass(time, 10);
    assertEquals(summary(await errors), ["late drain TIMEOUT"]);
  });

  it("counts for a drain that begins in the turn of the start", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const manager = new TaskManager({ shutdownTimeout: 100, stopTimeout: 10 });
    manager.addTask("stops", {
      execute: () => void manager.stop(),
      cleanup: () => void log.push("cleanup"),
    });
    manager.addTask("stuck", drains(log, stuck));
    const { errors } = await started(manager, time);
    log.length = 0;
    await pass(time, 49);
    assertEquals([manager.state, ...log], ["draining"]);
    await pass(time, 1);
    assertEquals(log, ["stuck aborted"]);
    await pass(time, 10);
    assertEquals(summary(await errors), ["stuck drain TIMEOUT"]);
    assertEquals(log.at(-1), "cleanup");
  });
});

describe("rule 18: shutdownTimeout that is spent while draining", () => {
  it("leaves everyone behind in that turn, and names whatever had not ended or begun", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const log: string[] = [];
    const manager = new TaskManager({ shutdownTimeout: 100 });
    manager.addTask("database", { cleanup: () => void log.push("cleanup") });
    const stops = manager.addTask("drains", drains(log, stuck), {
      drainTimeout: 90,
    });
    const { errors } = await started(manager, time);
    manager.stop("enough");
    await pass(time, 50);
    const late = manager.addExecuteTask("late", drains(log, stuck), {
      drainTimeout: 90,
    });
    log.length = 0;
    await pass(time, 49);
    assertEquals([manager.state, ...log], ["draining"]);
    time.tick(1);
    assertEquals(manager.state, "finished");
    assertEquals(log, ["drains aborted", "late aborted"]);
    await time.runMicrotasks();
    assertEquals(summary(await errors), [
      "database execute TIMEOUT",
      "drains execute TIMEOUT",
      "late execute TIMEOUT",
      "database cleanup TIMEOUT",
    ]);
    assertEquals([stops.state, late.state], ["abandoned", "abandoned"]);
    assertEquals(timers.running, 0);
    await pass(time, 1_000);
    assertEquals(log.length, 2);
  });

  it("names the drain of who has executed", async () => {
    using time = new FakeTime();
    const ending = gate();
    const manager = new TaskManager({ shutdownTimeout: 100 });
    manager.addTask("ended", { execute: () => {}, drain: stuck }, {
      type: "error",
    });
    const handle = manager.addTask("it", {
      execute: () => ending.reached,
      drain: stuck,
    });
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 50);
    ending.open();
    await pass(time, 49);
    assertEquals([manager.state, handle.state], ["stopping", "draining"]);
    await pass(time, 1);
    assertEquals(summary(await errors), [
      "ended drain TIMEOUT",
      "it drain TIMEOUT",
    ]);
    assertEquals(handle.state, "abandoned");
  });

  it("of 0 leaves behind whose drain needs time", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const manager = new TaskManager({ shutdownTimeout: 0 });
    manager.addTask("quick", drains(log, async () => await null));
    manager.addExecuteTask("slow", { execute: untilStopped, drain: stuck });
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 0);
    assertEquals(manager.state, "finished");
    assertEquals((await errors).map(({ code }) => code), [
      "TIMEOUT",
      "TIMEOUT",
    ]);
  });

  it("counts from being told, over drains, executes and cleanups", async () => {
    using time = new FakeTime();
    const drained = gate();
    const executed = gate();
    const manager = new TaskManager({ drainTimeout: 60, shutdownTimeout: 100 });
    manager.addTask("it", {
      execute: () => executed.reached,
      drain: () => drained.reached,
      cleanup: stuck,
    });
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 30);
    drained.open();
    await pass(time, 30);
    assertEquals(manager.state, "stopping");
    executed.open();
    await pass(time, 39);
    assertEquals(manager.state, "cleaning-up");
    await pass(time, 1);
    assertEquals(summary(await errors), ["it cleanup TIMEOUT"]);
  });
});
