import { InvalidStateError, TaskManager } from "@goasync/core";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { gate } from "../helpers/gate.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { nested, NESTS } from "../helpers/nested.ts";
import { notingTask, untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";
import { assertNoDeeper, stackDepth } from "../helpers/stack_depth.ts";

/** A manager whose task shows the reason it is stopped with. */
function withReason(): { manager: TaskManager; reason: Promise<unknown> } {
  const manager = new TaskManager();
  const reason = new Promise((resolve) => {
    manager.addExecuteTask("it", async ({ signal, done }) => {
      await done;
      resolve(signal.reason);
    });
  });
  return { manager, reason };
}

/** The ways to stop a manager from outside. */
function stoppers(): {
  how: string;
  manager: TaskManager;
  signal: AbortSignal;
  stop: () => void;
}[] {
  const stopped = new TaskManager();
  const aborted = new TaskManager();
  const shutdown = new AbortController();
  return [
    {
      how: "stop is called",
      manager: stopped,
      signal: new AbortController().signal,
      stop: () => void stopped.stop(),
    },
    {
      how: "the caller's signal aborts",
      manager: aborted,
      signal: shutdown.signal,
      stop: () => shutdown.abort(),
    },
  ];
}

describe("rule 9: stopping", () => {
  for (const { how, manager, signal, stop } of stoppers()) {
    it(`begins when ${how} while it executes`, async () => {
      const { reached, open } = gate();
      manager.addTask("slow", { execute: () => reached });
      const { errors } = await running(manager, { signal });
      stop();
      assertEquals(manager.state, "stopping");
      open();
      assertEquals(await errors, []);
      assertEquals(manager.state, "finished");
    });
  }

  for (const { how, manager, signal, stop } of stoppers()) {
    it(`begins when ${how} while it initializes`, async () => {
      const { reached, open } = gate();
      const log: string[] = [];
      manager.addTask("slow", {
        initialize({ signal }) {
          signal.addEventListener("abort", () => log.push("told"));
          return reached;
        },
        execute: () => {},
      });
      const { errors } = await running(manager, { signal });
      stop();
      assertEquals(manager.state, "stopping");
      assertEquals(log, ["told"]);
      open();
      assertEquals(await errors, []);
      assertEquals(manager.state, "finished");
    });
  }

  for (const { how, manager, signal, stop } of stoppers()) {
    it(`tells everyone in the order added before it returns, when ${how}`, async () => {
      const log: string[] = [];
      const listening = (name: string) =>
        notingTask([], {
          execute({ signal, done }) {
            signal.addEventListener("abort", () => log.push(name));
            return done;
          },
        });
      manager.addExecuteTask("1", listening("1"));
      manager.addTask("2", listening("2"));
      manager.addExecuteTask("3", listening("3"));
      manager.addTask("4", listening("4"));
      const { errors } = await running(manager, { signal });
      manager.addExecuteTask("5", listening("5"));
      stop();
      log.push("returned");
      assertEquals(log, ["1", "2", "3", "4", "5", "returned"]);
      assertEquals(await errors, []);
    });
  }

  it("tells tasks that have returned, too, and execute tasks that have not", async () => {
    const told: string[] = [];
    const manager = new TaskManager();
    const listening = (name: string) => ({ signal }: { signal: AbortSignal }) =>
      signal.addEventListener("abort", () => told.push(name));
    manager.addTask("task", { execute: listening("task") }, { type: "error" });
    manager.addExecuteTask("execute task", listening("execute task"), {
      type: "error",
    });
    const { errors } = await running(manager);
    assertEquals(told, ["execute task"]);
    told.length = 0;
    manager.stop();
    assertEquals(told, ["task"]);
    assertEquals(await errors, []);
  });

  it("waits for all who were told", async () => {
    const first = gate();
    const second = gate();
    const manager = new TaskManager();
    manager.addTask("first", { execute: () => first.reached });
    manager.addExecuteTask("second", () => second.reached);
    const { errors } = await running(manager);
    manager.stop();
    second.open();
    await microtasks();
    assertEquals(manager.state, "stopping");
    first.open();
    assertEquals(await errors, []);
  });

  for (const { how, nest } of NESTS) {
    it(`tells a manager that is ${how} in the same turn`, async () => {
      let told: unknown;
      const managers = nested(3, nest, ({ signal, done }) => {
        signal.addEventListener("abort", () => told = signal.reason);
        return done;
      });
      const outermost = managers[0]!;
      const { errors } = await running(outermost);
      outermost.stop("enough");
      assertEquals(told, "enough");
      assertEquals(managers.map(({ state }) => state), [
        "stopping",
        "stopping",
        "stopping",
      ]);
      assertEquals(await errors, []);
      assertEquals(managers.map(({ state }) => state), [
        "finished",
        "finished",
        "finished",
      ]);
    });

    it(`stops a thousand managers, each ${how}, without growing the stack`, async () => {
      const depthWithin = async (count: number): Promise<number> => {
        let depth = 0;
        const managers = nested(count, nest, ({ signal, done }) => {
          signal.addEventListener("abort", () => depth = stackDepth());
          return done;
        });
        const outermost = managers[0]!;
        const shutdown = new AbortController();
        const { errors } = await running(outermost, {
          signal: shutdown.signal,
        });
        assertEquals(managers.at(-1)!.state, "executing");
        shutdown.abort();
        assert(depth > 0, "the innermost task was not told in the same turn");
        assertEquals(await errors, []);
        for (const { state } of managers) assertEquals(state, "finished");
        return depth;
      };
      assertNoDeeper(await depthWithin(1000), await depthWithin(200));
    });
  }

  it("can tell how deep a stack is", () => {
    const recursion = (calls: number): number =>
      calls === 0 ? stackDepth() : recursion(calls - 1) + 0;
    assertEquals(recursion(500) - recursion(100), 400);
  });

  for (const reason of ["enough", 0, null, new Error("enough")]) {
    it(`hands on the reason of the caller's signal: ${reason}`, async () => {
      const { manager, reason: seen } = withReason();
      const shutdown = new AbortController();
      const { errors } = await running(manager, { signal: shutdown.signal });
      shutdown.abort(reason);
      assertStrictEquals(await seen, reason);
      assertEquals(await errors, []);
    });

    it(`hands on the reason given to stop: ${reason}`, async () => {
      const { manager, reason: seen } = withReason();
      const { errors } = await running(manager);
      manager.stop(reason);
      assertStrictEquals(await seen, reason);
      assertEquals(await errors, []);
    });
  }

  it("gives the TaskError that caused the stop as the reason", async () => {
    const { manager, reason } = withReason();
    manager.addExecuteTask("failing", () => Promise.reject(new Error("no")));
    const [error] = await manager.runSettled();
    assertEquals(error?.taskName, "failing");
    assertStrictEquals(await reason, error);
  });

  it("gives an AbortError as the reason of a finished stop-group", async () => {
    const { manager, reason } = withReason();
    manager.addTask("member", { execute: () => {} }, { type: "stop-group" });
    await manager.run();
    assertEquals((await reason as Error).name, "AbortError");
  });

  it("gives an AbortError as the reason of stop() without one", async () => {
    for (const reasons of [[], [undefined]]) {
      const { manager, reason } = withReason();
      await running(manager);
      await manager.stop(...reasons);
      assertEquals((await reason as Error).name, "AbortError");
    }
  });

  it("gives one reason to all", async () => {
    const reasons = new Set<unknown>();
    const manager = new TaskManager();
    for (const name of ["1", "2", "3"]) {
      manager.addExecuteTask(name, async ({ signal, done }) => {
        await done;
        reasons.add(signal.reason);
      });
    }
    await running(manager);
    await manager.stop();
    assertEquals(reasons.size, 1);
  });

  it("keeps the reason of the first stop", async () => {
    const { manager, reason } = withReason();
    const shutdown = new AbortController();
    await running(manager, { signal: shutdown.signal });
    manager.stop("first");
    shutdown.abort("second");
    await manager.stop("third");
    assertEquals(await reason, "first");
  });

  it("finishes an idle manager, whose first run does nothing and is clean", async () => {
    const log: string[] = [];
    for (const method of ["run", "runSettled"] as const) {
      const manager = new TaskManager();
      manager.addTask("task", notingTask(log));
      manager.addExecuteTask("execute task", notingTask(log));
      const stop = manager.stop();
      assertEquals(manager.state, "finished");
      await stop;
      assertEquals(
        await manager[method](),
        method === "run" ? undefined : [],
      );
      assertEquals(manager.state, "finished");
      await assertRejects(() => manager[method](), InvalidStateError);
      await manager.stop();
    }
    assertEquals(log, []);
  });

  it("lets every later stop wait for the same end", async () => {
    const execute = gate();
    const cleanup = gate();
    const log: string[] = [];
    const manager = new TaskManager();
    manager.addTask("slow", {
      execute: () => execute.reached,
      cleanup: () => cleanup.reached,
    });
    const { errors } = await running(manager);
    const first = manager.stop().then(() => log.push("first"));
    await microtasks();
    const second = manager.stop().then(() => log.push("second"));
    execute.open();
    await microtasks();
    assertEquals(manager.state, "cleaning-up");
    const third = manager.stop().then(() => log.push("third"));
    await microtasks();
    assertEquals(log, []);
    cleanup.open();
    await Promise.all([first, second, third]);
    assertEquals(log, ["first", "second", "third"]);
    assertEquals(manager.state, "finished");
    await manager.stop();
    assertEquals(await errors, []);
  });

  it("resolves stop even if tasks fail", async () => {
    const manager = new TaskManager();
    manager.addTask("failing", {
      execute: ({ done }) => done.then(() => Promise.reject(new Error("no"))),
      cleanup: () => Promise.reject(new Error("no again")),
    });
    const { errors } = await running(manager);
    assertEquals(await manager.stop(), undefined);
    assertEquals((await errors).length, 2);
  });

  it("stops and waits when the manager is disposed", async () => {
    const cleanup = gate();
    const manager = new TaskManager();
    manager.addTask("slow", {
      execute: untilStopped,
      cleanup: () => cleanup.reached,
    });
    const { errors } = await running(manager);
    let disposed = false;
    const disposal = manager[Symbol.asyncDispose]().then(() => disposed = true);
    assertEquals(manager.state, "stopping");
    await microtasks();
    assertEquals(disposed, false);
    cleanup.open();
    await disposal;
    assertEquals(manager.state, "finished");
    assertEquals(await errors, []);
  });

  it("is stopped at the end of the block that is using it", async () => {
    let escaped: TaskManager;
    {
      await using manager = new TaskManager();
      escaped = manager;
      manager.addTask("task", { execute: untilStopped });
      await running(manager);
      assertEquals(manager.state, "executing");
    }
    assertEquals(escaped.state, "finished");
  });
});
