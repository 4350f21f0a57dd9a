import {
  type ExecuteFunction,
  type Task,
  TaskContext,
  type TaskError,
  TaskManager,
} from "@goasync/core";
import { interruptible } from "@goasync/core/tasks/interruptible";
import { repeatable } from "@goasync/core/tasks/repeatable";
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { countedSignal } from "../counted_signal.ts";
import { FakeProcess, replaceProcess } from "../fake_process.ts";
import { AwaitedLog } from "./awaited_log.ts";
import { gate } from "./gate.ts";

/** A task that logs its stages and executes until it is told to stop. */
function logged(log: AwaitedLog, stages: Partial<Task> = {}): Task {
  return {
    initialize(context) {
      log.add("initialize");
      return stages.initialize?.(context);
    },
    execute(context) {
      log.add("execute");
      return stages.execute ? stages.execute(context) : context.done;
    },
    cleanup(context) {
      log.add("cleanup");
      return stages.cleanup?.(context);
    },
  };
}

/** Runs a manager with a task that SIGHUP makes start anew, until it executes. */
async function executing(
  manager: TaskManager,
  task: Task,
  log: AwaitedLog,
): Promise<{ readonly run: Promise<TaskError[]> }> {
  manager.addTask("it", interruptible(["SIGHUP"], task));
  const run = manager.runSettled();
  await log.length(2);
  return { run };
}

/** Calls the first function at the first call, and so on. */
function inTurn(...functions: ExecuteFunction[]): ExecuteFunction {
  return (context) => functions.shift()?.(context);
}

const ONE_GENERATION = ["initialize", "execute", "cleanup"];
const TWO_GENERATIONS = [...ONE_GENERATION, ...ONE_GENERATION];

describe("interruptible()", () => {
  it("passes initialize, execute and cleanup through", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    manager.addTask("it", interruptible(["SIGHUP"], logged(log)));
    const run = manager.runSettled();
    await log.length(2);
    manager.stop();
    assertEquals(await run, []);
    assertEquals(log.entries, ONE_GENERATION);
    assertEquals(os.handlers, []);
  });

  it("stops, cleans up, initializes and executes again on a signal", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    manager.addTask("it", interruptible(["SIGHUP", "SIGUSR2"], logged(log)));
    const run = manager.runSettled();
    await log.length(2);
    os.raise("SIGHUP");
    await log.length(5);
    os.raise("SIGUSR2");
    await log.length(8);
    manager.stop();
    assertEquals(await run, []);
    assertEquals(log.entries, [...TWO_GENERATIONS, ...ONE_GENERATION]);
  });

  it("does nothing on other signals", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    manager.addTask("it", interruptible(["SIGHUP"], logged(log)));
    const run = manager.runSettled();
    await log.length(2);
    os.raise("SIGUSR2");
    manager.stop();
    await run;
    assertEquals(log.entries, ONE_GENERATION);
  });

  it("takes a function", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    manager.addTask(
      "it",
      interruptible(["SIGHUP"], ({ name, done }) => {
        log.add(`${name} executes`);
        return done;
      }),
    );
    const run = manager.runSettled();
    await log.length(1);
    os.raise("SIGHUP");
    await log.length(2);
    manager.stop();
    assertEquals(await run, []);
    assertEquals(log.entries, ["it executes", "it executes"]);
  });

  it("looks methods up when they are called, on the task", async () => {
    using _os = new FakeProcess();
    const calls: unknown[] = [];
    const manager = new TaskManager();
    const task: Task = { execute() {} };
    manager.addTask("it", interruptible(["SIGHUP"], task));
    task.initialize = function () {
      calls.push(this);
    };
    task.execute = function () {
      calls.push(this);
      manager.stop();
    };
    task.cleanup = function () {
      calls.push(this);
    };
    assertEquals(await manager.runSettled(), []);
    assertEquals(calls.length, 3);
    for (const self of calls) assertStrictEquals(self, task);
  });

  it("merely executes on a runtime without OS signals", async () => {
    using _none = replaceProcess(undefined);
    const log = new AwaitedLog();
    const manager = new TaskManager();
    manager.addTask("it", interruptible(["SIGHUP"], logged(log)));
    const run = manager.runSettled();
    await log.length(2);
    manager.stop();
    assertEquals(await run, []);
    assertEquals(log.entries, ONE_GENERATION);
  });

  it("can be run again when the run is over", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const task = interruptible(["SIGHUP"], logged(log));
    for (const length of [2, 5]) {
      const manager = new TaskManager();
      manager.addTask("it", task);
      const run = manager.runSettled();
      await log.length(length);
      manager.stop();
      assertEquals(await run, []);
      assertEquals(os.handlers, []);
    }
    assertEquals(log.entries, TWO_GENERATIONS);
  });

  it("fails when it is in a run already, and leaves nothing behind", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const task = interruptible(["SIGHUP"], logged(log));
    manager.addTask("first", task);
    manager.addTask("second", task);
    const [error, ...others] = await manager.runSettled();
    assertEquals(others, []);
    assertEquals(error?.taskName, "second");
    assertStringIncludes(
      error!.message,
      'Cannot initialize task "second" as it is in a run already',
    );
    assertEquals(log.entries, ["initialize", "cleanup"]);
    assertEquals(os.handlers, []);
  });
});

