/**
 * A task in a worker: one that never yields cannot hang a stop, as what is left
 * behind is terminated. On Deno, Node, Bun and in browsers.
 *
 * @example The program
 * ```ts ignore
 * import { TaskManager } from "@goasync/core";
 * import { runMain } from "@goasync/core/main";
 * import { inWorker } from "@goasync/core/tasks/worker";
 *
 * const manager = new TaskManager({ drainTimeout: 5_000, stopTimeout: 5_000 });
 * const url = new URL("./primes.ts", import.meta.url);
 * manager.addTask("primes", inWorker(url, { data: { below: 1e9 } }));
 * await runMain(manager);
 * ```
 *
 * @example Its module, primes.ts
 * ```ts ignore
 * import { exposeTask } from "@goasync/core/tasks/worker";
 *
 * exposeTask({
 *   create: ({ below }: { below: number }) => async ({ note, signal }) => {
 *     note("found them", { count: await countPrimes(below, signal) });
 *   },
 * });
 * ```
 *
 * @module
 */

import type { ExecuteFunction, Task, TaskContext } from "../mod.ts";
import {
  checkName,
  checkOptions,
  isFunction,
  isObject,
  wrong,
} from "../src/arguments.ts";
import { ExposedTask } from "./_exposed_task.ts";
import { nodePort, workerThreads } from "./_node_thread.ts";
import { OneRun } from "./_one_run.ts";
import { wholeTaskOf } from "./_task_source.ts";
import { webPort } from "./_web_thread.ts";
import { WorkerRun } from "./_worker_run.ts";

/**
 * What a task in a worker is made of.
 *
 * @typeParam Data What the worker is sent.
 */
export interface InWorkerOptions<Data = unknown> {
  /**
   * What the `create` that the worker exposes is given: a copy, as
   * `structuredClone` makes it.
   *
   * @default {undefined}
   */
  data?: Data | undefined;
  /**
   * What moves to the worker with the data, in place of a copy: a MessagePort,
   * an ArrayBuffer. It can move only once: restarted, make the task anew.
   *
   * @default {nothing}
   */
  transfer?: readonly object[] | undefined;
  /**
   * What the thread is called, in debuggers and the like.
   *
   * @default {the name of the task}
   */
  name?: string | undefined;
}

/**
 * What makes the task of a worker.
 *
 * @typeParam Data What the worker is sent.
 */
export interface ExposedSource<Data = unknown> {
  /**
   * Makes the task. What it throws counts as if its `initialize` had thrown it.
   *
   * @param data What `inWorker` was given as its `data`.
   * @returns The task, a function that is its `execute`, or a TaskManager.
   */
  create(data: Data): Task | ExecuteFunction;
}

/** A task that runs in a worker. */
export interface WorkerTask extends Task {
  /**
   * Starts the worker, and initializes the task there.
   *
   * @param context What the context there follows.
   * @returns A promise that resolves when it is initialized.
   */
  initialize(context: TaskContext): Promise<void>;
  /**
   * Executes the task there; without an initialize before, in a worker that ends
   * with it, or with a drain that outlasts it.
   *
   * @param context What the context there follows.
   * @returns A promise that resolves when it has returned.
   */
  execute(context: TaskContext): Promise<void>;
  /**
   * Drains the task there.
   *
   * @param context What the context there follows.
   * @returns A promise that resolves when it has drained; nothing if it has no
   * drain.
   */
  drain(context: TaskContext): Promise<void> | undefined;
  /**
   * Cleans up the task there, and terminates the worker.
   *
   * @param context What the context there follows.
   * @returns A promise that resolves when the worker has ended.
   */
  cleanup(context: TaskContext): Promise<void>;
}

const ACTION = "run a task in a worker";

