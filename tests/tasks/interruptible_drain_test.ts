import { type ExecuteFunction, TaskContext, TaskManager } from "@goasync/core";
import { interruptible } from "@goasync/core/tasks/interruptible";
import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { countedSignal } from "../helpers/counted_signal.ts";
import { FakeProcess } from "../helpers/fake_process.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { AwaitedLog } from "../helpers/awaited_log.ts";
import { gate } from "../helpers/gate.ts";
import {
  DRAINED,
  executing,
  inTurn,
  logged,
  ONE_GENERATION,
} from "../helpers/generations.ts";

describe("interruptible() while the manager drains", () => {
  /** Ends when it is told to drain, and notes both. */
  const drains = (log: AwaitedLog): ExecuteFunction => async ({ draining }) => {
    await new Promise<void>((resolve) => {
      draining.addEventListener("abort", () => resolve());
    });
    log.add(`drained: ${draining.reason}`);
  };

  /** Adds a task that drains until it is let go. */
  function addDrainer(manager: TaskManager): () => void {
    const { reached, open } = gate();
    manager.addExecuteTask("drainer", {
      execute: ({ done }) => done,
      drain: () => reached,
    });
    return open;
  }

  it("is no failure to end then, as for the task alone", async () => {
    using _os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager({ drainTimeout: Infinity });
    const task = logged(log, { execute: drains(log) });
    const { run } = await executing(manager, task, log);
    manager.stop("enough");
    assertEquals(await run, []);
    assertEquals(log.entries, [
      "initialize",
      "execute",
      "drained: enough",
      "cleanup",
    ]);
  });

  it("starts nothing anew on a signal, nor cuts the drain short", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager({ drainTimeout: Infinity });
    const finish = gate();
    const task = logged(log, {
      execute({ signal, done }) {
        signal.addEventListener("abort", () => log.add("signal"));
        return done;
      },
      drain: () => finish.reached,
    });
    const { run } = await executing(manager, task, log);
    manager.stop();
    os.raise("SIGHUP");
    assertEquals(log.entries, ["initialize", "execute", "drain"]);
    assertEquals(manager.state, "draining");
    finish.open();
    assertEquals(await run, []);
    assertEquals(log.entries, [
      "initialize",
      "execute",
      "drain",
      "signal",
      "cleanup",
    ]);
  });

  it("starts nothing anew on a signal while only others drain", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager({ drainTimeout: Infinity });
    manager.addTask("it", interruptible(["SIGHUP"], logged(log)));
    const open = addDrainer(manager);
    const run = manager.runSettled();
    await log.length(2);
    manager.stop();
    os.raise("SIGHUP");
    open();
    assertEquals(await run, []);
    assertEquals(log.entries, ONE_GENERATION);
  });

  it("does not execute again when that begins during a reload", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager({ drainTimeout: Infinity });
    const task = logged(log, {
      initialize: inTurn(() => {}, () => void manager.stop()),
    });
    manager.addTask("it", interruptible(["SIGHUP"], task));
    const open = addDrainer(manager);
    const run = manager.runSettled();
    await log.length(2);
    os.raise("SIGHUP");
    await log.length(4);
    open();
    assertEquals(await run, []);
    assertEquals(log.entries, [...ONE_GENERATION, "initialize", "cleanup"]);
  });

  it("asks for no time unless the task does", async () => {
    using _os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager({ drainTimeout: Infinity });
    manager.addTask("it", interruptible(["SIGHUP"], logged(log)));
    const run = manager.runSettled();
    await log.length(2);
    manager.stop();
    assertEquals(await run, []);
  });

  it("is told to drain by a signal, too, before its own signal aborts", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager({ drainTimeout: Infinity });
    const task = logged(log, {
      execute: inTurn(async ({ draining, signal }) => {
        signal.addEventListener("abort", () => log.add("signal"));
        await new Promise<void>((resolve) => {
          draining.addEventListener("abort", () => resolve());
          draining.addEventListener("abort", () => log.add("draining"));
        });
        assertStrictEquals(draining.reason, signal.reason);
        assertEquals(draining.reason.cause, "SIGHUP");
      }, drains(log)),
    });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    await log.length(7);
    manager.stop("enough");
    assertEquals(await run, []);
    assertEquals(log.entries, [
      "initialize",
      "execute",
      "draining",
      "signal",
      "cleanup",
      "initialize",
      "execute",
      "drained: enough",
      "cleanup",
    ]);
  });

  it("tells a task, too, that asks when it is late", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const task = logged(log, {
      execute: inTurn(async (context) => {
        await context.done;
        assertEquals(context.draining.aborted, true);
        assertStrictEquals(context.draining.reason, context.signal.reason);
      }, ({ done }) => done),
    });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    await log.length(5);
    manager.stop();
    assertEquals(await run, []);
  });

  it("leaves no listener behind for each time it failed", async () => {
    using _os = new FakeProcess();
    const { signal, listeners } = countedSignal();
    const context = new TaskContext({ name: "it", signal });
    const task = interruptible(["SIGHUP"], ({ draining }) => {
      assertEquals(draining.aborted, false);
      throw new Error("no");
    });
    for (let run = 0; run < 3; run++) {
      await assertRejects(async () => await task.execute(context), Error, "no");
    }
    assertEquals(listeners(), 0);
  });

  it("leaves no listener behind for each time it started anew", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const { signal, listeners, abort } = countedSignal();
    const context = new TaskContext({ name: "it", signal });
    const task = interruptible(
      ["SIGHUP"],
      logged(log, {
        execute: async ({ draining, done }) => {
          assertEquals(draining.aborted, false);
          await done;
        },
      }),
    );
    const execution = task.execute(context);
    await log.length(1);
    const before = listeners();
    os.raise("SIGHUP");
    await log.length(2);
    assertEquals(listeners(), before);
    abort();
    await execution;
    assertEquals(listeners(), 0);
  });
});