describe("interruptible() gives each generation", () => {
  it("one context for initialize and execute, of its own", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const contexts: TaskContext[] = [];
    const manager = new TaskManager();
    const task = logged(log, {
      initialize: (context) => void contexts.push(context),
      execute: (context) => {
        contexts.push(context);
        return context.done;
      },
    });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    await log.length(5);
    const [first, second] = [contexts[0]!, contexts[2]!];
    assertStrictEquals(contexts[1], first);
    assertStrictEquals(contexts[3], second);
    assertEquals(first.name, "it");
    assertEquals(second.name, "it");
    assertEquals(first.signal.aborted, true);
    assertEquals(second.signal.aborted, false);
    manager.stop();
    await run;
  });

  it("an AbortError whose cause names the OS signal", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const contexts: TaskContext[] = [];
    const manager = new TaskManager();
    const task = logged(log, {
      initialize: (context) => void contexts.push(context),
    });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    const { reason } = contexts[0]!.signal;
    assert(reason instanceof DOMException);
    assertEquals(reason.name, "AbortError");
    assertEquals((reason as Error).cause, "SIGHUP");
    await log.length(5);
    manager.stop();
    await run;
  });

  it("the reason of a stop, before stop returns", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const contexts: TaskContext[] = [];
    const manager = new TaskManager();
    const task = logged(log, {
      initialize: (context) => void contexts.push(context),
    });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    await log.length(5);
    manager.stop("enough");
    assertEquals(contexts[1]!.signal.reason, "enough");
    assertEquals(await run, []);
  });

  it("a cleanup whose signal is live", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const contexts: TaskContext[] = [];
    const manager = new TaskManager();
    const task = logged(log, {
      cleanup: (context) => void contexts.push(context),
    });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    await log.length(5);
    manager.stop();
    await run;
    assertEquals(contexts.map(({ name }) => name), ["it", "it"]);
    assertEquals(contexts.map(({ signal }) => signal.aborted), [false, false]);
  });

  it("a signal that tells of a stop after execute failed, too", async () => {
    using _os = new FakeProcess();
    const contexts: TaskContext[] = [];
    const failed = gate();
    const manager = new TaskManager();
    manager.addTask(
      "it",
      interruptible(["SIGHUP"], {
        initialize: (context) => void contexts.push(context),
        execute: () => {
          failed.open();
          throw new Error("broken");
        },
      }),
    );
    const run = manager.runSettled();
    await failed.reached;
    assertEquals((await run).length, 1);
    assertEquals(contexts[0]!.signal.aborted, true);
  });

  it("the signal of initialize, however early it aborts", async () => {
    using _os = new FakeProcess();
    const reasons: unknown[] = [];
    const wrapped = interruptible(["SIGHUP"], {
      initialize({ signal }) {
        own.abort("enough");
        reasons.push(signal.reason);
      },
      execute: ({ done }) => done,
    });
    const own = new AbortController();
    const context = new TaskContext({ name: "it", signal: own.signal });
    for (const _when of ["aborts while it runs", "aborted already"]) {
      await wrapped.initialize!(context);
      await wrapped.cleanup!(context);
    }
    assertEquals(reasons, ["enough", "enough"]);
  });

  it("the signal of execute, if another wrapper replaced it", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const context = new TaskContext({ name: "it" });
    const raise = () => os.raise("SIGHUP");
    const task = logged(log, { cleanup: inTurn(raise) });
    const wrapped = interruptible(["SIGHUP"], task);
    await wrapped.initialize!(context);

    const first = new AbortController();
    const firstRun = wrapped.execute(context.with({ signal: first.signal }));
    first.abort();
    await firstRun;
    assertEquals(log.entries, ["initialize", "execute"]);

    const second = new AbortController();
    const secondRun = wrapped.execute(context.with({ signal: second.signal }));
    await log.length(7);
    second.abort();
    await secondRun;
    await wrapped.cleanup!(context);
    assertEquals(log.entries, [
      ...ONE_GENERATION,
      "initialize",
      "cleanup",
      ...ONE_GENERATION,
    ]);
  });
});

