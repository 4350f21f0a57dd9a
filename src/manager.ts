import type {
  ExecuteFunction,
  ExecuteTask,
  ExecuteTaskType,
  Task,
  TaskType,
} from "./task.ts";
import type { TaskError } from "./errors.ts";

/**
 * Where a manager is in its life, in this order. A stop leads from
 * `"initializing"` or `"executing"` to `"stopping"`, and from `"idle"` straight
 * to `"finished"`. So does the end of a `shutdownTimeout`, its own or that of a
 * manager above, from wherever it is.
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

/**
 * How a task has ended, or that it never began.
 *
 * - `"clean"`: it returned when it was allowed to, or stopped when it was told.
 * - `"failed"`: it threw, or its promise rejected.
 * - `"unexpected-stop"`: it is `"strict"` and returned before it was told to.
 * - `"timed-out"`: it overran its own timeout and was left behind.
 * - `"abandoned"`: it was left behind when the shutdown took too long.
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
 */
export type TaskState =
  | "waiting"
  | "initializing"
  | "initialized"
  | "executing"
  | TaskOutcome;

/**
 * A task that was added: what became of it, and the way to stop it alone.
 *
 * @example Cancel one task, and wait for another
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { assertEquals } from "@std/assert";
 *
 * const manager = new TaskManager();
 * const run = manager.run();
 * const job = manager.addExecuteTask("job", () => {}, { type: "error" });
 * const poller = manager.addExecuteTask("poller", ({ done }) => done);
 *
 * assertEquals(await job.finished, "clean");
 * poller.cancel();
 * assertEquals(await poller.finished, "clean");
 * assertEquals(manager.state, "executing");
 *
 * await manager.stop();
 * await run;
 * ```
 */
export interface TaskHandle {
  /** The name the task was added with. */
  readonly name: string;
  /** Where the task is in its life. */
  readonly state: TaskState;
  /**
   * How the task has ended. Settles when its execute is over or never will
   * start, before any cleanup, so that a task may await another without
   * holding up the stop; awaiting itself, it would wait forever. Never rejects.
   */
  readonly finished: Promise<TaskOutcome>;
  /**
   * Tells this task alone to stop, with its time to drain; nobody else is
   * stopped by it, whatever it throws. The last task of a stop-group that ends
   * stops everything this way, too.
   *
   * Before its initialize, the task is skipped altogether. During or after it,
   * its execute is skipped or stopped, and its cleanup comes at its usual turn.
   * Once it was told to stop or has ended, this changes nothing.
   *
   * @param reason What the task's signal gives as its reason; an `AbortError`
   * if it is left out.
   */
  cancel(reason?: unknown): void;
}

/**
 * How long tasks may take, in milliseconds: numbers from 0 up. `Infinity` is no
 * limit; above 2^31-1 it is waited for in pieces.
 */
export interface TaskTimeouts {
  /**
   * How long `initialize` may take. A task that overruns it ends as
   * `"timed-out"`: its signal is aborted with a `TimeoutError`, everything is
   * stopped, and its cleanup may overlap what it still does.
   *
   * @default {Infinity}
   */
  initializeTimeout?: number | undefined;
  /**
   * How long `execute` may take from the moment its signal aborts. A task that
   * overruns it is left behind, and its cleanup runs.
   *
   * @default {Infinity}
   */
  stopTimeout?: number | undefined;
  /**
   * How long `cleanup` may take. One that overruns it is left behind: its
   * signal is aborted with a `TimeoutError`, and the next cleanup starts.
   *
   * @default {Infinity}
   */
  cleanupTimeout?: number | undefined;
  /**
   * How long a task that reads `draining` may take from being told to stop.
   * Signals abort together: when the last of those who drain has ended, or run
   * out of its time.
   *
   * @default {0}
   */
  drainTimeout?: number | undefined;
}

/** What holds for every task of a manager unless it is added otherwise. */
export interface TaskManagerOptions extends TaskTimeouts {
  /**
   * How long the whole stop may take, in milliseconds, from being told to the
   * last cleanup. When it is over, everything that still runs is abandoned,
   * cleanups that were not begun are not called, each is named by an error, and
   * the run is over.
   *
   * @default {Infinity}
   */
  shutdownTimeout?: number | undefined;
}

/** How a {@linkcode Task} is added. Its timeouts win over the manager's. */
export interface AddTaskOptions extends TaskTimeouts {
  /**
   * What it means for the others when the task ends.
   *
   * @default {"strict"}
   */
  type?: TaskType | undefined;
}

/** How an {@linkcode ExecuteTask} is added. Its timeouts win over the manager's. */
export interface AddExecuteTaskOptions
  extends Pick<TaskTimeouts, "stopTimeout" | "drainTimeout"> {
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
   * Stops the manager when it aborts; its reason becomes that of the stop, or,
   * if the manager stops already, time to drain ends. If it is aborted from the
   * start, no task is called at all.
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
   * @returns What became of the task, and the way to stop it alone.
   */
  addTask(name: string, task: Task, options?: AddTaskOptions): TaskHandle;
  /**
   * Adds an execute task before or while the manager executes.
   *
   * @param name What errors call the task; need not be unique.
   * @param task The task, or a function that is its `execute`.
   * @param options How it is added.
   * @returns What became of the task, and the way to stop it alone.
   */
  addExecuteTask(
    name: string,
    task: ExecuteTask | ExecuteFunction,
    options?: AddExecuteTaskOptions,
  ): TaskHandle;
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
