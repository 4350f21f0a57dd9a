/**
 * A task that is executed at a fixed rate.
 *
 * @example Do something every ten milliseconds
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { repeatTimer } from "@goasync/core/tasks/repeat-timer";
 * import { assertEquals } from "@std/assert";
 *
 * const manager = new TaskManager();
 * let reports = 0;
 * manager.addTask("reporter", repeatTimer(10, () => {
 *   reports++;
 *   if (reports === 3) manager.stop();
 * }));
 * await manager.run();
 * assertEquals(reports, 3);
 * ```
 *
 * @module
 */

import type { ExecuteFunction, ExecuteTask, Task } from "../mod.ts";
import { executeOnce, onErrorOf } from "./_swallow.ts";
import { isTold } from "./_told.ts";
import { Ticker } from "./_ticker.ts";
import { checkMilliseconds } from "../src/arguments.ts";
import { repeatedTaskOf, wrap } from "./_wrapped.ts";

/** How a {@linkcode repeatTimer} task behaves. */
export interface RepeatTimerOptions {
  /**
   * Is given everything a run throws, except its signal's reason or an
   * `AbortError` once the task was told to stop. What it throws itself, or
   * rejects with, is ignored.
   *
   * @default {errors are only noted}
   */
  onError?: ((error: unknown) => unknown) | undefined;
}

/**
 * Executes a task at once, and then on every tick of a timer until it is told
 * to stop, whatever it throws.
 *
 * The rate is fixed, as with a ticker in Go: ticks come at multiples of `ms`
 * from the start and do not drift. Two runs never overlap. While a run lasts
 * longer than `ms`, one tick is kept, which starts the next run right after it,
 * and further ones are dropped. When it is told to stop, no other run is begun,
 * and the run in progress is waited for; its signal aborts meanwhile, unless
 * `graceful` is around it. Each error is noted. `initialize`, `drain` and
 * `cleanup` are passed through.
 *
 * @example Hear of the errors
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { repeatTimer } from "@goasync/core/tasks/repeat-timer";
 * import { assertEquals } from "@std/assert";
 *
 * const manager = new TaskManager();
 * const errors: unknown[] = [];
 * manager.addTask("flaky", repeatTimer(10, () => {
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
 * @param ms The period in milliseconds, finite and not negative. Above 2^31-1
 * it is waited for in pieces; with 0 the next run starts when one is over.
 * @param task The task, or a function that is its `execute`.
 * @param options How it behaves.
 * @returns A task to add to a manager, as `"strict"`: it never returns before
 * it is told to stop.
 * @throws {RangeError} If the period is not finite or is negative.
 * @throws {TypeError} If the task is a TaskManager, which runs once, is neither a
 * function nor has a method of a task, or one of them is no function or a
 * generator function; or the options are no object, or `onError` is no function.
 */
export function repeatTimer(
  ms: number,
  task: Task | ExecuteFunction,
  options: RepeatTimerOptions = {},
): Task & ExecuteTask {
  const action = "repeat a task on a timer";
  checkMilliseconds(action, ms);
  const repeated = repeatedTaskOf("repeat", task);
  const onError = onErrorOf(action, options);
  return wrap(repeated, {
    async execute(context) {
      const ticker = new Ticker(ms);
      while (!isTold(context)) {
        ticker.start(context);
        await executeOnce(repeated, context, onError);
        await ticker.next(context);
      }
    },
  });
}