describe("interruptible() on a signal while not executing", () => {
  it("starts anew once when it came during the first initialize", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const contexts: TaskContext[] = [];
    const raise = (context: TaskContext) => {
      contexts.push(context);
      os.raise("SIGHUP");
      os.raise("SIGUSR2");
      assertEquals(context.signal.aborted, false);
    };
    const task = logged(log, { initialize: inTurn(raise) });
    manager.addTask("it", interruptible(["SIGHUP", "SIGUSR2"], task));
    const run = manager.runSettled();
    await log.length(4);
    manager.stop();
    assertEquals(await run, []);
    assertEquals(log.entries, ["initialize", "cleanup", ...ONE_GENERATION]);
    assertEquals(contexts[0]!.signal.reason.cause, "SIGHUP");
  });

  it("starts anew once when it came while others were initialized", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    manager.addTask("it", interruptible(["SIGHUP"], logged(log)));
    manager.addTask("next", {
      initialize: () => os.raise("SIGHUP"),
      execute: ({ done }) => done,
    });
    const run = manager.runSettled();
    await log.length(4);
    manager.stop();
    assertEquals(await run, []);
    assertEquals(log.entries, ["initialize", "cleanup", ...ONE_GENERATION]);
  });

  const thrice = (os: FakeProcess) => () => {
    os.raise("SIGHUP");
    os.raise("SIGHUP");
    os.raise("SIGHUP");
  };
  const ONE_MORE_RELOAD = [
    ...ONE_GENERATION,
    "initialize",
    "cleanup",
    ...ONE_GENERATION,
  ];

  it("starts anew once more when it came while execute was ending", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const raise = thrice(os);
    const task = logged(log, {
      execute: inTurn(({ done }) => done.then(raise), ({ done }) => done),
    });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    await log.length(7);
    manager.stop();
    assertEquals(await run, []);
    assertEquals(log.entries, ONE_MORE_RELOAD);
  });

  it("starts anew once more when it came during a reload's cleanup", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const task = logged(log, { cleanup: inTurn(thrice(os)) });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    await log.length(7);
    manager.stop();
    assertEquals(await run, []);
    assertEquals(log.entries, ONE_MORE_RELOAD);
  });

  it("starts anew once more when it came during a reload's initialize", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const task = logged(log, { initialize: inTurn(() => {}, thrice(os)) });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    await log.length(7);
    manager.stop();
    assertEquals(await run, []);
    assertEquals(log.entries, ONE_MORE_RELOAD);
  });

  it("starts anew once more when it came all through a reload", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const raise = thrice(os);
    const task = logged(log, {
      initialize: inTurn(() => {}, raise),
      execute: inTurn(({ done }) => done.then(raise), ({ done }) => done),
      cleanup: inTurn(raise),
    });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    await log.length(7);
    manager.stop();
    assertEquals(await run, []);
    assertEquals(log.entries, ONE_MORE_RELOAD);
  });
});

