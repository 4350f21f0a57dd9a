import { abortError } from "./_abort_error.ts";
import { Lifecycle } from "./_lifecycle.ts";
import type { TaskContext } from "./context.ts";
import type { TaskError } from "./errors.ts";
import type {
  AddExecuteTaskOptions,
  AddTaskOptions,
  AsyncTaskManager,
  ManagerState,
  RunOptions,
  TaskHandle,
  TaskManagerOptions,
} from "./manager.ts";
import type { Report } from "./report.ts";
import type { ExecuteFunction, ExecuteTask, Task } from "./task.ts";

/**
 * Runs named tasks that start in order, run side by side, stop together and are
 * cleaned up in reverse, and says which one failed, at which stage, and why.
 *
 * @example A database, and a server that uses it
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { assertEquals } from "@std/assert";
 *
 * const log: string[] = [];
 * const manager = new TaskManager();
 * manager.addTask("database", {
 *   initialize: () => void log.push("database opens"),
 *   execute: ({ done }) => done,
 *   cleanup: () => void log.push("database closes"),
 * });
 * manager.addTask("server", {
 *   initialize: () => void log.push("server listens"),
 *   execute: ({ done }) => done,
 *   cleanup: () => void log.push("server closes"),
 * });
 *
 * const shutdown = new AbortController();
 * const run = manager.run({ signal: shutdown.signal });
 * manager.addExecuteTask("bye", () => shutdown.abort(), { type: "error" });
 * await run;
 * assertEquals(log, [
 *   "database opens",
 *   "server listens",
 *   "server closes",
 *   "database closes",
 * ]);
 * ```
 */
export class TaskManager implements AsyncTaskManager {
  readonly #lifecycle: Lifecycle;

  /**
   * Creates a manager without tasks.
   *
   * @param options What holds for every task unless it is added otherwise.
   * @throws {TypeError} If the options are no object.
   * @throws {RangeError} If a timeout is no number, or a negative one.
   */
  constructor(options: TaskManagerOptions = {}) {
    this.#lifecycle = new Lifecycle(options);
  }

  /** Where the manager is in its life. */
  get state(): ManagerState {
    return this.#lifecycle.state;
  }

  /** The tasks that have not ended, in the order added. */
  get tasks(): TaskHandle[] {
    return this.#lifecycle.tasks;
  }

  /**
   * Adds a task, while the manager is idle.
   *
   * @param name What errors call the task. Need not be unique.
   * @param task The task. Its methods are looked up when they are called.
   * @param options How it is added.
   * @returns What became of the task, and the way to stop it alone.
   * @throws {TypeError} If the name is not a non-empty string, the task has no
   * `execute` function or an `initialize` or `cleanup` that is none, the type
   * is unknown, or the task is a function or a TaskManager, which
   * `addExecuteTask` takes.
   * @throws {InvalidStateError} If the manager is not idle.
   */
  addTask(name: string, task: Task, options: AddTaskOptions = {}): TaskHandle {
    return this.#lifecycle.addTask(name, task, options);
  }

  /**
   * Adds an execute task. Before and while tasks are initialized it is queued;
   * while the manager executes, it starts before this returns.
   *
   * @param name What errors call the task. Need not be unique.
   * @param task The task, of which only `execute` is called, or a function
   * that is its `execute`. Another TaskManager is an execute task, too.
   * @param options How it is added.
   * @returns What became of the task, and the way to stop it alone.
   * @throws {TypeError} If the name is not a non-empty string, the task is
   * neither a function nor has an `execute` function, or the type is unknown.
   * @throws {InvalidStateError} If the manager stops or has stopped.
   */
  addExecuteTask(
    name: string,
    task: ExecuteTask | ExecuteFunction,
    options: AddExecuteTaskOptions = {},
  ): TaskHandle {
    return this.#lifecycle.addExecuteTask(name, task, options);
  }

