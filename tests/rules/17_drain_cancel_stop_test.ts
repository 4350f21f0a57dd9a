// The interleavings of a task that was cancelled and drains with what ends that:
// - everything stops: others drain for a shorter or a longer time, nobody else
//   drains, { drain: false } from the start and later;
// - a draining listener of another task cancels it in the turn of the stop;
// - its drainTimeout, then its stopTimeout; half of the shutdownTimeout, beside
//   drains of others that ended before, that hang, or are none.

import { TaskManager } from "@goasync/core";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { CountedTimers } from "../helpers/counted_timers.ts";
import { stuck } from "../helpers/stuck.ts";
import { gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";
import { ADDERS, drains, listens } from "../helpers/draining.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { running } from "../helpers/running.ts";
import { summary } from "../helpers/summary.ts";

/** A manager with a task that drains until it is let go, and one that does not. */
async function cancelled(add = ADDERS[0]!.add) {
  const log: string[] = [];
  const ending = gate();
  const manager = new TaskManager();
  const handle = add(manager, "it", drains(log, () => ending.reached));
  manager.addTask("other", { execute: listens(log) });
  const { errors } = await running(manager);
  handle.cancel("alone");
  return { log, ending, manager, handle, errors };
}

describe("rule 17: a task that is cancelled, and a stop while it drains", () => {
  it("is waited for, and holds up nobody else's signal", async () => {
    const { log, ending, manager, handle, errors } = await cancelled();
    manager.stop("enough");
    await microtasks();
    assertEquals(log.splice(0), [
      "it told",
      "it drain",
      "other told",
      "other aborted",
    ]);
    assertEquals([manager.state, handle.state], ["stopping", "draining"]);
    ending.open();
    assertEquals(await errors, []);
    assertEquals(log, ["it aborted"]);
  });

  it("goes on draining when the others have drained", async () => {
    const log: string[] = [];
    const endings = [gate(), gate()];
    const manager = new TaskManager();
    const handle = manager.addTask(
      "it",
      drains(log, () => endings[0]!.reached),
    );
    manager.addTask("other", drains(log, () => endings[1]!.reached));
    const { errors } = await running(manager);
    handle.cancel();
    manager.stop();
    log.length = 0;
    endings[1]!.open();
    await microtasks();
    assertEquals(log, ["other aborted"]);
    assertEquals([manager.state, handle.state], ["stopping", "draining"]);
    endings[0]!.open();
    assertEquals(await errors, []);
    assertEquals(log, ["other aborted", "it aborted"]);
  });

  it("is aborted alone while the others still drain", async () => {
    const log: string[] = [];
    const endings = [gate(), gate()];
    const manager = new TaskManager();
    const handle = manager.addTask(
      "it",
      drains(log, () => endings[0]!.reached),
    );
    manager.addTask("other", drains(log, () => endings[1]!.reached));
    const { errors } = await running(manager);
    handle.cancel();
    manager.stop();
    log.length = 0;
    endings[0]!.open();
    assertEquals(await handle.finished, "clean");
    assertEquals([manager.state, ...log], ["draining", "it aborted"]);
    endings[1]!.open();
    assertEquals(await errors, []);
  });

  it("is not drained twice, and keeps the reason it was told first", async () => {
    const log: string[] = [];
    const ending = gate();
    const manager = new TaskManager();
    const handle = manager.addTask(
      "it",
      drains(log, () => ending.reached, async ({ signal, done }) => {
        await done;
        log.push(`${signal.reason}`);
      }),
    );
    manager.addTask("other", { drain: () => ending.reached });
    const { errors } = await running(manager);
    handle.cancel("alone");
    manager.stop("enough");
    ending.open();
    assertEquals(await errors, []);
    assertEquals(log, ["it told", "it drain", "it aborted", "alone"]);
  });

  it("is aborted with the others by { drain: false }, with its own reason", async () => {
    for (const isFirst of [true, false]) {
      const { log, ending, manager, errors } = await cancelled();
      if (!isFirst) manager.stop("enough");
      manager.stop("now", { drain: false });
      assertEquals(log.filter((line) => line.endsWith("aborted")).toSorted(), [
        "it aborted",
        "other aborted",
      ]);
      assertEquals(manager.state, "stopping");
      ending.open();
      assertEquals(await errors, []);
    }
  });

  it("by a draining listener of another drains alone, whether that was told or not", async () => {
    const log: string[] = [];
    const ending = gate();
    const manager = new TaskManager();
    const other = (name: string) =>
      drains(log, () => {}, ({ draining, done }) => {
        draining.addEventListener("abort", () => {
          log.push(`${name} cancels`);
          handle.cancel("alone");
        });
        return done;
      });
    manager.addTask("before", other("before"));
    const handle = manager.addTask("it", drains(log, () => ending.reached));
    manager.addTask("after", other("after"));
    const { errors } = await running(manager);
    manager.stop("enough");
    assertEquals(log, [
      "before told",
      "before cancels",
      "it told",
      "it drain",
      "after told",
      "after cancels",
      "before drain",
      "after drain",
      "before aborted",
      "after aborted",
    ]);
    assertEquals([manager.state, handle.state], ["stopping", "draining"]);
    ending.open();
    assertEquals(await errors, []);
  });
});

describe("rule 17: a task that is cancelled, and its deadlines", () => {
  /** A manager whose task hangs in its drain, which is cancelled. */
  async function hanging(
    time: FakeTime,
    options: { drainTimeout?: number; stopTimeout?: number },
    managerOptions = {},
  ) {
    const log: string[] = [];
    const manager = new TaskManager(managerOptions);
    const handle = manager.addTask("it", drains(log, stuck), options);
    manager.addTask("other", { execute: listens(log) });
    const errors = manager.runSettled();
    await time.runMicrotasks();
    handle.cancel();
    log.length = 0;
    return { log, manager, handle, errors: () => errors };
  }

  it("drains for its drainTimeout, then for its stopTimeout", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const { log, manager, handle, errors } = await hanging(time, {
      drainTimeout: 100,
      stopTimeout: 50,
    });
    await pass(time, 99);
    assertEquals([handle.state, ...log], ["draining"]);
    await pass(time, 1);
    assertEquals([handle.state, ...log], ["draining", "it aborted"]);
    await pass(time, 49);
    assertEquals(handle.state, "draining");
    await pass(time, 1);
    assertEquals(await handle.finished, "timed-out");
    assertEquals(manager.state, "executing");
    assertEquals(timers.running, 0);
    manager.stop();
    assertEquals(summary(await errors()), ["it drain TIMEOUT"]);
  });

  it("drains without end where nothing limits it", async () => {
    using time = new FakeTime();
    const { log, manager, handle, errors } = await hanging(
      time,
      { stopTimeout: 0 },
      { shutdownTimeout: 1_000 },
    );
    await pass(time, 1_000_000);
    assertEquals([handle.state, ...log], ["draining"]);
    handle.cancel(undefined, { drain: false });
    await pass(time, 0);
    assertEquals(handle.state, "timed-out");
    manager.stop();
    assertEquals(summary(await errors()), ["it drain TIMEOUT"]);
  });

  for (const others of ["none", "one that ends before", "one that hangs"]) {
    it(`is aborted when half of the shutdownTimeout is over, beside drains of others: ${others}`, async () => {
      using time = new FakeTime();
      using timers = new CountedTimers();
      const ending = gate();
      const log: string[] = [];
      const manager = new TaskManager({
        shutdownTimeout: 100,
        stopTimeout: 10,
      });
      manager.addTask("database", { cleanup: () => void log.push("cleanup") });
      const handle = manager.addTask("it", drains(log, stuck));
      if (others !== "none") {
        manager.addTask("other", { drain: () => ending.reached });
      }
      const errors = manager.runSettled();
      await time.runMicrotasks();
      handle.cancel();
      manager.stop();
      log.length = 0;
      await pass(time, 20);
      if (others !== "one that hangs") ending.open();
      await pass(time, 29);
      assertEquals([handle.state, ...log], ["draining"]);
      await pass(time, 1);
      assertEquals([handle.state, ...log], ["draining", "it aborted"]);
      ending.open();
      await pass(time, 10);
      assertEquals(summary(await errors), ["it drain TIMEOUT"]);
      assertEquals(log, ["it aborted", "cleanup"]);
      assertEquals(timers.running, 0);
    });
  }

  it("keeps a drainTimeout of its own when half of the shutdownTimeout is over", async () => {
    using time = new FakeTime();
    const { log, manager, handle, errors } = await hanging(
      time,
      { drainTimeout: 80, stopTimeout: 10 },
      { shutdownTimeout: 100 },
    );
    manager.stop();
    log.length = 0;
    await pass(time, 79);
    assertEquals([handle.state, ...log], ["draining"]);
    await pass(time, 1);
    assertEquals(log, ["it aborted"]);
    await pass(time, 10);
    assertEquals(summary(await errors()), ["it drain TIMEOUT"]);
  });
});
