/** The methods of a `Task`, in the order in which the manager calls them. */
export type Stage = "initialize" | "execute" | "drain" | "cleanup";

/**
 * What it means for the others when a `Task` ends. Whatever the type, a task
 * that fails stops everything.
 *
 * - `"strict"`: expected to execute until it is told to stop. Returning before
 *   that is an error and stops everything.
 * - `"error"`: may return at any time.
 * - `"stop-group"`: may return. When every task of this type has returned,
 *   everything is stopped.
 */
export type TaskType = "strict" | "error" | "stop-group";

/**
 * What it means for the others when an `ExecuteTask` ends. Whatever the type, a
 * task that fails stops everything.
 *
 * - `"strict"`: expected to execute until it is told to stop. Returning before
 *   that is an error and stops everything.
 * - `"error"`: may return at any time.
 */
export type ExecuteTaskType = "strict" | "error";

/**
 * Where a manager is in its life, in this order. A stop leads from
 * `"initializing"` to `"stopping"`, from `"executing"` to `"draining"` or, where
 * no drain is to be waited for, to `"stopping"`, and from `"idle"` straight to
 * `"finished"`. So does the end of a `shutdownTimeout`, its own or that of a
 * manager above, from wherever it is.
 *
 * - `"idle"`: not running yet. Tasks and execute tasks can be added.
 * - `"initializing"`: tasks are initialized, one after another. Execute tasks
 *   can be added.
 * - `"executing"`: everything executes. Execute tasks can be added and start
 *   at once.
 * - `"draining"`: everyone was told to stop, and drains are waited for. Execute
 *   tasks can still be added: finishing what was accepted may need them.
 * - `"stopping"`: every signal has aborted, and everyone is waited for.
 * - `"cleaning-up"`: tasks are cleaned up, one after another, in reverse.
 * - `"finished"`: the run is over.
 */
export type ManagerState =
  | "idle"
  | "initializing"
  | "executing"
  | "draining"
  | "stopping"
  | "cleaning-up"
  | "finished";

/**
 * How a task has ended, or that it never began.
 *
 * - `"clean"`: it returned when it was allowed to, or stopped when it was told.
 * - `"failed"`: it threw, or its promise rejected.
 * - `"unexpected-stop"`: it is `"strict"` and returned before it was told to.
 * - `"timed-out"`: it overran its own timeout and was left behind.
 * - `"abandoned"`: it was left behind when the shutdown took too long, or when
 *   what ran its manager had ended.
 * - `"never-started"`: its manager stopped, or it was cancelled, before its
 *   `execute` was called; it may have been initialized.
 */
export type TaskOutcome =
  | "clean"
  | "failed"
  | "unexpected-stop"
  | "timed-out"
  | "abandoned"
  | "never-started";

/**
 * Where a task is in its life, up to its outcome.
 *
 * - `"waiting"`: it was added, and not called yet.
 * - `"initializing"`: its `initialize` was called.
 * - `"initialized"`: it is ready, and waits for the others.
 * - `"executing"`: its `execute` was called.
 * - `"draining"`: its `drain` was called, and has not ended.
 */
export type TaskState =
  | "waiting"
  | "initializing"
  | "initialized"
  | "executing"
  | "draining"
  | TaskOutcome;

/**
 * Why a task counts as failed.
 *
 * - `"FAILED"`: it threw, or its promise rejected.
 * - `"UNEXPECTED_STOP"`: it is `"strict"` and returned from `execute` before
 *   it was told to stop.
 * - `"TIMEOUT"`: it overran a timeout, or was left behind when the whole
 *   shutdown did.
 */
export type TaskErrorCode = "FAILED" | "UNEXPECTED_STOP" | "TIMEOUT";

/**
 * What started a stop.
 *
 * - `"signal"`: the signal that the manager is run with.
 * - `"stop"`: a call of `stop`.
 * - `"task"`: a task that failed, or stopped unexpectedly.
 * - `"stop-group"`: the last task of the stop-group has ended.
 * - `"stray"`: an error that no task has thrown, as `runMain` catches them.
 */
export type StopCause = "signal" | "stop" | "task" | "stop-group" | "stray";

/** Whether a task has ended, and nothing went wrong. */
export function isWell(
  state: TaskState,
): state is "clean" | "never-started" {
  return state === "clean" || state === "never-started";
}