  /**
   * Runs everything that was added: initializes the tasks in the order added,
   * executes all side by side, waits until it is stopped, and cleans up in
   * reverse. A manager runs once, and keeps the process alive while it does.
   *
   * Without anything left to execute it still waits, so that tasks can be
   * added later. Do not await this inside a task of the same manager: it would
   * wait for itself.
   *
   * @param options How the manager is run.
   * @returns A promise that resolves when a clean run is over.
   * @throws {AggregateError} If tasks failed, when the run is over: `errors`
   * holds every {@linkcode TaskError} in the order in which they happened.
   * @throws {InvalidStateError} If the manager was run before.
   * @throws {TypeError} If the options or the signal are none.
   */
  run(options: RunOptions = {}): Promise<void> {
    return this.#lifecycle.run(options);
  }

  /**
   * Runs everything that was added, as `run` does, for those who want the list
   * of what went wrong. Do not await this inside a task of the same manager.
   *
   * @param options How the manager is run.
   * @returns A promise that resolves when the run is over, with every
   * {@linkcode TaskError} in the order in which they happened; with an empty
   * array after a clean run.
   * @throws {InvalidStateError} If the manager was run before.
   * @throws {TypeError} If the options or the signal are none.
   */
  runSettled(options: RunOptions = {}): Promise<TaskError[]> {
    return this.#lifecycle.runSettled(options);
  }

  /**
   * Tells every task to stop, in the order added, before it returns. Before
   * the run, it makes the run do nothing; while the manager stops or after
   * that, it changes nothing.
   *
   * Inside a task call it without `await`: the run waits for the task, and the
   * task would wait for the run.
   *
   * @param reason What the tasks' signals give as their reason; an
   * `AbortError` if it is left out.
   * @returns A promise that resolves when the run is over, and never rejects.
   */
  stop(reason: unknown = abortError("The manager was stopped")): Promise<void> {
    return this.#lifecycle.stop(reason);
  }

  /**
   * Runs the manager as a task of another: `run` with the task's context.
   *
   * @param context The context of the task, whose signal stops the manager.
   * @returns What `run` returns.
   */
  execute(context: TaskContext): Promise<void> {
    return this.run(context);
  }

  /**
   * Stops the manager and waits until the run is over, so that `await using`
   * can hold one. Do not await it inside a task of the same manager.
   *
   * @returns A promise that resolves when the run is over.
   */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /**
   * Makes a task of the manager, whose initializations and cleanups take their
   * place among those of the tasks next to it. Like `run`, it works once.
   *
   * @example A pool that is opened before the server starts
   * ```ts
   * import { TaskManager } from "@goasync/core";
   * import { assertEquals } from "@std/assert";
   *
   * const log: string[] = [];
   * const pool = new TaskManager();
   * pool.addTask("connection", {
   *   initialize: () => void log.push("connected"),
   *   execute: ({ done }) => done,
   *   cleanup: () => void log.push("disconnected"),
   * });
   *
   * const manager = new TaskManager();
   * manager.addTask("pool", pool.asTask());
   * manager.addTask("server", {
   *   initialize: () => void log.push("server listens"),
   *   execute: () => void manager.stop(),
   *   cleanup: () => void log.push("server closed"),
   * });
   * await manager.run();
   * assertEquals(log, [
   *   "connected",
   *   "server listens",
   *   "server closed",
   *   "disconnected",
   * ]);
   * ```
   *
   * @returns A task whose stages are those of every task of the manager.
   */
  asTask(): Task {
    return this.#lifecycle.asTask();
  }

  /**
   * Says what the manager has done so far: what started the stop and when, and
   * each task's stages with their times and outcomes. Execute tasks that ended
   * well are only counted. `formatReport` of `@goasync/core/report` makes a
   * text of it.
   *
   * @returns Plain data, a copy, at any time.
   */
  report(): Report {
    return this.#lifecycle.report();
  }
}
