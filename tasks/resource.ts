/**
 * A task that opens something which others use, and closes it in the end.
 *
 * @example A database
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { resource } from "@goasync/core/tasks/resource";
 * import { assertEquals } from "@std/assert";
 *
 * const log: string[] = [];
 * const database = resource(
 *   () => ({ query: (text: string) => log.push(text) }),
 *   () => log.push("closed"),
 * );
 * const manager = new TaskManager();
 * manager.addTask("database", database);
 * manager.addExecuteTask("job", () => {
 *   database.value.query("SELECT 1");
 *   manager.stop();
 * });
 * await manager.run();
 * assertEquals(log, ["SELECT 1", "closed"]);
 * ```
 *
 * @module
 */

import type { Task, TaskContext } from "../mod.ts";
import { checkFunction, checkOptions } from "../src/arguments.ts";
import { OneRun } from "./_one_run.ts";
import { disposeOf, Opening } from "./_opening.ts";

/** What a {@linkcode resource} does besides. */
export interface ResourceOptions<Value> {
  /**
   * Finishes what the value has accepted, while everything is still up: the
   * `drain` of the task.
   *
   * @default {it has no drain}
   */
  drain?: ((value: Value, context: TaskContext) => unknown) | undefined;
}

/** A task with a value, while that is open. */
export interface Resource<Value> extends Task {
  /**
   * What `open` has returned. It can be read from the end of `initialize` to the
   * beginning of `cleanup`; at any other time reading it throws an `Error` that
   * names the task and says what has become of it.
   */
  readonly value: Value;
  /**
   * Opens the value.
   *
   * @param context What `open` is given.
   * @returns A promise that resolves when it is open.
   */
  initialize(context: TaskContext): Promise<void>;
  /**
   * Closes the value, if there is one.
   *
   * @param context What `close` is given.
   * @returns A promise that resolves when it is closed.
   */
  cleanup(context: TaskContext): Promise<void>;
}

/**
 * Opens something in `initialize` that others use, and closes it in `cleanup`:
 * a pool, a client, a file. It never executes anything.
 *
 * What `open` throws is that of `initialize`; nothing is closed then, so clean
 * up in `open` what it has acquired. Told to stop while it opens, its signal
 * aborts; what it returns all the same is closed. If it is left behind, by an
 * `initializeTimeout`, what it returns later is closed as soon as it comes. What
 * `close` throws is that of `cleanup`.
 *
 * It can be opened again when it is closed, as `supervise` and `interruptible`
 * do it: read the value whenever it is used, and keep no copy.
 *
 * @example What disposes of itself
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { resource } from "@goasync/core/tasks/resource";
 * import { assertEquals } from "@std/assert";
 *
 * const log: string[] = [];
 * const file = resource(() => ({
 *   [Symbol.asyncDispose]: async () => void log.push("disposed"),
 * }));
 * const manager = new TaskManager();
 * manager.addTask("file", file);
 * manager.addExecuteTask("stop", () => void manager.stop());
 * await manager.run();
 * assertEquals(log, ["disposed"]);
 * ```
 *
 * @typeParam Value What is opened.
 * @param open Opens it; is given the context of `initialize`.
 * @param close Closes it; is given what `open` returned, and the context of
 * `cleanup`. Left out, a value that is `AsyncDisposable` or `Disposable` is
 * disposed of, and any other needs nothing.
 * @param options What it does besides.
 * @returns A task to add to a manager, which can be in one run at a time.
 * @throws {TypeError} If `open`, `close` or `drain` is no function, or the
 * options are no object.
 */
export function resource<Value>(
  open: (context: TaskContext) => Value | PromiseLike<Value>,
  close: ((value: Value, context: TaskContext) => unknown) | undefined =
    disposeOf,
  options: ResourceOptions<Value> = {},
): Resource<Value> {
  const action = "make a resource";
  checkFunction(action, open, "open");
  checkFunction(action, close, "close");
  checkOptions(action, options);
  const { drain } = options;
  if (drain !== undefined) checkFunction(action, drain, "drain");

  const runs = new OneRun<Opening<Value>>();
  let latest = new Opening<Value>();
  const own: Resource<Value> = {
    get value() {
      return latest.value;
    },
    async initialize(context) {
      latest = runs.begin(() => new Opening<Value>(context.name), context.name);
      await latest.open(() => open(context));
    },
    async cleanup(context) {
      await runs.end()?.close((value) => close(value, context));
    },
  };
  if (drain) own.drain = (context) => drain(own.value, context);
  return own;
}
