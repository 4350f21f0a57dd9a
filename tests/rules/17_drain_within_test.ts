// The interleavings of a manager within and of the moment in which it is told:
// - while it is idle, initializes, executes, drains already by a stop of its
//   own, stops, or is over; before its tasks were started; as it is added;
// - told by a listener of its own task that stops the manager above;
// - told by a call of its drain: what that returns, and when it settles.

import { type ManagerState, TaskContext, TaskManager } from "@goasync/core";
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { gate } from "../helpers/gate.ts";
import { drains, listens } from "../helpers/draining.ts";
import { states, WAYS } from "../helpers/draining_trees.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { running } from "../helpers/running.ts";
import { spied } from "../helpers/spied_signal.ts";

describe("rule 17: a manager within that is told", () => {
  it("while it initializes stops at once, while others drain", async () => {
    const log: string[] = [];
    const ending = gate();
    const initializing = gate();
    const inner = new TaskManager();
    inner.addTask("first", {
      initialize: () => {},
      ...drains(log),
      cleanup: () => void log.push("first cleanup"),
    });
    inner.addTask("slow", {
      initialize: listens(log, () => initializing.reached),
      ...drains(log),
    });
    inner.addTask("waiting", drains(log));
    const outer = new TaskManager();
    outer.addExecuteTask("inner", inner);
    outer.addTask("outer", { drain: () => ending.reached });
    const { errors } = await running(outer);
    outer.stop();
    await microtasks();
    assertEquals(log, ["slow told", "slow aborted"]);
    assertEquals(states([outer, inner]), ["draining", "stopping"]);
    initializing.open();
    await microtasks();
    assertEquals(log.slice(2), ["first cleanup"]);
    assertEquals(states([outer, inner]), ["draining", "finished"]);
    ending.open();
    assertEquals(await errors, []);
  });

  for (const { how, add } of WAYS) {
    it(`before its tasks were started finds them never started: ${how}`, async () => {
      const log: string[] = [];
      const ending = gate();
      const inner = new TaskManager();
      const leaf = inner.addTask("leaf", drains(log));
      const outer = new TaskManager();
      outer.addTask("outer", {
        execute: ({ done }) => {
          outer.stop();
          return done;
        },
        drain: () => ending.reached,
      });
      add(outer, "inner", inner);
      const { errors } = await running(outer);
      assertEquals(log, []);
      assertEquals([outer.state, leaf.state], ["draining", "never-started"]);
      ending.open();
      assertEquals(await errors, []);
      assertEquals(inner.state, "finished");
    });
  }

  it("as it is added while draining does nothing", async () => {
    const log: string[] = [];
    const ending = gate();
    const inner = new TaskManager();
    inner.addTask("leaf", {
      ...drains(log),
      cleanup: () => log.push("cleanup"),
    });
    const outer = new TaskManager();
    outer.addTask("outer", { drain: () => ending.reached });
    const { errors } = await running(outer);
    outer.stop();
    const handle = outer.addExecuteTask("inner", inner);
    assertEquals(await handle.finished, "clean");
    assertEquals(states([outer, inner]), ["draining", "finished"]);
    ending.open();
    assertEquals(await errors, []);
    assertEquals(log, []);
  });

  it("while it drains by a stop of its own goes on, and is waited for", async () => {
    const log: string[] = [];
    const ending = gate();
    const inner = new TaskManager();
    inner.addTask("leaf", drains(log, () => ending.reached));
    const outer = new TaskManager();
    outer.addExecuteTask("inner", inner);
    outer.addTask("plain", { execute: listens(log) });
    const { errors } = await running(outer);
    inner.stop("alone");
    outer.stop("enough");
    await microtasks();
    assertEquals(log, ["leaf told", "leaf drain", "plain told"]);
    assertEquals(states([outer, inner]), ["draining", "draining"]);
    assertEquals(inner.report().stop?.reason, "alone");
    ending.open();
    assertEquals(await errors, []);
    assertEquals(log.length, 5);
  });

  it("by its own task, which stops the manager above, drains when all are told", async () => {
    const log: string[] = [];
    const ending = gate();
    const drain = () => ending.reached;
    const outer = new TaskManager();
    const inner = new TaskManager();
    inner.addTask(
      "first",
      drains(log, drain, ({ draining, done }) => {
        draining.addEventListener("abort", () => void outer.stop());
        return done;
      }),
    );
    inner.addTask("second", drains(log, drain));
    outer.addExecuteTask("inner", inner);
    outer.addTask("outer", drains(log, drain));
    const { errors } = await running(outer);
    inner.stop();
    await microtasks();
    assertEquals(log.filter((line) => /first|second/.test(line)), [
      "first told",
      "second told",
      "first drain",
      "second drain",
    ]);
    assertEquals(states([outer, inner]), ["draining", "draining"]);
    ending.open();
    assertEquals(await errors, []);
  });

  it("hands its reason down", async () => {
    const reasons: unknown[] = [];
    const inner = new TaskManager();
    inner.addTask("leaf", {
      async drain({ draining, signal, done }) {
        reasons.push(draining.reason);
        await done;
        reasons.push(signal.reason);
      },
    });
    const outer = new TaskManager();
    outer.addExecuteTask("inner", inner);
    const { errors } = await running(outer);
    const reason = new Error("enough");
    outer.stop(reason);
    outer.stop("now", { drain: false });
    assertEquals(await errors, []);
    assertStrictEquals(reasons[0], reason);
    assertStrictEquals(reasons[1], reason);
    assertEquals(inner.report().stop?.by, "signal");
  });
});

