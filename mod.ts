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
 *   initialize: () => void log.push(`${name} starts`),
 *   execute: ({ done }) => done,
 *   cleanup: () => void log.push(`${name} is cleaned up`),
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
export { TaskContext, type TaskContextOptions } from "./src/context.ts";
export {
  InvalidStateError,
  type InvalidStateErrorOptions,
  TaskError,
  type TaskErrorCode,
  type TaskErrorOptions,
} from "./src/errors.ts";
export type {
  AddExecuteTaskOptions,
  AddTaskOptions,
  AsyncTaskManager,
  ManagerState,
  RunOptions,
  TaskHandle,
  TaskManagerOptions,
  TaskOutcome,
  TaskState,
  TaskTimeouts,
} from "./src/manager.ts";
export type {
  ExecuteTaskReport,
  Report,
  StageReport,
  StopReport,
  TaskReport,
} from "./src/report.ts";
export type {
  ExecuteFunction,
  ExecuteTask,
  ExecuteTaskType,
  Stage,
  Task,
  TaskType,
} from "./src/task.ts";
