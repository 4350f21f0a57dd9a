import type {
  ExecuteFunction,
  ExecuteTask,
  ExecuteTaskType,
  Task,
  TaskType,
} from "./task.ts";
import type { TaskError } from "./errors.ts";

/**
 * Where a manager is in its life, which leads from left to right. A stop leads
 * from any of the first three to `"stopping"`, and from `"idle"` straight to
 * `"finished"`.
 *
 * - `"idle"`: not running yet. Tasks and execute tasks can be added.
 * - `"initializing"`: tasks are initialized, one after another. Execute tasks
 *   can be added.
 * - `"executing"`: everything executes. Execute tasks can be added and start
 *   at once.
 * - `"stopping"`: everyone has been told to stop and is waited for.
 * - `"cleaning-up"`: tasks are cleaned up, one after another, in reverse.
 * - `"finished"`: the run is over.
 */
export type ManagerState =
  | "idle"
  | "initializing"
  | "executing"
  | "stopping"
  | "cleaning-up"
  | "finished";

/** How a {@linkcode Task} is added. */
export interface AddTaskOptions {
  /**
   * What it means for the others when the task ends.
   *
   * @default {"strict"}
   */
  type?: TaskType | undefined;
}

/** How an {@linkcode ExecuteTask} is added. */
export interface AddExecuteTaskOptions {
  /**
   * What it means for the others when the task ends.
   *
   * @default {"strict"}
   */
  type?: ExecuteTaskType | undefined;
}

/** How a manager is run. A `TaskContext` is one, so that managers can nest. */
export interface RunOptions {
  /**
   * Stops the manager when it aborts; its reason becomes that of the stop. If
   * it is aborted from the start, no task is called at all.
   *
   * @default {none}
   */
  signal?: AbortSignal | undefined;
}

/**
 * What a `TaskManager` can do, for code that takes one and for tests that hand
 * it a `FakeTaskManager`.
 */
export interface AsyncTaskManager extends ExecuteTask, AsyncDisposable {
  /** Where the manager is in its life. */
  readonly state: ManagerState;
  /**
   * Adds a task while the manager is idle.
   *
   * @param name What errors call the task; need not be unique.
   * @param task The task.
   * @param options How it is added.
   */
  addTask(name: string, task: Task, options?: AddTaskOptions): void;
  /**
   * Adds an execute task before or while the manager executes.
   *
   * @param name What errors call the task; need not be unique.
   * @param task The task, or a function that is its `execute`.
   * @param options How it is added.
   */
  addExecuteTask(
    name: string,
    task: ExecuteTask | ExecuteFunction,
    options?: AddExecuteTaskOptions,
  ): void;
  /**
   * Runs everything that was added, once.
   *
   * @param options How the manager is run.
   * @returns A promise that resolves after a clean run, and rejects with an
   * `AggregateError` of every `TaskError` otherwise.
   */
  run(options?: RunOptions): Promise<void>;
  /**
   * Runs everything that was added, once.
   *
   * @param options How the manager is run.
   * @returns A promise that resolves with every `TaskError`.
   */
  runSettled(options?: RunOptions): Promise<TaskError[]>;
  /**
   * Tells every task to stop.
   *
   * @param reason What the tasks' signals give as their reason.
   * @returns A promise that resolves when the run is over.
   */
  stop(reason?: unknown): Promise<void>;
}
