/**
 * A process made of parts: hand named tasks to a {@linkcode TaskManager}, and it
 * starts them in order, runs them side by side, stops them together, cleans up
 * in reverse, and says which one failed, at which stage, and why.
 *
 * @example Two tasks
 * ```ts
 * import { type Task, TaskManager } from "@goasync/core";
 * import { assertEquals } from "@std/assert";
 *
 * const log: string[] = [];
 * const logged = (name: string): Task => ({
 *   initialize: () => log.push(`${name} starts`),
 *   cleanup: () => log.push(`${name} is cleaned up`),
 * });
 *
 * const manager = new TaskManager();
 * manager.addTask("database", logged("database"));
 * manager.addTask("server", logged("server"));
 * manager.addExecuteTask("stop", () => void manager.stop(), { type: "error" });
 * await manager.run();
 *
 * assertEquals(log, [
 *   "database starts",
 *   "server starts",
 *   "server is cleaned up",
 *   "database is cleaned up",
 * ]);
 * ```
 *
 * @module
 */

export { TaskManager } from "./src/task_manager.ts";
export {
  type ForkedContext,
  TaskContext,
  type TaskContextOptions,
} from "./src/task_context.ts";
export { TaskError, type TaskErrorOptions } from "./src/task_error.ts";
export {
  InvalidStateError,
  type InvalidStateErrorOptions,
} from "./src/invalid_state_error.ts";
export type {
  AddExecuteTaskOptions,
  AddTaskOptions,
  Around,
  AroundStage,
  AsyncTaskManager,
  ObservedManager,
  RunOptions,
  TaskManagerOptions,
} from "./src/manager_types.ts";
export type { TaskTimeouts } from "./src/limits.ts";
export type {
  ManagerStopOptions,
  StopOptions,
  TaskHandle,
} from "./src/task_handle.ts";
export type {
  DrainCutShortEvent,
  EventBase,
  EventListener,
  ExecuteTaskTally,
  LeftBehindEvent,
  ManagerEvent,
  NoteEvent,
  StageEndEvent,
  StageStartEvent,
  StateEvent,
  SubscribeOptions,
  ToldEvent,
} from "./src/events.ts";
export type {
  ExecuteTaskReport,
  LimitReport,
  NoteReport,
  NotesReport,
  Report,
  StageReport,
  StopReport,
  TaskErrorData,
  TaskReport,
  WithinReport,
} from "./src/report_types.ts";
export type { ExecuteFunction, ExecuteTask, Task } from "./src/task.ts";
export type {
  ExecuteTaskType,
  ManagerState,
  Stage,
  StopCause,
  TaskErrorCode,
  TaskOutcome,
  TaskState,
  TaskType,
} from "./src/states.ts";
