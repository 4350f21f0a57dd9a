// The interleavings of drains in managers within managers, whichever way they
// became tasks:
// - the outermost is stopped: who is told, drained and aborted in which order,
//   three deep and a thousand deep;
// - drains within that are over before or after those above, which have none,
//   return at once, fail, or are the only ones;
// - { drain: false } above and within, while draining;
// - a task that is a manager is cancelled;
// - what is added within while draining.

import { TaskManager } from "@goasync/core";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { gate } from "../helpers/gate.ts";
import { drains, listens, statesOf } from "../helpers/draining.ts";
import { chain, states, type Way, WAYS } from "../helpers/draining_trees.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { running } from "../helpers/running.ts";
import { assertNoDeeper, stackDepth } from "../helpers/stack_depth.ts";
import { summary } from "../helpers/summary.ts";

/** A manager with a task that drains, in one with another, stopped. */
async function draining(add: Way["add"]) {
  const log: string[] = [];
  const endings = { inner: gate(), outer: gate() };
  const inner = new TaskManager();
  inner.addTask("leaf", {
    ...drains(log, () => endings.inner.reached),
    cleanup: () => void log.push("leaf cleanup"),
  });
  const outer = new TaskManager();
  const handle = add(outer, "inner", inner);
  outer.addTask("outer", drains(log, () => endings.outer.reached));
  const { errors } = await running(outer);
  outer.stop("enough");
  await microtasks();
  assertEquals(log.splice(0), [
    "outer told",
    "leaf told",
    "leaf drain",
    "outer drain",
  ]);
  return { log, endings, inner, outer, handle, errors: () => errors };
}