/** A manager that executes with a context of its own, and has tasks that log. */
async function alone(drainers: number) {
  const log: string[] = [];
  const endings = Array.from({ length: drainers }, gate);
  const shutdown = new AbortController();
  const { signal } = shutdown;
  const { signal: draining } = new AbortController();
  const context = new TaskContext({ name: "inner", draining, signal });
  const manager = new TaskManager();
  endings.forEach(({ reached }, index) =>
    manager.addTask(`${index}`, drains(log, () => reached))
  );
  manager.addTask("plain", { execute: listens(log) });
  const run = manager.execute(context);
  await microtasks();
  return { log, endings, shutdown, context, manager, run };
}

describe("rule 17: TaskManager.drain()", () => {
  it("tells the manager, which drains until the context's signal aborts", async () => {
    const { log, endings, shutdown, context, manager, run } = await alone(1);
    manager.drain(context);
    assertEquals(log.splice(0), ["0 told", "plain told", "0 drain"]);
    endings[0]!.open();
    await microtasks();
    assertEquals([manager.state, ...log], ["draining"]);
    shutdown.abort("enough");
    await run;
    assertEquals(log, ["0 aborted", "plain aborted"]);
  });

  it("settles with the last of its drains", async () => {
    const { endings, shutdown, context, manager, run } = await alone(2);
    let isSettled = false;
    manager.drain(context)?.then(() => isSettled = true);
    endings[1]!.open();
    await microtasks();
    assertEquals(isSettled, false);
    endings[0]!.open();
    await microtasks();
    assertEquals([isSettled, manager.state], [true, "draining"]);
    shutdown.abort();
    await run;
  });

  it("resolves whatever its drains throw, which is an error of the run", async () => {
    const shutdown = new AbortController();
    const { signal } = shutdown;
    const context = new TaskContext({ name: "inner", signal });
    const manager = new TaskManager();
    manager.addTask("bad", { drain: () => Promise.reject("broken") });
    const { errors } = await running(manager, { signal });
    assertEquals(await manager.drain(context), undefined);
    shutdown.abort();
    assertEquals((await errors).length, 1);
  });

  it("returns no promise when there is no drain to wait for", async () => {
    const { log, shutdown, context, manager, run } = await alone(0);
    assertEquals(manager.drain(context), undefined);
    assertEquals([manager.state, ...log], ["draining", "plain told"]);
    shutdown.abort();
    await run;
    const quick = new TaskManager();
    quick.addTask("quick", drains(log));
    const stop = new AbortController();
    const { errors } = await running(quick, { signal: stop.signal });
    assertEquals(
      quick.drain(new TaskContext({ name: "it", signal: stop.signal })),
      undefined,
    );
    assertEquals(quick.state, "draining");
    stop.abort();
    assertEquals(await errors, []);
  });

  it("called again drains nobody again, and waits for the same end", async () => {
    const { log, endings, shutdown, context, manager, run } = await alone(1);
    const settled: number[] = [];
    manager.drain(context)?.then(() => settled.push(1));
    manager.drain(context)?.then(() => settled.push(2));
    assertEquals(log, ["0 told", "plain told", "0 drain"]);
    endings[0]!.open();
    await microtasks();
    assertEquals(settled, [1, 2]);
    assertEquals(manager.drain(context), undefined);
    shutdown.abort();
    await run;
  });

  it("settles when the draining is ended before its drains", async () => {
    const { endings, context, manager, run } = await alone(1);
    const drained = manager.drain(context);
    manager.stop("now", { drain: false });
    await drained;
    assertEquals(manager.state, "stopping");
    endings[0]!.open();
    await run;
  });

  it("finishes an idle manager, whose first run does nothing", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    manager.addTask("it", drains(log));
    const context = new TaskContext({ name: "it" });
    assertEquals(manager.drain(context), undefined);
    assertEquals(manager.state, "finished");
    assertEquals(await manager.runSettled(), []);
    assertEquals(log, []);
  });

  it("stops one at once that initializes", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    const initialize = listens(log);
    manager.addTask("it", { initialize, ...drains(log) });
    const { errors } = await running(manager);
    const context = new TaskContext({ name: "it" });
    assertEquals(manager.drain(context), undefined);
    assertEquals([manager.state, ...log], [
      "stopping",
      "it told",
      "it aborted",
    ]);
    assertEquals(await errors, []);
    assertEquals(log.length, 2);
  });

  it("leaves one alone that is over, and follows nothing", async () => {
    const manager = new TaskManager();
    await manager.stop();
    const { signal, listeners } = spied(new AbortController().signal);
    const context = new TaskContext({ name: "it", signal });
    const states: ManagerState[] = [];
    manager.subscribe((event) => {
      if (event.type === "state") states.push(event.state);
    });
    assertEquals(manager.drain(context), undefined);
    assertEquals(states, []);
    assertEquals(listeners(), 0);
  });

  it("listens to the context's signal until the run is over", async () => {
    const stop = new AbortController();
    const { signal, listeners } = spied(stop.signal);
    const manager = new TaskManager();
    manager.addTask("it", drains([]));
    const { errors } = await running(manager);
    manager.drain(new TaskContext({ name: "it", signal }));
    assertEquals(listeners(), 1);
    manager.stop(undefined, { drain: false });
    assertEquals(await errors, []);
    assertEquals(listeners(), 0);
  });

  for (const context of [undefined, {}, new AbortController().signal]) {
    it(`throws TypeError for what is no TaskContext: ${context}`, async () => {
      const manager = new TaskManager();
      const { errors } = await running(manager);
      assertThrows(() => manager.drain(context as TaskContext), TypeError);
      assertEquals(manager.state, "executing");
      await manager.stop();
      assertEquals(await errors, []);
    });
  }
});
