// The interleavings of drains with the stopTimeout, which counts from the abort:
// execute ends first, drain ends first, both in time, both hang, either of them
// has failed before, a drain ends after it was left behind.

import { type TaskContext, TaskManager } from "@goasync/core";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { CountedTimers } from "../helpers/counted_timers.ts";
import { stuck } from "../helpers/stuck.ts";
import { gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";
import { summary } from "../helpers/summary.ts";

/** Runs a manager until it goes on only when something happens. */
async function started(manager: TaskManager, time: FakeTime) {
  const errors = manager.runSettled();
  await time.runMicrotasks();
  return { errors };
}

describe("rule 18: stopTimeout of those who drain", () => {
  /** A manager whose task is left behind 10 ms after its signal aborts. */
  async function leftBehind(
    time: FakeTime,
    task: {
      execute?: (context: TaskContext) => unknown;
      drain: (context: TaskContext) => unknown;
    },
  ) {
    const log: string[] = [];
    const manager = new TaskManager({ drainTimeout: 50, stopTimeout: 10 });
    const handle = manager.addTask("it", {
      ...task,
      initialize({ abandoned }) {
        abandoned.addEventListener("abort", () => log.push("abandoned"));
      },
      cleanup: () => void log.push("cleanup"),
    });
    const { errors } = await started(manager, time);
    manager.stop();
    return { log, manager, handle, errors };
  }

  it("does not count while draining", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const { manager, errors, log } = await leftBehind(time, { drain: stuck });
    await pass(time, 49);
    assertEquals(timers.running, 1);
    assertEquals(manager.state, "draining");
    await pass(time, 1);
    assertEquals(manager.state, "stopping");
    await pass(time, 9);
    assertEquals([manager.state, ...log], ["stopping"]);
    await pass(time, 1);
    assertEquals(log, ["abandoned", "cleanup"]);
    assertEquals(summary(await errors), ["it drain TIMEOUT"]);
    assertEquals(timers.running, 0);
  });

  it("counts for both: one error, of execute, where both hang", async () => {
    using time = new FakeTime();
    const { handle, errors, log } = await leftBehind(time, {
      execute: stuck,
      drain: stuck,
    });
    await pass(time, 50);
    await pass(time, 10);
    const [error, ...others] = await errors;
    assertEquals(others, []);
    assertEquals(summary([error!]), ["it execute TIMEOUT"]);
    assertStringIncludes(error!.message, "stopTimeout of 10 ms");
    assertEquals(handle.state, "timed-out");
    assertEquals(log, ["abandoned", "cleanup"]);
  });

  it("counts for execute when the drain has ended", async () => {
    using time = new FakeTime();
    const { errors } = await leftBehind(time, {
      execute: stuck,
      drain: () => {},
    });
    await pass(time, 10);
    assertEquals(summary(await errors), ["it execute TIMEOUT"]);
  });

  it("is kept by who ends both in time, in either order", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    for (const order of [["execute", "drain"], ["drain", "execute"]] as const) {
      const endings = { execute: gate(), drain: gate() };
      const { handle, errors } = await leftBehind(time, {
        execute: () => endings.execute.reached,
        drain: () => endings.drain.reached,
      });
      await pass(time, 50);
      endings[order[0]].open();
      await pass(time, 9);
      endings[order[1]].open();
      assertEquals(await errors, []);
      assertEquals(handle.state, "clean");
      assertEquals(timers.running, 0);
    }
  });

  it("leaves the outcome of who has failed before as it is", async () => {
    using time = new FakeTime();
    for (const failing of ["execute", "drain"] as const) {
      const failure = gate();
      const { handle, errors } = await leftBehind(time, {
        execute: stuck,
        drain: stuck,
        [failing]: async () => {
          await failure.reached;
          throw "broken";
        },
      });
      failure.open();
      await pass(time, 50);
      await pass(time, 10);
      const other = failing === "execute" ? "drain" : "execute";
      assertEquals(summary(await errors), [
        `it ${failing} FAILED`,
        `it ${other} TIMEOUT`,
      ]);
      assertEquals(handle.state, "failed");
    }
  });

  it("lets whatever a drain does later be ignored", async () => {
    using time = new FakeTime();
    const later = gate();
    const { handle, manager, errors } = await leftBehind(time, {
      drain: async () => {
        await later.reached;
        throw "too late";
      },
    });
    await pass(time, 50);
    await pass(time, 10);
    const list = await errors;
    later.open();
    await time.runMicrotasks();
    assertEquals(summary(list), ["it drain TIMEOUT"]);
    assertEquals([manager.state, handle.state], ["finished", "timed-out"]);
  });

  it("has abandoned aborted for who reads it only then", async () => {
    using time = new FakeTime();
    let seen: TaskContext | undefined;
    const { errors } = await leftBehind(time, {
      drain: (context) => {
        seen = context;
        return stuck();
      },
    });
    await pass(time, 50);
    assertEquals(seen!.abandoned.aborted, false);
    await pass(time, 10);
    const [error] = await errors;
    assert(seen!.abandoned.aborted);
    assertEquals(seen!.abandoned.reason, error?.cause);
  });
});