/**
 * Runs the task that a module exposes, in a worker of its own.
 *
 * - **initialize** starts the worker, which loads the module, and initializes
 *   the task there.
 * - **execute**, **drain** and **cleanup** are those of the task there. A worker
 *   that fails outside of them, by an error or a rejection that nobody catches,
 *   that ends by itself or cannot be loaded, is an error of the stage that is
 *   waited for, or of the next one.
 * - after **cleanup** the worker is terminated, whatever it still does.
 * - **left behind**, by a `stopTimeout` or another limit, it is terminated at
 *   once, in a `while (true) {}`, too; browsers may take two seconds to do so.
 *   What it has acquired outside of its thread nobody gives back. Without limits
 *   nothing is left behind, nor by `forceStop`, after which the cleanup needs a
 *   `cleanupTimeout`.
 *
 * The context there has the name, the signals and `done` of this one, and its
 * notes arrive here; `fork` and `with` work there. A manager can run with it,
 * whose notes arrive here with the names that lead to its tasks, and whose
 * errors with their path. `abandoned` never aborts there, as the thread is gone
 * by then. Nothing that stages return crosses. Errors and the reasons of signals
 * cross as copies, with name, message, stack, code, causes and inner errors, and
 * the classes of the language; what cannot be copied arrives as its message.
 *
 * It is told nothing while it does not yield: a loop that is to hear of a stop
 * has to await something now and then.
 *
 * Added with `addExecuteTask`, it starts a worker when it is executed, of whose
 * task only `execute` and `drain` are called, and ends it when both are over.
 *
 * On Deno, Node (20.16 or newer) and Bun workers are those of
 * `node:worker_threads`, on Deno with the permission to read the module; where
 * Node strips types, outside of `node_modules`, or has hooks as those of tsx, the
 * module may be TypeScript. In browsers they are module workers; there nobody
 * can tell that a module has loaded without calling `exposeTask`, so set an
 * `initializeTimeout`. Bundlers have to be told of the module as of any worker.
 * Where there are no workers, as on workerd, `initialize` throws.
 *
 * @example A worker that never yields, in a module that is its own URL
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { inWorker } from "@goasync/core/tasks/worker";
 * import { assertEquals } from "@std/assert";
 *
 * const worker = import.meta.resolve("@goasync/core/tasks/worker");
 * const source = `
 *   import { exposeTask } from ${JSON.stringify(worker)};
 *   exposeTask(({ note }) => {
 *     note("executes");
 *     while (true);
 *   });
 * `;
 * const url = `data:text/javascript;base64,${btoa(source)}`;
 *
 * const manager = new TaskManager({ stopTimeout: 100 });
 * manager.subscribe((event) => {
 *   if (event.type === "note" && event.message === "executes") manager.stop();
 * });
 * manager.addTask("busy", inWorker(url));
 * const [error] = await manager.runSettled();
 * assertEquals(
 *   error?.message,
 *   'Task "busy" timed out in execute: stopTimeout of 100 ms is over',
 * );
 * ```
 *
 * @example Start a new worker when one fails
 * ```ts ignore
 * manager.addTask("hasher", supervise({
 *   create: () => inWorker(new URL("./hasher.ts", import.meta.url)),
 * }));
 * ```
 *
 * @example Ask it something
 * ```ts ignore
 * const { port1, port2 } = new MessageChannel();
 * const url = new URL("./hasher.ts", import.meta.url);
 * manager.addTask("hasher", inWorker(url, { data: port2, transfer: [port2] }));
 * port1.postMessage("hash this");
 * ```
 *
 * @typeParam Data What the worker is sent.
 * @param url The module, as `new URL("./worker.ts", import.meta.url)`. In
 * browsers it may be relative to the page.
 * @param options What the task is made of.
 * @returns A task to add to a manager, which can be in one run at a time.
 * @throws {TypeError} If the URL is none, the options are no object, `transfer`
 * is no array, or `name` is not a non-empty string.
 */
export function inWorker<Data = unknown>(
  url: string | URL,
  options: InWorkerOptions<Data> = {},
): WorkerTask {
  const href = hrefOf(url);
  checkOptions(ACTION, options);
  const { data, transfer = [], name } = options;
  if (!Array.isArray(transfer)) {
    throw wrong(ACTION, "'transfer' must be an array", transfer);
  }
  if (name !== undefined) checkName(ACTION, name);
  const runs = new OneRun<WorkerRun>();
  const begin = (context: TaskContext) =>
    runs.begin(
      () =>
        new WorkerRun({
          url: href,
          name: name ?? context.name,
          data,
          transfer,
        }),
      context.name,
    );
  return {
    async initialize(context) {
      await begin(context).initialize(context);
    },
    async execute(context) {
      if (runs.current) return await runs.current.execute(context);
      const run = begin(context);
      try {
        await run.execute(context);
      } finally {
        runs.end();
        const end = () => run.end();
        if (run.drained) void run.drained.then(end, end); // It may outlast this.
        else await end();
      }
    },
    drain: (context) => runs.current?.drain(context),
    async cleanup(context) {
      await runs.end()?.cleanup(context);
    },
  };
}

/**
 * Exposes the task of a worker, which `inWorker` runs: call it once, while the
 * module is loaded, before it awaits what takes long.
 *
 * @example A task that is told what to do
 * ```ts ignore
 * exposeTask({
 *   create: ({ path }: { path: string }) => ({
 *     initialize: ({ note }) => note(`indexes ${path}`),
 *     execute: ({ signal }) => index(path, signal),
 *   }),
 * });
 * ```
 *
 * @example Only a worker can expose a task
 * ```ts
 * import { exposeTask } from "@goasync/core/tasks/worker";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => exposeTask(({ done }) => done), Error, "this is no worker");
 * ```
 *
 * @typeParam Data What the worker is sent.
 * @param task The task, a function that is its `execute`, a TaskManager, all of
 * whose stages take part, or an object whose `create` makes one of these of the
 * `data` that `inWorker` was given.
 * @throws {TypeError} If it is none of these.
 * @throws {Error} If this is not a worker that `inWorker` can have started, or
 * it has exposed a task already.
 */
export function exposeTask<Data = unknown>(
  task: Task | ExecuteFunction | ExposedSource<Data>,
): void {
  const create = sourceOf(task);
  const threads = workerThreads();
  const port = threads ? nodePort(threads) : webPort();
  if (!port) {
    throw new Error(
      "Cannot expose a task as this is no worker: call it in the module that inWorker is given",
    );
  }
  void new ExposedTask(port, create);
}

function sourceOf(
  given: Task | ExecuteFunction | ExposedSource,
): (data: unknown) => Task {
  if (isSource(given)) {
    const action = "expose what 'create' has made";
    return (data) => wholeTaskOf(action, given.create(data));
  }
  const task = wholeTaskOf("expose a task", given);
  return () => task;
}

function isSource(given: unknown): given is ExposedSource {
  return isObject(given) && isFunction(given.create);
}

/** The whole URL. */
function hrefOf(url: string | URL): string {
  const { location } = globalThis as { location?: { href: string } };
  try {
    return new URL(url, location?.href).href;
  } catch {
    const expected =
      'its URL must be one as new URL("./worker.ts", import.meta.url)';
    throw wrong(ACTION, expected, url);
  }
}
