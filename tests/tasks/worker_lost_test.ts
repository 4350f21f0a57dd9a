import { type Task, TaskManager } from "@goasync/core";
import { supervise } from "@goasync/core/tasks";
import { exposeTask, inWorker } from "@goasync/core/tasks/worker";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeThreads } from "../helpers/fake_threads.ts";
import { gate } from "../helpers/gate.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { running } from "../helpers/running.ts";
import {
  type InWorker,
  runInWorker,
  runLoaded,
  URL_OF_WORKER as URL,
} from "../helpers/worker_tasks.ts";

const IDLE: Task = { initialize() {} };

/** The messages of the errors of a run, and those of their causes. */
async function failures({ errors }: Pick<InWorker, "errors">) {
  return (await errors).map(({ message, cause }) => {
    const innermost = Object(cause).cause;
    return innermost ? [message, innermost.message] : [message];
  });
}

describe("a worker", () => {
  it("that cannot be loaded is an error of initialize", async () => {
    using run = await runLoaded(() => {
      throw new SyntaxError("Unexpected token");
    });
    assertEquals(await failures(run), [[
      `Task "it" failed in initialize: Cannot load the worker ${URL}: Unexpected token`,
      "Unexpected token",
    ]]);
    assertEquals(run.threads.worker.isTerminated, true);
  });

  it("that cannot be loaded says so without what imports its module", async () => {
    using run = await runLoaded(() => {});
    const { worker } = run.threads;
    worker.emit("error", new Error(`No x.js from ${worker.program.href}`));
    worker.exit(1);
    assertEquals((await failures(run))[0]?.[1], "No x.js from inWorker()");
    using other = await runLoaded(() => {});
    other.threads.worker.emit("error", "no error");
    other.threads.worker.exit(1);
    const [error] = await other.errors;
    assertEquals(
      error?.message,
      `Task "it" failed in initialize: Cannot load the worker ${URL}: no error`,
    );
  });

  it("that cannot be loaded by an error that cannot be changed is an error", async () => {
    for (
      const error of [
        Object.freeze(new Error("frozen")),
        new DOMException("read-only"),
      ]
    ) {
      using run = await runLoaded(() => {
        throw error;
      });
      assertEquals((await failures(run))[0], [
        `Task "it" failed in initialize: Cannot load the worker ${URL}: ${error.message}`,
        error.message,
      ]);
    }
  });

  it("that cannot be started is an error of initialize", async () => {
    using threads = new FakeThreads();
    threads.failure = new Error("Requires read access");
    const manager = new TaskManager();
    manager.addTask("it", inWorker(URL));
    const errors = manager.runSettled();
    assertEquals(await failures({ errors }), [[
      `Task "it" failed in initialize: Requires read access`,
    ]]);
  });

  it("whose module exposes nothing is an error", async () => {
    using run = await runLoaded(() => {});
    run.threads.worker.say({ type: "unexposed" });
    assertEquals(await failures(run), [[
      `Task "it" failed in initialize: The worker ${URL} has no task: its module must call exposeTask of "@goasync/core/tasks/worker"`,
    ]]);
  });

  it("that ends before it exposes anything is an error", async () => {
    using run = await runLoaded(() => {});
    run.threads.worker.exit(0);
    assertEquals(await failures(run), [[
      `Task "it" failed in initialize: The worker ${URL} has ended by itself before its module called exposeTask, with code 0`,
    ]]);
  });

  it("that is stopped before it exposes anything is terminated", async () => {
    using run = await runLoaded(() => {});
    assertEquals(run.manager.state, "initializing");
    await run.manager.stop();
    assertEquals(await run.errors, []);
    assertEquals(run.threads.worker.isTerminated, true);
  });

  it("is not asked for anything when its task was stopped before", async () => {
    using threads = new FakeThreads(() => exposeTask(IDLE));
    const manager = new TaskManager();
    const it = inWorker(URL);
    manager.addTask("it", {
      initialize: (context) =>
        it.initialize(context.with({ signal: AbortSignal.abort("before") })),
      cleanup: (context) => it.cleanup(context),
    });
    const [error] = await manager.runSettled();
    assertEquals(error?.cause, "before");
    assertEquals(threads.worker.sent, []);
  });

  it("whose data cannot be copied is an error", async () => {
    using run = await runInWorker(IDLE, { data: { socket: () => {} } });
    const [error] = await run.errors;
    const { message, cause } = error?.cause as Error;
    assertEquals(
      message.startsWith(`Cannot send the worker ${URL} its data: `),
      true,
    );
    assertEquals((cause as Error).name, "DataCloneError");
    assertEquals(run.threads.worker.isTerminated, true);
  });

  it("whose task cannot be made is an error of initialize", async () => {
    for (
      const [create, message] of [
        [() => {
          throw new Error("no such file");
        }, "no such file"],
        [
          () => 7 as unknown as Task,
          `Cannot expose what 'create' has made as it must have an 'initialize', 'execute', 'drain' or 'cleanup' function: current value is 7 (number)`,
        ],
      ] as const
    ) {
      using run = await runInWorker({ create });
      assertEquals(await failures(run), [[
        `Task "it" failed in initialize: ${message}`,
      ]]);
    }
  });

  it("that ends by itself is an error of the stage that goes on", async () => {
    using run = await runInWorker(({ done }) => done);
    run.threads.worker.exit(7);
    assertEquals(await failures(run), [[
      `Task "it" failed in execute: The worker ${URL} has ended by itself, with code 7`,
    ]]);
  });

  it("that ends while it drains is one error", async () => {
    using run = await runInWorker({
      execute: ({ done }) => done,
      drain: () => new Promise(() => {}),
    });
    void run.manager.stop();
    await microtasks();
    run.threads.worker.exit(7);
    assertEquals((await failures(run)).length, 1);
  });

  it("that ends between two stages is an error of the next", async () => {
    const held = gate();
    using threads = new FakeThreads(() => exposeTask(IDLE));
    const manager = new TaskManager();
    manager.addTask("it", inWorker(URL));
    manager.addTask("slow", { initialize: () => held.reached });
    const { errors } = await running(manager);
    threads.worker.exit(7);
    held.open();
    assertEquals(await failures({ errors }), [[
      `Task "it" failed in execute: The worker ${URL} has ended by itself, with code 7`,
    ]]);
  });

  it("that ends when it has executed is an error of its cleanup", async () => {
    using threads = new FakeThreads(() =>
      exposeTask({ execute() {}, drain() {} })
    );
    const manager = new TaskManager();
    manager.addTask("it", inWorker(URL), { type: "error" });
    const { errors } = await running(manager);
    threads.worker.exit(7);
    void manager.stop();
    assertEquals(await failures({ errors }), [[
      `Task "it" failed in cleanup: The worker ${URL} has ended by itself, with code 7`,
    ]]);
  });

  it("that nothing can be read of is an error", async () => {
    using run = await runInWorker(({ done }) => done);
    run.threads.worker.emit("messageerror", new TypeError("unreadable"));
    assertEquals(await failures(run), [[
      `Task "it" failed in execute: Uncaught in the worker ${URL}: unreadable`,
      "unreadable",
    ]]);
  });

  it("in which nobody catches an error fails with a copy of it", async () => {
    using run = await runInWorker(({ done }) => done);
    const error = new RangeError("in a timer", { cause: new Error("deep") });
    run.threads.process.emit("uncaughtExceptionMonitor", error);
    run.threads.worker.emit("error", new Error("in a timer"));
    await microtasks();
    run.threads.worker.exit(1);
    const [failed, ...others] = await run.errors;
    assertEquals(others, []);
    assertEquals(
      failed?.message,
      `Task "it" failed in execute: Uncaught in the worker ${URL}: in a timer`,
    );
    const { cause } = failed?.cause as Error;
    assertEquals(cause instanceof RangeError, true);
    assertEquals(((cause as Error).cause as Error).message, "deep");
  });

  it("goes on where its module catches such errors", async () => {
    using run = await runInWorker(({ done }) => done);
    const { process } = run.threads;
    process.on("uncaughtException", () => {});
    process.emit("uncaughtExceptionMonitor", new Error("its own affair"));
    process.emit("unhandledRejection", new Error("not listened to"));
    await run.manager.stop();
    assertEquals(await run.errors, []);
  });

  it("tells of rejections on Bun, whose monitor does not", async () => {
    const start = async () => {
      const threads = new FakeThreads(() => exposeTask(IDLE), { bun: "1" });
      const manager = new TaskManager();
      manager.addTask("it", inWorker(URL));
      const { errors } = await running(manager);
      return { threads, manager, errors };
    };
    const bun = await start();
    using threads = bun.threads;
    threads.process.emit("unhandledRejection", new Error("nobody awaits"));
    assertEquals(await failures(bun), [[
      `Task "it" failed in execute: Uncaught in the worker ${URL}: nobody awaits`,
      "nobody awaits",
    ]]);
    const { process } = threads;
    threads[Symbol.dispose]();
    assertEquals(process.listenerCount("unhandledRejection"), 1);
    const handled = await start();
    using own = handled.threads;
    own.process.on("unhandledRejection", () => {});
    own.process.emit("unhandledRejection", new Error("its own affair"));
    await handled.manager.stop();
    assertEquals(await handled.errors, []);
  });

  it("that failed is started anew by supervise", async () => {
    const again = gate();
    using threads = new FakeThreads(() => exposeTask(IDLE));
    const manager = new TaskManager();
    let made = 0;
    const create = () => {
      if (++made === 2) again.open();
      return inWorker(URL, { data: made });
    };
    manager.addTask("it", supervise({ create }, { backoff: { min: 1 } }));
    const { errors } = await running(manager);
    threads.worker.exit(7);
    await again.reached;
    await microtasks();
    const [first, second, ...others] = threads.workers;
    assertEquals(others, []);
    assertEquals([first?.isOver, second?.isOver], [true, false]);
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(second?.isOver, true);
  });
});

