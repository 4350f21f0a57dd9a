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

import type {
  ExecuteFunction,
  ExecuteTask,
  Task,
  TaskContext,
} from "../mod.ts";
import { checkMilliseconds } from "../src/arguments.ts";
import { startTimer } from "../src/timers.ts";
import { inTime, onceAborted } from "./_in_time.ts";
import { execute, taskOf, wrap } from "./_wrapped.ts";

/**
 * Gives a task a time to stop, once its signal aborts; then fails with an error
 * that says so, so that everything else can be cleaned up and end. It does what
 * a `stopTimeout` does, as a part of the task, and with the code `"FAILED"`.
 *
 * The time is that of `execute`, and of a `drain` that is unfinished when the
 * signal aborts; before that they may take as long as they like. What comes too
 * late is left behind: whatever it does then is ignored. What they return or
 * throw in time is passed through, as are `initialize` and `cleanup`; note that
 * cleanup may run while what was left behind still does.
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
 * @returns A task to add to a manager, of the type that it has without this.
 * @throws {RangeError} If the time is not finite or is negative.
 * @throws {TypeError} If the task is neither a function nor has a method of a
 * task, or one of them is no function or a generator function.
 */
export function forceStop(
  ms: number,
  task: Task | ExecuteFunction,
): Task & ExecuteTask {
  const action = "force a task to stop";
  checkMilliseconds(action, ms);
  const forced = taskOf(action, task);
  const own: Task & ExecuteTask = {
    execute: (context) =>
      stopsInTime(execute(forced, context), "executing", ms, context),
  };
  if (forced.drain) {
    own.drain = (context) =>
      stopsInTime(forced.drain?.(context), "draining", ms, context);
  }
  return wrap(forced, own);
}

/** What a stage returned; a promise fails if it has not settled in time. */
function stopsInTime(
  returned: unknown,
  doing: string,
  ms: number,
  { signal }: TaskContext,
): unknown {
  return inTime(returned, (late) =>
    onceAborted(
      signal,
      () => startTimer(ms, () => late(lateError(doing, ms))),
    ));
}

function lateError(doing: string, ms: number): Error {
  return new Error(
    `Still ${doing} ${ms} ms after its signal was aborted: it is left behind`,
  );
}