for (const { how, isBare, add } of WAYS) {
  describe(`rule 17: a manager within, ${how}`, () => {
    it("is told in the turn of the stop, level by level; the innermost drains first", async () => {
      const log: string[] = [];
      const ending = gate();
      const drain = () => ending.reached;
      const managers = chain(3, add, (manager) => {
        manager.addTask("3a", drains(log, drain));
        manager.addExecuteTask("3b", drains(log, drain));
      });
      managers[0]!.addTask("1", drains(log, drain));
      managers[1]!.addTask("2", drains(log, drain));
      const { errors } = await running(managers[0]!);
      managers[0]!.stop("enough");
      log.push("returned");
      assertEquals(log, [
        "1 told",
        "2 told",
        "3a told",
        "3b told",
        "3a drain",
        "3b drain",
        "2 drain",
        "1 drain",
        "returned",
      ]);
      assertEquals(states(managers), ["draining", "draining", "draining"]);
      log.length = 0;
      ending.open();
      assertEquals(await errors, []);
      assertEquals(log.toSorted(), [
        "1 aborted",
        "2 aborted",
        "3a aborted",
        "3b aborted",
      ]);
      assertEquals(states(managers), ["finished", "finished", "finished"]);
    });

    it("holds up the signals of those above until its last drain has settled", async () => {
      const { log, endings, outer, inner, errors } = await draining(add);
      endings.outer.open();
      await microtasks();
      assertEquals(log, []);
      assertEquals(states([outer, inner]), ["draining", "draining"]);
      endings.inner.open();
      await microtasks();
      assertEquals(log.splice(0).toSorted(), [
        "leaf aborted",
        "leaf cleanup",
        "outer aborted",
      ]);
      assertEquals(await errors(), []);
    });

    it("stays draining, its signals live, when its own drains are over", async () => {
      const { log, endings, outer, inner, errors } = await draining(add);
      endings.inner.open();
      await microtasks();
      assertEquals(log, []);
      assertEquals(states([outer, inner]), ["draining", "draining"]);
      endings.outer.open();
      assertEquals(await errors(), []);
    });

    it("stays draining, its cleanup unbegun, when all its tasks have ended", async () => {
      const log: string[] = [];
      const ending = gate();
      const working = gate();
      const managers = chain(2, add, (inner) => {
        inner.addTask("leaf", {
          execute: () => working.reached,
          drain: () => void log.push("leaf drain"),
          cleanup: () => void log.push("leaf cleanup"),
        });
      });
      const [outer, inner] = managers;
      outer!.addTask("outer", { drain: () => ending.reached });
      const { errors } = await running(outer!);
      outer!.stop();
      working.open();
      await microtasks();
      assertEquals(inner!.tasks, []);
      assertEquals(log, ["leaf drain"]);
      assertEquals(states(managers), ["draining", "draining"]);
      ending.open();
      assertEquals(await errors, []);
      assertEquals(log, ["leaf drain", "leaf cleanup"]);
    });

    it("stays draining without a drain of its own while others drain", async () => {
      const log: string[] = [];
      const ending = gate();
      const managers = chain(2, add, (inner) => {
        inner.addTask("leaf", { execute: listens(log) });
      });
      managers[0]!.addTask("outer", { drain: () => ending.reached });
      const { errors } = await running(managers[0]!);
      managers[0]!.stop();
      await microtasks();
      assertEquals(log, ["leaf told"]);
      assertEquals(states(managers), ["draining", "draining"]);
      ending.open();
      assertEquals(await errors, []);
      assertEquals(log, ["leaf told", "leaf aborted"]);
    });

    it("leaves no time between draining and signal where nobody has a drain", async () => {
      const log: string[] = [];
      const managers = chain(3, add, (inner) => {
        inner.addTask("leaf", { execute: listens(log) });
      });
      const { errors } = await running(managers[0]!);
      const seen = managers.map(statesOf);
      managers[0]!.stop();
      assertEquals(managers[0]!.state, "stopping");
      assertEquals(await errors, []);
      assertEquals(log, ["leaf told", "leaf aborted"]);
      // A wrapper has a drain, whatever that does.
      assertEquals(isBare && seen.flat().includes("draining"), false);
    });

    it("aborts in the turn of the stop when all drains return at once", async () => {
      const log: string[] = [];
      const managers = chain(3, add, (inner) => {
        inner.addTask("leaf", drains(log));
      });
      const { errors } = await running(managers[0]!);
      managers[0]!.stop();
      assertEquals(managers[0]!.state, "stopping");
      await microtasks();
      assertEquals(log, ["leaf told", "leaf drain", "leaf aborted"]);
      assertEquals(await errors, []);
    });

    it("is cut short with the whole tree by { drain: false } above", async () => {
      const { log, endings, inner, outer, errors } = await draining(add);
      outer.stop("now", { drain: false });
      assertEquals(outer.state, "stopping");
      await microtasks();
      assertEquals(log, ["outer aborted", "leaf aborted"]);
      assertEquals(inner.state, "stopping");
      const [leaf] = inner.report().tasks;
      assertEquals(leaf!.stages.at(-1)!.cutShort, true);
      endings.inner.open();
      endings.outer.open();
      assertEquals(await errors(), []);
    });

    it("drains nobody when { drain: false } comes first", async () => {
      const log: string[] = [];
      const managers = chain(3, add, (inner) => {
        inner.addTask("leaf", drains(log));
      });
      managers[1]!.addTask("middle", drains(log));
      const { errors } = await running(managers[0]!);
      const seen = managers.map(statesOf);
      managers[0]!.stop("enough", { drain: false });
      assertEquals(await errors, []);
      assertEquals(log.filter((line) => line.endsWith("drain")), []);
      assertEquals(seen.flat().includes("draining"), false);
    });

    it("is cut short alone by { drain: false } of its own", async () => {
      const { log, endings, inner, outer, errors } = await draining(add);
      inner.stop("now", { drain: false });
      await microtasks();
      assertEquals(log, ["leaf aborted"]);
      assertEquals(states([outer, inner]), ["draining", "stopping"]);
      endings.outer.open();
      await microtasks();
      assertEquals(log.slice(1), ["outer aborted"]);
      endings.inner.open();
      assertEquals(await errors(), []);
    });

    it("is not stopped by another stop of its own while it drains", async () => {
      const { log, endings, inner, outer, errors } = await draining(add);
      inner.stop("again");
      await microtasks();
      assertEquals(log, []);
      assertEquals(states([outer, inner]), ["draining", "draining"]);
      endings.inner.open();
      endings.outer.open();
      assertEquals(await errors(), []);
    });

    it("drains what is added to it while it drains", async () => {
      const { log, endings, inner, outer, errors } = await draining(add);
      const late = gate();
      inner.addExecuteTask("late", drains(log, () => late.reached));
      assertEquals(log.splice(0), ["late told", "late drain"]);
      endings.inner.open();
      endings.outer.open();
      await microtasks();
      assertEquals(log, []);
      assertEquals(states([outer, inner]), ["draining", "draining"]);
      late.open();
      assertEquals(await errors(), []);
    });

    it("records a drain that fails, by its path, and stops no other", async () => {
      const log: string[] = [];
      const ending = gate();
      const managers = chain(3, add, (inner) => {
        inner.addTask("bad", { drain: () => Promise.reject("broken") });
        inner.addTask("good", drains(log, () => ending.reached));
      });
      const { errors } = await running(managers[0]!);
      managers[0]!.stop();
      await microtasks();
      assertEquals(log, ["good told", "good drain"]);
      assertEquals(states(managers), ["draining", "draining", "draining"]);
      ending.open();
      const [error, ...others] = await errors;
      assertEquals(others, []);
      assertEquals(
        error!.message,
        'Task "inner/inner/bad" failed in drain: broken',
      );
    });

    it("drains alone when its task is cancelled", async () => {
      const log: string[] = [];
      const ending = gate();
      const inner = new TaskManager();
      inner.addTask("leaf", drains(log, () => ending.reached));
      const outer = new TaskManager();
      outer.addTask("outer", drains(log));
      const handle = add(outer, "inner", inner);
      const { errors } = await running(outer);
      handle.cancel("alone");
      await microtasks();
      assertEquals(log.splice(0), ["leaf told", "leaf drain"]);
      assertEquals(states([outer, inner]), ["executing", "draining"]);
      assertEquals(handle.state, "draining");
      ending.open();
      assertEquals(await handle.finished, "clean");
      assertEquals(log, ["leaf aborted"]);
      await outer.stop();
      assertEquals(summary(await errors), []);
    });

    it("is cut short when its cancelled task is, with { drain: false }", async () => {
      const log: string[] = [];
      const ending = gate();
      const inner = new TaskManager();
      inner.addTask("leaf", drains(log, () => ending.reached));
      const outer = new TaskManager();
      const handle = add(outer, "inner", inner);
      const { errors } = await running(outer);
      handle.cancel("alone");
      handle.cancel("now", { drain: false });
      await microtasks();
      assertEquals(log, ["leaf told", "leaf drain", "leaf aborted"]);
      assertEquals(inner.state, "stopping");
      ending.open();
      assertEquals(await handle.finished, "clean");
      await outer.stop();
      assertEquals(await errors, []);
    });

    it("is told, drained and aborted a thousand deep without growing the stack", async () => {
      const depthsOf = async (count: number) => {
        const depths: number[] = [];
        const note = () => void depths.push(stackDepth());
        const ending = gate();
        const managers = chain(count, add, (inner) => {
          inner.addTask("leaf", {
            execute({ draining, signal, done }) {
              draining.addEventListener("abort", note);
              signal.addEventListener("abort", note);
              return done;
            },
            drain() {
              note();
              return ending.reached;
            },
          });
        });
        const { errors } = await running(managers[0]!);
        managers[0]!.stop();
        assertEquals(depths.length, 2, "not told and drained in one turn");
        await microtasks();
        assert(managers.every(({ state }) => state === "draining"));
        ending.open();
        assertEquals(await errors, []);
        assert(managers.every(({ state }) => state === "finished"));
        return depths;
      };
      const [deep, shallow] = [await depthsOf(1_000), await depthsOf(200)];
      assertEquals(deep.length, shallow.length);
      deep.forEach((depth, at) => assertNoDeeper(depth, shallow[at]!));
    });

    it("is cut short a thousand deep without growing the stack", async () => {
      const depthOf = async (count: number) => {
        let depth = 0;
        const ending = gate();
        const managers = chain(count, add, (inner) => {
          inner.addTask("leaf", {
            execute({ signal, done }) {
              signal.addEventListener("abort", () => depth = stackDepth());
              return done;
            },
            drain: () => ending.reached,
          });
        });
        const { errors } = await running(managers[0]!);
        managers[0]!.stop();
        managers[0]!.stop(undefined, { drain: false });
        await microtasks();
        assert(depth > 0, "the innermost was not aborted");
        ending.open();
        assertEquals(await errors, []);
        return depth;
      };
      assertNoDeeper(await depthOf(1_000), await depthOf(200));
    });
  });
}
