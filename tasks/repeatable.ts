/**
 * A task that is executed again and again.
 *
 * @example Poll until stopped
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { repeatable } from "@goasync/core/tasks/repeatable";
 * import { assertEquals } from "@std/assert";
 *
 * const manager = new TaskManager();
 * let polls = 0;
 * manager.addTask("poller", repeatable(() => {
 *   polls++;
 *   if (polls === 3) manager.stop();
 * }));
 * await manager.run();
 * assertEquals(polls, 3);
 * ```
 *
 * @module
 */

import type { ExecuteFunction, Task } from "../mod.ts";
import { executeOnce, onErrorOf } from "./_swallow.ts";
import { isTold } from "./_told.ts";
import { repeatedTaskOf, wrap } from "./_wrapped.ts";
import { Yielder } from "./_yielder.ts";

/** How a {@linkcode repeatable} task behaves. */
export interface RepeatableOptions {
  /**
   * Is given everything a run throws, except its signal's reason or an
   * `AbortError` once the task was told to stop. What it throws itself, or
   * rejects with, is ignored.
   *
   * @default {errors are dropped}
   */
  onError?: ((error: unknown) => unknown) | undefined;
}

/**
 * Executes a task again and again until it is told to stop, whatever it throws.
 *
 * Between two runs the event loop gets a turn, so that timers, I/O and OS
 * signals are served however fast the task is. When it is told to stop, the run
 * in progress is waited for, and no other is begun: it reads `draining`, so that
 * with a `drainTimeout` that run has so long before its signal aborts.
 * `initialize` and `cleanup` are passed through.
 *
 * @example Hear of the errors
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { repeatable } from "@goasync/core/tasks/repeatable";
 * import { assertEquals } from "@std/assert";
 *
 * const manager = new TaskManager();
 * const errors: unknown[] = [];
 * manager.addTask("flaky", repeatable(() => {
 *   throw "no connection";
 * }, {
 *   onError(error) {
 *     errors.push(error);
 *     if (errors.length === 2) manager.stop();
 *   },
 * }));
 * await manager.run();
 * assertEquals(errors, ["no connection", "no connection"]);
 * ```
 *
 * @param task The task, or a function that is its `execute`.
 * @param options How it behaves.
 * @returns A task to add to a manager, as `"strict"`: it never returns before
 * it is told to stop.
 * @throws {TypeError} If the task is neither a function nor has an `execute`
 * function, or is a TaskManager, which runs once, or `onError` is no function.
 */
export function repeatable(
  task: Task | ExecuteFunction,
  options: RepeatableOptions = {},
): Task {
  const repeated = repeatedTaskOf("repeat", task);
  const onError = onErrorOf("repeat a task", options);
  return wrap(repeated, async (context) => {
    const yielder = new Yielder();
    const { draining, signal } = context; // Once, as reading them takes time.
    while (!isTold({ draining, signal })) {
      await executeOnce(repeated, context, onError);
      await yielder.next();
    }
  });
}
