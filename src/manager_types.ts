import type { EventListener, SubscribeOptions } from "./events.ts";
import type { TaskTimeouts } from "./limits.ts";
import type { Report } from "./report_types.ts";
import type {
  ExecuteTaskType,
  ManagerState,
  Stage,
  TaskType,
} from "./states.ts";
import type { ExecuteFunction, ExecuteTask, Task } from "./task.ts";
import type { TaskContext } from "./task_context.ts";
import type { TaskError } from "./task_error.ts";
import type { ManagerStopOptions, TaskHandle } from "./task_handle.ts";

/** A manager that is looked at: a TaskManager. */
export interface ObservedManager {
  /** Where the manager is in its life. */
  readonly state: ManagerState;
  /**
   * Calls a listener with what happens.
   *
   * @param listener Is called with each event.
   * @param options How it listens.
   * @returns What ends the subscription.
   */
  subscribe(listener: EventListener, options?: SubscribeOptions): () => void;
  /**
   * Says what the manager has done so far.
   *
   * @returns Plain data.
   */
  report(): Report;
}

/** The stage whose call {@linkcode TaskManagerOptions.around} wraps. */
export interface AroundStage {
  /** The names that lead to the task from the outermost manager down. */
  readonly path: readonly string[];
  /** Which stage it is. */
  readonly stage: Stage;
  /** What the stage is given. */
  readonly context: TaskContext;
  /** The manager that calls it. */
  readonly manager: ObservedManager;
}

/** Wraps the call of a stage, and knows of its manager before, if it wants to. */
export interface Around {
  /**
   * Wraps the call of a stage: must return what `call` returns.
   *
   * @param call Calls the stage.
   * @param stage Which one it is.
   * @returns What the stage returns.
   */
  (call: () => unknown, stage: AroundStage): unknown;
  /**
   * Is called with each manager that is created with it.
   *
   * @param manager The manager, which nobody has run yet.
   */
  watch?(manager: ObservedManager): void;
}

/** The same, where the manager is known. */
export type AroundCall = (
  call: () => unknown,
  stage: Omit<AroundStage, "manager">,
) => unknown;

/** What holds for every task of a manager unless it is added otherwise. */
export interface TaskManagerOptions extends TaskTimeouts {
  /**
   * How long the whole stop may take, in milliseconds, from being told to the
   * last cleanup. When it is over, everything that still runs is left behind,
   * cleanups that were not begun are not called, each is named by an error, and
   * the run is over. Drains end at the latest when half of it is over, unless a
   * `drainTimeout` says otherwise, so that one that hangs cannot cost the
   * others their cleanup.
   *
   * @default {Infinity}
   */
  shutdownTimeout?: number | undefined;
  /**
   * Wraps the call of each stage, for tracing, timing or `AsyncLocalStorage`:
   * it must return what `call` returns, and what it throws is the stage's.
   *
   * @default {the stage is called as it is}
   */
  around?: Around | undefined;
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
   * @returns What became of the task, and the way to stop it alone.
   */
  addTask(name: string, task: Task, options?: AddTaskOptions): TaskHandle;
  /**
   * Adds an execute task before or while the manager executes or drains.
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
   * @param options Whether drains get their time.
   * @returns A promise that resolves when the run is over.
   */
  stop(reason?: unknown, options?: ManagerStopOptions): Promise<void>;
  /**
   * Runs the manager as a task of another.
   *
   * @param context The context of that task.
   * @returns What `run` returns.
   */
  execute(context: TaskContext): Promise<void>;
  /**
   * Begins the drains of the manager as a task of another.
   *
   * @param context The context of that task.
   * @returns A promise that resolves when the last drain has settled; nothing
   * if there is none to wait for.
   */
  drain(context: TaskContext): Promise<void> | undefined;
}