describe("interruptible() stopped during a reload", () => {
  it("while execute ends: cleans up and begins nothing", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const stop = () => void manager.stop();
    const task = logged(log, { execute: ({ done }) => done.then(stop) });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    assertEquals(await run, []);
    assertEquals(log.entries, ONE_GENERATION);
  });

  it("in cleanup: initializes no more and cleans up no more", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const task = logged(log, { cleanup: () => void manager.stop() });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    assertEquals(await run, []);
    assertEquals(log.entries, ONE_GENERATION);
  });

  it("in initialize: executes no more and cleans up", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const task = logged(log, {
      initialize: inTurn(() => {}, ({ signal }) => {
        manager.stop("enough");
        assertEquals(signal.reason, "enough");
      }),
    });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    assertEquals(await run, []);
    assertEquals(log.entries, [...ONE_GENERATION, "initialize", "cleanup"]);
  });

  it("in an initialize that throws the reason: stops cleanly", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const task = logged(log, {
      initialize: inTurn(() => {}, ({ signal }) => {
        manager.stop("enough");
        throw signal.reason;
      }),
    });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    assertEquals(await run, []);
    assertEquals(log.entries, [...ONE_GENERATION, "initialize", "cleanup"]);
  });

  it("after a signal that waits: starts no more", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const task = logged(log, {
      initialize: inTurn(() => {}, () => {
        os.raise("SIGHUP");
        manager.stop();
      }),
    });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    assertEquals(await run, []);
    assertEquals(log.entries, [...ONE_GENERATION, "initialize", "cleanup"]);
  });
});

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
    manager.addExecuteTask("drainer", async ({ draining }) => {
      assertEquals(draining.aborted, false);
      await reached;
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
      async execute({ draining, signal }) {
        assertEquals(draining.aborted, false);
        signal.addEventListener("abort", () => log.add("signal"));
        await finish.reached;
      },
    });
    const { run } = await executing(manager, task, log);
    manager.stop();
    os.raise("SIGHUP");
    assertEquals(log.entries, ["initialize", "execute"]);
    finish.open();
    assertEquals(await run, []);
    assertEquals(log.entries.filter((entry) => entry !== "signal"), [
      ...ONE_GENERATION,
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

describe("interruptible() and what the task does wrong", () => {
  const clean: [string, ExecuteFunction][] = [
    ["its signal's reason", ({ signal, done }) =>
      done.then(() => {
        throw signal.reason;
      })],
    ["an AbortError", ({ done }) =>
      done.then(() => {
        throw new DOMException("closed", "AbortError");
      })],
  ];
  for (const [what, execute] of clean) {
    it(`takes ${what} as a clean end when it was told to stop`, async () => {
      using os = new FakeProcess();
      const log = new AwaitedLog();
      const manager = new TaskManager();
      const task = logged(log, { execute });
      manager.addTask("it", interruptible(["SIGHUP"], task));
      const run = manager.runSettled();
      await log.length(2);
      os.raise("SIGHUP");
      await log.length(5);
      manager.stop("enough");
      assertEquals(await run, []);
      assertEquals(log.entries, TWO_GENERATIONS);
    });
  }

  it("passes on an AbortError when it was stopped", async () => {
    using _os = new FakeProcess();
    const own = new AbortController();
    const context = new TaskContext({ name: "it", signal: own.signal });
    const closed = new DOMException("closed", "AbortError");
    const run = interruptible(["SIGHUP"], ({ done }) =>
      done.then(() => {
        throw closed;
      })).execute(context);
    own.abort("enough");
    const thrown = await assertRejects(async () => await run);
    assertStrictEquals(thrown, closed);
  });

  it("passes on what execute throws, unasked or not", async () => {
    using os = new FakeProcess();
    const thrown = [
      new Error("broken"),
      new DOMException("timed out within", "AbortError"),
    ];
    for (const error of thrown) {
      const log = new AwaitedLog();
      const manager = new TaskManager();
      const task = logged(log, { execute: () => Promise.reject(error) });
      manager.addTask("it", interruptible(["SIGHUP"], task));
      const [first, ...others] = await manager.runSettled();
      assertEquals(others, []);
      assertEquals(first?.stage, "execute");
      assertStrictEquals(first?.cause, error);
      assertEquals(log.entries, ONE_GENERATION);
    }

    const log = new AwaitedLog();
    const manager = new TaskManager();
    const task = logged(log, {
      execute: ({ done }) => done.then(() => Promise.reject(thrown[0])),
    });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    const [first, ...others] = await run;
    assertEquals(others, []);
    assertStrictEquals(first?.cause, thrown[0]);
    assertEquals(log.entries, ONE_GENERATION);
  });

  for (const type of ["strict", "error", "stop-group"] as const) {
    it(`fails as "${type}" when execute returns unasked`, async () => {
      using os = new FakeProcess();
      const log = new AwaitedLog();
      const manager = new TaskManager();
      const task = logged(log, { execute: () => {} });
      manager.addTask("it", interruptible(["SIGHUP"], task), { type });
      const [error, ...others] = await manager.runSettled();
      assertEquals(others, []);
      assertEquals(error?.stage, "execute");
      assertMatch(
        (error?.cause as Error).message,
        /^Task "it" returned from execute before it was told to stop/,
      );
      assertEquals(log.entries, ONE_GENERATION);
      assertEquals(os.handlers, []);
    });
  }

  it("passes on what the first initialize throws, and cleans up once", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const broken = new Error("broken");
    const task = logged(log, {
      initialize: () => {
        throw broken;
      },
    });
    manager.addTask("it", interruptible(["SIGHUP"], task));
    const [error, ...others] = await manager.runSettled();
    assertEquals(others, []);
    assertEquals(error?.stage, "initialize");
    assertStrictEquals(error?.cause, broken);
    assertEquals(log.entries, ["initialize", "cleanup"]);
    assertEquals(os.handlers, []);
  });

  it("passes on what a reload's initialize throws, and cleans up once", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const broken = new Error("broken");
    const task = logged(log, {
      initialize: inTurn(() => {}, () => Promise.reject(broken)),
    });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    const [error, ...others] = await run;
    assertEquals(others, []);
    assertEquals(error?.stage, "execute");
    assertStrictEquals(error?.cause, broken);
    assertEquals(log.entries, [...ONE_GENERATION, "initialize", "cleanup"]);
  });

  it("passes on what a reload's cleanup throws, and does not repeat it", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const broken = new Error("broken");
    const task = logged(log, { cleanup: () => Promise.reject(broken) });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    const [error, ...others] = await run;
    assertEquals(others, []);
    assertEquals(error?.stage, "execute");
    assertStrictEquals(error?.cause, broken);
    assertEquals(log.entries, ONE_GENERATION);
    assertEquals(os.handlers, []);
  });

  it("passes on what the last cleanup throws", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const broken = new Error("broken");
    const task = logged(log, { cleanup: () => Promise.reject(broken) });
    const { run } = await executing(manager, task, log);
    manager.stop();
    const [error, ...others] = await run;
    assertEquals(others, []);
    assertEquals(error?.stage, "cleanup");
    assertStrictEquals(error?.cause, broken);
    assertEquals(os.handlers, []);
  });

  it("goes on after a failed reload if it is executed again", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const broken = new Error("broken");
    const fail = () => Promise.reject(broken);
    const task = logged(log, {
      initialize: inTurn(() => {}, fail),
      cleanup: inTurn(fail),
    });
    const errors: unknown[] = [];
    manager.addTask(
      "it",
      repeatable(interruptible(["SIGHUP"], task), {
        onError: (error) => errors.push(error),
      }),
    );
    const run = manager.runSettled();
    await log.length(2);
    os.raise("SIGHUP");
    await log.length(7);
    manager.stop();
    assertEquals(await run, []);
    assertEquals(errors, [broken, broken]);
    assertEquals(log.entries, [
      ...ONE_GENERATION,
      "initialize",
      "cleanup",
      ...ONE_GENERATION,
    ]);
  });
});