describe("a task in a worker", () => {
  it("can be in one run after another, and in one at a time", async () => {
    using threads = new FakeThreads(() => exposeTask(IDLE));
    const it = inWorker(URL);
    for (const _ of [1, 2]) {
      const manager = new TaskManager();
      manager.addTask("it", it);
      manager.addTask("again", it);
      const [error, ...others] = await manager.runSettled();
      assertEquals(others, []);
      assertEquals(
        error?.message,
        'Task "again" failed in initialize: Cannot initialize task "again" as it is in a run already: make one for each',
      );
    }
    assertEquals(threads.workers.map(({ isTerminated }) => isTerminated), [
      true,
      true,
    ]);
  });

  it("can be an execute task, whose worker ends with it", async () => {
    const log: string[] = [];
    using threads = new FakeThreads(() =>
      exposeTask({
        initialize: () => log.push("initialize"),
        execute: () => log.push("execute"),
        cleanup: () => log.push("cleanup"),
      })
    );
    const manager = new TaskManager();
    const handle = manager.addExecuteTask("it", inWorker(URL), {
      type: "error",
    });
    const { errors } = await running(manager);
    assertEquals(await handle.finished, "clean");
    assertEquals(threads.worker.isTerminated, true);
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, ["execute"]);
  });

  it("can be an execute task that is drained", async () => {
    const log: string[] = [];
    using threads = new FakeThreads(() =>
      exposeTask({
        execute: ({ done }) => done,
        drain: () => log.push("drain"),
      })
    );
    const manager = new TaskManager();
    manager.addExecuteTask("it", inWorker(URL));
    const { errors } = await running(manager);
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, ["drain"]);
    assertEquals(threads.worker.isTerminated, true);
  });

  it("is executed once at a time", async () => {
    using _threads = new FakeThreads(() => exposeTask(({ done }) => done));
    const manager = new TaskManager();
    const it = inWorker(URL);
    manager.addExecuteTask("first", it);
    manager.addExecuteTask("second", it);
    const [error, ...others] = await manager.runSettled();
    assertEquals(others, []);
    assertEquals(
      error?.message,
      'Task "second" failed in execute: Cannot execute task "second" as it is in a run already: make one for each',
    );
  });

  it("has nothing to drain or to clean up before it was initialized", async () => {
    const it = inWorker(URL);
    const manager = new TaskManager();
    manager.addTask("it", {
      execute: (context) => it.drain(context) ?? it.cleanup(context),
    }, { type: "stop-group" });
    assertEquals(await manager.runSettled(), []);
  });
});

