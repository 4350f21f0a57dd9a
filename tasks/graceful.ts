/**
 * A task whose work in progress may end before everyone has to stop.
 *
 * @example A loop that ends by itself
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { graceful } from "@goasync/core/tasks/graceful";
 * import { assertEquals } from "@std/assert";
 *
 * const queue = ["a", "b", "c"];
 * const manager = new TaskManager({ drainTimeout: 5_000 });
 * const consumer = graceful(async ({ draining }) => {
 *   while (!draining.aborted || queue.length > 0) {
 *     await Promise.resolve(queue.shift());
 *     manager.stop();
 *   }
 * });
 * manager.addTask("consumer", consumer);
 * await manager.run();
 * assertEquals(queue, []);
 * ```
 *
 * @module
 */

import type { ExecuteFunction, ExecuteTask, Task } from "../mod.ts";
import { isManager } from "../src/task_arguments.ts";
import { taskOf, wrap } from "./_wrapped.ts";

/**
 * Gives a task a `drain` that waits for its `execute`: for one that takes
 * nothing new once `draining` aborts, and ends by itself. Until then nobody's
 * `signal` aborts, so what it needs stays up; a `drainTimeout` bounds how long.
 * A task that ends only when its `signal` aborts, as what `asTask` of a manager
 * returns, would wait for itself: add it as it is.
 *
 * A `drain` of its own is called and waited for, too; without an `execute`, only
 * that is. What `execute` throws is recorded as its own, and only once. The other
 * stages are passed through.
 *
 * @example The run in progress may end
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { graceful } from "@goasync/core/tasks/graceful";
 * import { repeatTimer } from "@goasync/core/tasks/repeat-timer";
 * import { assertEquals } from "@std/assert";
 * import { delay } from "@std/async";
 *
 * let ended = 0;
 * const manager = new TaskManager();
 * const sweep = repeatTimer(60_000, async () => {
 *   manager.stop();
 *   await delay(1);
 *   ended++;
 * });
 * manager.addTask("sweep", graceful(sweep));
 * await manager.run();
 * assertEquals(ended, 1);
 * ```
 *
 * @param task The task, or a function that is its `execute`. A TaskManager
 * drains by itself.
 * @returns A task to add to a manager.
 * @throws {TypeError} If the task is a TaskManager, is neither a function nor
 * has a method of a task, or one of them is no function or a generator function.
 */
export function graceful(task: Task | ExecuteFunction): Task & ExecuteTask {
  if (isManager(task)) {
    throw new TypeError(
      "Cannot let a TaskManager end gracefully as it drains by itself: add it as it is",
    );
  }
  const graced = taskOf("let a task end gracefully", task);
  /** By `abandoned`, which all contexts of a task share. */
  const executions = new WeakMap<AbortSignal, Promise<unknown>>();
  return wrap(graced, {
    execute(context) {
      if (!graced.execute) return context.done; // Which no drain may wait for.
      const execution = (async () => await graced.execute?.(context))();
      executions.set(context.abandoned, execution);
      return execution;
    },
    async drain(context) {
      const ended = executions.get(context.abandoned);
      try {
        await graced.drain?.(context);
      } finally {
        await ended?.catch(() => {}); // It is `execute` that throws it.
      }
    },
  });
}