describe("interruptible() holds", () => {
  it("one handler from before the first initialize until cleanup", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const count = () => log.add(os.handlers.join());
    const task = interruptible(["SIGHUP", "SIGHUP"], {
      initialize: count,
      execute: ({ done }) => {
        count();
        return done;
      },
      cleanup: count,
    });
    manager.addTask("it", task);
    assertEquals(os.handlers, []);
    const run = manager.runSettled();
    await log.length(2);
    os.raise("SIGHUP");
    await log.length(5);
    manager.stop();
    await run;
    const one = "SIGHUP";
    assertEquals(log.entries, [one, one, one, one, one, ""]);
  });

  it("no listener on the manager's signal after cleanup", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const outer = countedSignal();
    const context = new TaskContext({ name: "it", signal: outer.signal });
    const wrapped = interruptible(["SIGHUP"], logged(log));
    await wrapped.initialize!(context);
    const run = wrapped.execute(context);
    os.raise("SIGHUP");
    await log.length(5);
    assertEquals(outer.listeners(), 1);
    outer.abort();
    await run;
    await wrapped.cleanup!(new TaskContext({ name: "it" }));
    assertEquals(outer.listeners(), 0);
    assertEquals(os.handlers, []);
  });

  it("no handler of a task that was never initialized", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const wrapped = interruptible(["SIGHUP"], logged(log));
    await wrapped.cleanup!(new TaskContext({ name: "it" }));
    assertEquals(log.entries, []);
    assertEquals(os.handlers, []);
  });
});