describe("inWorker(), given what it cannot run,", () => {
  it("says so", () => {
    const call = (url: unknown, options?: unknown) => () =>
      inWorker(url as string, options as object);
    for (
      const [fn, message] of [
        [
          call("http://["),
          'its URL must be one as new URL("./worker.ts", import.meta.url): current value is "http://["',
        ],
        [
          call(URL, 7),
          "the options must be an object: current value is 7 (number)",
        ],
        [
          call(URL, { transfer: "all" }),
          "'transfer' must be an array: current value is \"all\"",
        ],
        [
          call(URL, { name: "" }),
          'its name must be a non-empty string: current value is ""',
        ],
      ] as const
    ) {
      assertThrows(
        fn,
        TypeError,
        `Cannot run a task in a worker as ${message}`,
      );
    }
  });
});

describe("exposeTask()", () => {
  it("throws where there is no worker", () => {
    using _threads = new FakeThreads();
    assertThrows(
      () => exposeTask(IDLE),
      Error,
      "Cannot expose a task as this is no worker: call it in the module that inWorker is given",
    );
  });

  it("throws when the worker has a task", async () => {
    const thrown: unknown[] = [];
    using run = await runLoaded(() => {
      exposeTask(IDLE);
      try {
        exposeTask(IDLE);
      } catch (error) {
        thrown.push(Object(error).message);
      }
    });
    assertEquals(thrown, [
      "Cannot expose a task as this worker has one: make it one of a TaskManager with several",
    ]);
    await run.manager.stop();
    assertEquals(await run.errors, []);
  });

  it("throws when it is given no task", () => {
    assertThrows(
      () => exposeTask({} as Task),
      TypeError,
      "Cannot expose a task as it must have an 'initialize', 'execute', 'drain' or 'cleanup' function: current value is an instance of Object",
    );
  });
});
