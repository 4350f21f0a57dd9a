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

import type {
  ExecuteFunction,
  ExecuteTask,
  Task,
  TaskContext,
} from "../mod.ts";
import { execute, repeatedTaskOf, wrap } from "./_wrapped.ts";

/**
 * Gives a task a `drain` that waits for its `execute`: for one that takes
 * nothing new once `draining` aborts, and ends by itself. Until then nobody's
 * `signal` aborts, so what it needs stays up; the `drainTimeout` bounds how
 * long. A `drain` of its own is called and waited for, too; the other stages are
 * passed through. What it throws is that of its `execute`, recorded once.
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
 * @throws {TypeError} If the task is neither a function nor has a method of a
 * task, or is a TaskManager.
 */
export function graceful(task: Task | ExecuteFunction): Task & ExecuteTask {
  const action = "let a task end gracefully";
  const drained = repeatedTaskOf(action, task);
  const executions = new WeakMap<TaskContext, Promise<unknown>>();
  return wrap(drained, {
    execute(context) {
      const execution = (async () => await execute(drained, context))();
      executions.set(context, execution);
      return execution;
    },
    async drain(context) {
      // What execute throws is recorded as its own.
      const ended = executions.get(context)?.catch(() => {});
      await Promise.all([ended, drained.drain?.(context)]);
    },
  });
}
