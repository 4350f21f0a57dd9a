// The interleavings of drains in a tree with deadlines:
// - the drainTimeout of the task that is a manager, of the tasks within it;
// - half of the shutdownTimeout, of the manager above and of the one within;
// - the shutdownTimeout that is spent while draining: above, within while others
//   drain, within alone; whole paths are named;
// - the stopTimeout of the task that is a manager, and of those within it.

import { type TaskError, TaskManager } from "@goasync/core";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { CountedTimers } from "../helpers/counted_timers.ts";
import { stuck } from "../helpers/stuck.ts";
import { gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";
import { drains, listens } from "../helpers/draining.ts";
import { chain, states, WAYS } from "../helpers/draining_trees.ts";
import { summary } from "../helpers/summary.ts";

/** Whom errors are of in the end: the path to each, its stage and its code. */
function leaves(
  errors: readonly TaskError[],
  path: readonly string[] = [],
): string[] {
  return errors.flatMap(({ taskName, stage, code, cause }) => {
    const names = [...path, taskName];
    return cause instanceof AggregateError
      ? leaves(cause.errors, names)
      : `${names.join("/")} ${stage} ${code}`;
  });
}

for (const { how, add } of WAYS) {
  describe(`rule 17: deadlines of a manager within, ${how}`, () => {
    it("are those of its task above: its drainTimeout", async () => {
      using time = new FakeTime();
      using timers = new CountedTimers();
      const log: string[] = [];
      const ending = gate();
      const inner = new TaskManager();
      inner.addTask("leaf", drains(log, () => ending.reached));
      const outer = new TaskManager();
      add(outer, "inner", inner, { drainTimeout: 100 });
      outer.addTask("plain", { execute: listens(log) });
      const errors = outer.runSettled();
      await time.runMicrotasks();
      outer.stop();
      log.length = 0;
      await pass(time, 99);
      assertEquals([outer.state, inner.state, ...log], [
        "draining",
        "draining",
      ]);
      await pass(time, 1);
      assertEquals(log.toSorted(), ["leaf aborted", "plain aborted"]);
      assertEquals(states([outer, inner]), ["stopping", "stopping"]);
      ending.open();
      assertEquals(await errors, []);
      assertEquals(timers.running, 0);
    });

    it("are those of its own tasks: when these are over it is drained, its signals live", async () => {
      using time = new FakeTime();
      const log: string[] = [];
      const endings = [gate(), gate()];
      const inner = new TaskManager({ drainTimeout: 50 });
      inner.addTask("leaf", drains(log, () => endings[0]!.reached));
      const outer = new TaskManager();
      const handle = add(outer, "inner", inner);
      outer.addTask("outer", { drain: () => endings[1]!.reached });
      const errors = outer.runSettled();
      await time.runMicrotasks();
      outer.stop();
      log.length = 0;
      await pass(time, 50);
      assertEquals(handle.state, "executing");
      await pass(time, 1_000);
      assertEquals([outer.state, inner.state, ...log], [
        "draining",
        "draining",
      ]);
      endings[1]!.open();
      await time.runMicrotasks();
      assertEquals(log, ["leaf aborted"]);
      endings[0]!.open();
      assertEquals(await errors, []);
    });

    it("are half of the shutdownTimeout above", async () => {
      using time = new FakeTime();
      const log: string[] = [];
      const inner = new TaskManager({ stopTimeout: 10 });
      inner.addTask("leaf", drains(log, stuck));
      const outer = new TaskManager({ shutdownTimeout: 100 });
      outer.addTask("database", { cleanup: () => void log.push("cleanup") });
      add(outer, "inner", inner);
      const errors = outer.runSettled();
      await time.runMicrotasks();
      outer.stop();
      log.length = 0;
      await pass(time, 49);
      assertEquals(log, []);
      await pass(time, 1);
      assertEquals(log, ["leaf aborted"]);
      await pass(time, 10);
      assertEquals(leaves(await errors), ["inner/leaf drain TIMEOUT"]);
      assertEquals(log, ["leaf aborted", "cleanup"]);
    });

    it("are half of its own shutdownTimeout: it is drained, its signals live", async () => {
      using time = new FakeTime();
      using timers = new CountedTimers();
      const log: string[] = [];
      const endings = [gate(), gate()];
      const inner = new TaskManager({ shutdownTimeout: 100 });
      inner.addTask("leaf", drains(log, () => endings[0]!.reached));
      const outer = new TaskManager();
      const handle = add(outer, "inner", inner);
      outer.addTask("outer", { drain: () => endings[1]!.reached });
      const errors = outer.runSettled();
      await time.runMicrotasks();
      outer.stop();
      log.length = 0;
      await pass(time, 49);
      assertEquals(handle.state, "draining");
      await pass(time, 1);
      assertEquals([handle.state, inner.state, ...log], [
        "executing",
        "draining",
      ]);
      endings[1]!.open();
      await time.runMicrotasks();
      assertEquals(log, ["leaf aborted"]);
      endings[0]!.open();
      assertEquals(await errors, []);
      assertEquals(timers.running, 0);
    });

    it("end everything in one turn when the budget above is spent while draining", async () => {
      using time = new FakeTime();
      using timers = new CountedTimers();
      const log: string[] = [];
      const managers = chain(3, add, (innermost) => {
        innermost.addTask("leaf", {
          ...drains(log, stuck),
          cleanup: () => void log.push("cleanup"),
        });
      }, { shutdownTimeout: 100 });
      const [outer] = managers;
      outer!.addTask("outer", { drain: stuck }, { drainTimeout: 90 });
      const errors = outer!.runSettled();
      await time.runMicrotasks();
      outer!.stop();
      await pass(time, 50);
      outer!.addExecuteTask("late", drains([], stuck), { drainTimeout: 90 });
      log.length = 0;
      await pass(time, 49);
      assertEquals(states(managers), ["draining", "draining", "draining"]);
      time.tick(1);
      assertEquals(states(managers), ["finished", "finished", "finished"]);
      assertEquals(log, ["leaf aborted"]);
      await time.runMicrotasks();
      assertEquals(leaves(await errors).toSorted(), [
        "inner/inner/leaf cleanup TIMEOUT",
        "inner/inner/leaf execute TIMEOUT",
        "late execute TIMEOUT",
        "outer execute TIMEOUT",
      ]);
      assertEquals(log.length, 1);
      assertEquals(timers.running, 0);
    });

    it("end it alone when its own budget is spent while others drain", async () => {
      using time = new FakeTime();
      using timers = new CountedTimers();
      const log: string[] = [];
      const ending = gate();
      const inner = new TaskManager({ shutdownTimeout: 100 });
      inner.addTask("leaf", {
        ...drains(log, stuck),
        cleanup: () => void log.push("cleanup"),
      });
      inner.addExecuteTask("waits", listens(log));
      const outer = new TaskManager();
      const handle = add(outer, "inner", inner);
      outer.addTask("outer", drains(log, () => ending.reached));
      const errors = outer.runSettled();
      await time.runMicrotasks();
      outer.stop();
      log.length = 0;
      await pass(time, 99);
      assertEquals(states([outer, inner]), ["draining", "draining"]);
      time.tick(1);
      assertEquals(states([outer, inner]), ["draining", "finished"]);
      await time.runMicrotasks();
      assertEquals(log, ["leaf aborted", "waits aborted"]);
      assertEquals(handle.state, "failed");
      ending.open();
      const list = await errors;
      assertEquals(summary(list), ["inner execute FAILED"]);
      assertEquals(leaves(list), [
        "inner/leaf execute TIMEOUT",
        "inner/waits execute TIMEOUT",
        "inner/leaf cleanup TIMEOUT",
      ]);
      assertEquals(timers.running, 0);
    });

    it("leave what is within behind with its task, when that overruns its stopTimeout", async () => {
      using time = new FakeTime();
      const log: string[] = [];
      const inner = new TaskManager();
      inner.addTask("leaf", {
        ...drains(log, (context) => {
          context.abandoned.addEventListener(
            "abort",
            () => log.push("leaf abandoned"),
          );
          return stuck();
        }),
      });
      const outer = new TaskManager();
      const handle = add(outer, "inner", inner, {
        drainTimeout: 50,
        stopTimeout: 10,
      });
      const errors = outer.runSettled();
      await time.runMicrotasks();
      outer.stop();
      log.length = 0;
      await pass(time, 50);
      assertEquals(log, ["leaf aborted"]);
      await pass(time, 9);
      assertEquals(handle.state, "executing");
      await pass(time, 1);
      assertEquals(leaves(await errors), ["inner/leaf drain TIMEOUT"]);
      assertEquals(log, ["leaf aborted", "leaf abandoned"]);
      assertEquals(handle.state, "timed-out");
      assertEquals(states([outer, inner]), ["finished", "finished"]);
    });
  });
}
