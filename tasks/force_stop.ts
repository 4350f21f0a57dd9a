/**
 * A task that is given only so long to stop.
 *
 * @example A task that never stops
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { forceStop } from "@goasync/core/tasks/force-stop";
 * import { assertEquals } from "@std/assert";
 *
 * const manager = new TaskManager();
 * manager.addTask("stuck", forceStop(10, () => new Promise(() => {})));
 * manager.addExecuteTask("stop", () => void manager.stop(), { type: "error" });
 *
 * const [error] = await manager.runSettled();
 * assertEquals(error?.taskName, "stuck");
 * ```
 *
 * @module
 */

import type { ExecuteFunction, ExecuteTask, Task } from "../mod.ts";
import { checkMilliseconds } from "../src/arguments.ts";
import { onAbort } from "../src/on_abort.ts";
import { startTimer } from "../src/timers.ts";
import { execute, taskOf, wrap } from "./_wrapped.ts";

/**
 * Gives a task a time to stop, once its signal aborts; then fails with an error
 * that says so, so that everything else can be cleaned up and end. It does what
 * a `stopTimeout` does, as a part of the task, and with the code `"FAILED"`.
 *
 * The task is left behind: whatever it does later is ignored. Before its signal
 * aborts it may take as long as it likes. What it returns or throws in time is
 * passed through, as are `initialize`, `drain` and `cleanup`; note that cleanup
 * may run while a task that was left behind still does.
 *
 * @example In time
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { forceStop } from "@goasync/core/tasks/force-stop";
 * import { assertEquals } from "@std/assert";
 *
 * const manager = new TaskManager();
 * manager.addTask("server", forceStop(5_000, ({ done }) => done));
 * manager.addExecuteTask("stop", () => void manager.stop(), { type: "error" });
 * assertEquals(await manager.runSettled(), []);
 * ```
 *
 * @param ms How long the task may take to stop, in milliseconds, finite and not
 * negative. Above 2^31-1 it is waited for in pieces.
 * @param task The task, a function that is its `execute`, or a TaskManager.
 * @returns A task to add to a manager.
 * @throws {RangeError} If the time is not finite or is negative.
 * @throws {TypeError} If the task is neither a function nor has a method of a
 * task.
 */
export function forceStop(
  ms: number,
  task: Task | ExecuteFunction,
): Task & ExecuteTask {
  checkMilliseconds("force a task to stop", ms);
  const forced = taskOf("force a task to stop", task);
  return wrap(forced, {
    async execute(context) {
      let stopWaiting = () => {};
      let stopListening = () => {};
      const late = new Promise<never>((_, reject) => {
        // Not by `done`, which keeps what awaits it until the task is stopped.
        stopListening = onAbort(context.signal, () => {
          stopWaiting = startTimer(ms, () => reject(lateError(ms)));
        });
      });
      try {
        await Promise.race([execute(forced, context), late]);
      } finally {
        stopListening();
        stopWaiting();
      }
    },
  });
}

function lateError(ms: number): Error {
  return new Error(
    `Still executing ${ms} ms after its signal was aborted: it is left behind`,
  );
}