describe("interruptible() as an execute task", () => {
  it("executes again, and calls nothing else", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    manager.addExecuteTask("it", interruptible(["SIGHUP"], logged(log)));
    const run = manager.runSettled();
    await log.length(1);
    assertEquals(os.handlers, ["SIGHUP"]);
    os.raise("SIGHUP");
    await log.length(2);
    manager.stop();
    assertEquals(await run, []);
    assertEquals(log.entries, ["execute", "execute"]);
    assertEquals(os.handlers, []);
  });

  it("starts before addExecuteTask returns", async () => {
    using _os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    manager.addExecuteTask("adds", () => {
      manager.addExecuteTask("it", interruptible(["SIGHUP"], logged(log)));
      assertEquals(log.entries, ["execute"]);
      manager.stop();
    });
    assertEquals(await manager.runSettled(), []);
  });

  it("leaves neither handler nor listener when it fails", async () => {
    using os = new FakeProcess();
    const outer = countedSignal();
    const context = new TaskContext({ name: "it", signal: outer.signal });
    const broken = new Error("broken");
    const wrapped = interruptible(["SIGHUP"], () => Promise.reject(broken));
    const thrown = await assertRejects(async () =>
      await wrapped.execute(context)
    );
    assertStrictEquals(thrown, broken);
    assertEquals(outer.listeners(), 0);
    assertEquals(os.handlers, []);
  });

  it("does not execute when it is told to stop from the start", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const signal = AbortSignal.abort();
    const wrapped = interruptible(["SIGHUP"], logged(log));
    await wrapped.execute(new TaskContext({ name: "it", signal }));
    assertEquals(log.entries, []);
    assertEquals(os.handlers, []);
  });
});

describe("interruptible() throws TypeError for", () => {
  const notSignals = [undefined, null, "SIGHUP", [], ["hup"], [1], {}];
  it("signals that are none", () => {
    for (const bad of notSignals) {
      assertThrows(
        // deno-lint-ignore no-explicit-any
        () => interruptible(bad as any, () => {}),
        TypeError,
        "Cannot interrupt a task as 'signals' must",
      );
    }
  });

  it("signals that no program can catch", () => {
    for (const name of ["SIGKILL", "SIGSTOP"] as const) {
      assertThrows(
        () => interruptible(["SIGHUP", name], () => {}),
        TypeError,
        `Cannot interrupt a task on ${name} as no program can catch it`,
      );
    }
  });

  it("what is no task", () => {
    const bad: unknown[] = [undefined, null, {}, { execute: 1 }, "task"];
    for (const task of bad) {
      assertThrows(
        // deno-lint-ignore no-explicit-any
        () => interruptible(["SIGHUP"], task as any),
        TypeError,
        "'execute'",
      );
    }
    assertThrows(
      // deno-lint-ignore no-explicit-any
      () => interruptible(["SIGHUP"], { execute() {}, cleanup: 1 } as any),
      TypeError,
      "'cleanup'",
    );
  });

  it("a TaskManager, which runs once", () => {
    assertThrows(
      () => interruptible(["SIGHUP"], new TaskManager()),
      TypeError,
      "Cannot interrupt a TaskManager as it runs once",
    );
  });
});
