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

import type { ExecuteFunction, ExecuteTask, Task } from "../mod.ts";
import { backoffOf, type BackoffOptions } from "./_backoff.ts";
import { executeOnce, onErrorOf } from "./_swallow.ts";
import { isTold, pause } from "./_told.ts";
import { repeatedTaskOf, wrap } from "./_wrapped.ts";
import { Yielder } from "./_yielder.ts";

export type { BackoffOptions };

/** How a {@linkcode repeatable} task behaves. */
export interface RepeatableOptions {
  /**
   * Is given everything a run throws, except its signal's reason or an
   * `AbortError` once the task was told to stop. What it throws itself, or
   * rejects with, is ignored.
   *
   * @default {errors are only noted}
   */
  onError?: ((error: unknown) => unknown) | undefined;
  /**
   * How long to wait after a run that failed; `false` for not at all. After a
   * run that succeeded there is no wait, and the next failure is the first.
   *
   * @default {{ min: 100, max: 30_000, factor: 2, jitter: 0.5 }}
   */
  backoff?: BackoffOptions | false | undefined;
}

/**
 * Executes a task again and again until it is told to stop, whatever it throws.
 *
 * Between two runs the event loop gets a turn, so that timers, I/O and OS
 * signals are served however fast the task is; after a run that failed there is
 * a wait, which ends as soon as the task is told to stop. Then no other run is
 * begun, and the run in progress is waited for; its signal aborts meanwhile,
 * unless `graceful` is around it. Each error is noted. `initialize`, `drain` and
 * `cleanup` are passed through.
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
 *   backoff: { min: 1 },
 * }));
 * await manager.run();
 * assertEquals(errors, ["no connection", "no connection"]);
 * ```
 *
 * @param task The task, or a function that is its `execute`.
 * @param options How it behaves.
 * @returns A task to add to a manager, as `"strict"`: it never returns before
 * it is told to stop.
 * @throws {TypeError} If the task is a TaskManager, which runs once, is neither a
 * function nor has a method of a task, or one of them is no function or a
 * generator function; or the options or `backoff` are no object, or `onError` is
 * no function.
 * @throws {RangeError} If a number in `backoff` is out of its range.
 */
export function repeatable(
  task: Task | ExecuteFunction,
  options: RepeatableOptions = {},
): Task & ExecuteTask {
  const repeated = repeatedTaskOf("repeat", task);
  const action = "repeat a task";
  const onError = onErrorOf(action, options);
  const newBackoff = () => backoffOf(action, options.backoff);
  newBackoff(); // What is wrong with it is told at once.
  return wrap(repeated, {
    async execute(context) {
      const yielder = new Yielder();
      const waits = newBackoff();
      while (!isTold(context)) {
        const hasFailed = await executeOnce(repeated, context, onError);
        if (hasFailed && waits) await pause(context, waits.next());
        else {
          waits?.reset();
          await yielder.next();
        }
      }
    },
  });
}