describe("interruptible() at a stop", () => {
  it("drains the generation that executes", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const finish = gate();
    const task = logged(log, {
      drain: inTurn(() => {}, ({ draining }) => {
        assertEquals(draining.reason, "enough");
        return finish.reached;
      }),
    });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    await log.length(6);
    manager.stop("enough");
    assertEquals(manager.state, "draining");
    finish.open();
    assertEquals(await run, []);
    assertEquals(log.entries, [...DRAINED, ...DRAINED]);
  });

  it("holds nobody up if its drain returns no promise, or it has none", async () => {
    for (const stages of [{ drain: () => 1 }, {}]) {
      using _os = new FakeProcess();
      const log = new AwaitedLog();
      const manager = new TaskManager();
      const { run } = await executing(manager, logged(log, stages), log);
      manager.stop();
      assertEquals(manager.state, "stopping");
      assertEquals(await run, []);
      assertEquals(log.entries, stages.drain ? DRAINED : ONE_GENERATION);
    }
  });

  it("has no drain where the task has none", () => {
    assertEquals(interruptible(["SIGHUP"], () => {}).drain, undefined);
  });

  it("drains although a wrapper executes it with another context", async () => {
    for (const add of ["addTask", "addExecuteTask"] as const) {
      using _os = new FakeProcess();
      const log = new AwaitedLog();
      const manager = new TaskManager();
      const wrapped = interruptible(
        ["SIGHUP"],
        logged(log, { drain: () => {} }),
      );
      manager[add]("it", {
        ...wrapped,
        execute: (context) => wrapped.execute(context.fork()),
      });
      const run = manager.runSettled();
      await microtasks();
      manager.stop();
      assertEquals(await run, []);
      assertEquals(
        log.entries,
        add === "addTask" ? DRAINED : ["execute", "drain"],
      );
    }
  });

  it("drains nothing that was not executed", async () => {
    using _os = new FakeProcess();
    const log = new AwaitedLog();
    const context = new TaskContext({ name: "it" });
    const task = interruptible(["SIGHUP"], logged(log, { drain: () => {} }));
    assertEquals(task.drain!(context), undefined);
    await task.initialize!(context);
    assertEquals(task.drain!(context), undefined);
    await task.cleanup!(context);
    assertEquals(log.entries, ["initialize", "cleanup"]);
  });
});
