import { abortError } from "./_abort_error.ts";
import { callExecute } from "./_call.ts";
import { signalOf } from "./_check.ts";
import { deferred } from "./_deferred.ts";
import { type Entry, executeTaskEntry, taskEntry } from "./_entry.ts";
import { Roster } from "./_roster.ts";
import { tellAll } from "./_telling.ts";
import {
  isCleanStop,
  type Stop,
  TaskContext,
  tell,
  wasTold,
} from "./context.ts";
import { InvalidStateError, TaskError, toAggregateError } from "./errors.ts";
import type {
  AddExecuteTaskOptions,
  AddTaskOptions,
  AsyncTaskManager,
  ManagerState,
  RunOptions,
} from "./manager.ts";
import type { ExecuteFunction, ExecuteTask, Stage, Task } from "./task.ts";

// As they are now, so that a fake clock installed later never sees the timer
// that keeps the process alive.
const { setInterval, clearInterval } = globalThis;
const LONGEST_INTERVAL = 2 ** 31 - 1;

/** What a task threw, which may be undefined. */
interface Failure {
  readonly cause: unknown;
}

const ADDS_TASKS: readonly ManagerState[] = ["idle"];
const ADDS_EXECUTE_TASKS: readonly ManagerState[] = [
  "idle",
  "initializing",
  "executing",
];

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
  #state: ManagerState = "idle";
  #wasRun = false;
  #tasks: Entry<Task>[] = [];
  #roster = new Roster();
  readonly #errors: TaskError[] = [];
  readonly #stopBegins = deferred();
  #stopGroup = 0;
  #ending: Stop | undefined;
  #over: Promise<unknown> = Promise.resolve();

  /** Where the manager is in its life. */
  get state(): ManagerState {
    return this.#state;
  }

  /**
   * Adds a task, while the manager is idle.
   *
   * @param name What errors call the task. Need not be unique.
   * @param task The task. Its methods are looked up when they are called.
   * @param options How it is added.
   * @throws {TypeError} If the name is not a non-empty string, the task has no
   * `execute` function or an `initialize` or `cleanup` that is none, the type
   * is unknown, or the task is a function or a TaskManager, which
   * `addExecuteTask` takes.
   * @throws {InvalidStateError} If the manager is not idle.
   */
  addTask(name: string, task: Task, options: AddTaskOptions = {}): void {
    const entry = taskEntry(name, task, options);
    this.#admit(entry, ADDS_TASKS);
    this.#tasks.push(entry);
  }

  /**
   * Adds an execute task. Before and while tasks are initialized it is queued;
   * while the manager executes, it starts before this returns.
   *
   * @param name What errors call the task. Need not be unique.
   * @param task The task, of which only `execute` is called, or a function
   * that is its `execute`. Another TaskManager is an execute task, too.
   * @param options How it is added.
   * @throws {TypeError} If the name is not a non-empty string, the task is
   * neither a function nor has an `execute` function, or the type is unknown.
   * @throws {InvalidStateError} If the manager stops or has stopped.
   */
  addExecuteTask(
    name: string,
    task: ExecuteTask | ExecuteFunction,
    options: AddExecuteTaskOptions = {},
  ): void {
    const entry = executeTaskEntry(name, task, options);
    this.#admit(entry, ADDS_EXECUTE_TASKS);
    if (this.#state === "executing") this.#execute(entry);
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
  async run(options?: RunOptions): Promise<void> {
    const errors = await this.runSettled(options);
    if (errors.length > 0) throw toAggregateError(errors);
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
  async runSettled(options: RunOptions = {}): Promise<TaskError[]> {
    const signal = signalOf(options);
    if (this.#wasRun) {
      throw new InvalidStateError(
        `Cannot run a manager twice: current state is "${this.#state}", create another manager`,
        { state: this.#state },
      );
    }
    this.#wasRun = true;
    if (this.#state === "idle") this.#over = this.#live(signal);
    await this.#over;
    return this.#errors;
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
  async stop(
    reason: unknown = abortError("The manager was stopped"),
  ): Promise<void> {
    if (this.#state === "idle") this.#finish();
    else this.#stop(reason);
    await this.#over;
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

  // What follows is one run, from the first initialize to the last cleanup.

  async #live(signal: AbortSignal | undefined): Promise<void> {
    this.#state = "initializing";
    const keepAlive = setInterval(() => {}, LONGEST_INTERVAL);
    const onAbort = () => this.#stop(signal?.reason);
    if (signal?.aborted) onAbort();
    else signal?.addEventListener("abort", onAbort);
    await null;

    const initialized = await this.#initializeAll();
    this.#executeAll();
    await this.#stopBegins.promise;
    await this.#allEnd();
    await this.#cleanUpAll(initialized);

    signal?.removeEventListener("abort", onAbort);
    clearInterval(keepAlive);
    this.#finish();
  }

  async #initializeAll(): Promise<Entry<Task>[]> {
    const initialized: Entry<Task>[] = [];
    for (const entry of this.#tasks) {
      if (this.#state !== "initializing") break;
      initialized.push(entry);
      try {
        await entry.task.initialize?.(entry.context);
      } catch (cause) {
        if (!isCleanStop(entry.context, cause)) {
          this.#stop(this.#record(entry, "initialize", { cause }));
        }
      }
    }
    return initialized;
  }

  #executeAll(): void {
    if (this.#state !== "initializing") return;
    this.#state = "executing";
    const queued = this.#roster.list().filter((entry) => entry.executeOnly);
    const members = this.#tasks.filter((entry) => entry.type === "stop-group");
    this.#stopGroup = members.length;
    for (const entry of this.#tasks) this.#execute(entry);
    for (const entry of queued) this.#execute(entry);
  }

  #execute(entry: Entry): void {
    entry.execution = callExecute(
      entry.task,
      entry.context,
      () => this.#ended(entry),
      (cause) => this.#ended(entry, { cause }),
    );
  }

  /** The one place that decides what an ended task means for the others. */
  #ended(entry: Entry, failure?: Failure): void {
    const told = wasTold(entry.context);
    const failed = failure && !isCleanStop(entry.context, failure.cause);
    if (entry.executeOnly) this.#forget(entry);
    if (failed || (entry.type === "strict" && !told)) {
      this.#stop(this.#record(entry, "execute", failure));
    } else if (entry.type === "stop-group" && --this.#stopGroup === 0) {
      this.#stop(abortError("Every task of the stop-group has returned"));
    }
  }

  #stop(reason: unknown): void {
    if (!ADDS_EXECUTE_TASKS.includes(this.#state)) return;
    this.#state = "stopping";
    this.#stopBegins.resolve();
    tellAll(this.#roster.list(), { reason });
  }

  /** From the stop on nothing is added, so this waits for everyone. */
  async #allEnd(): Promise<void> {
    await Promise.allSettled(
      this.#roster.list().map((entry) => entry.execution),
    );
  }

  async #cleanUpAll(initialized: Entry<Task>[]): Promise<void> {
    this.#state = "cleaning-up";
    for (const entry of initialized.reverse()) {
      try {
        await entry.task.cleanup?.(new TaskContext({ name: entry.name }));
      } catch (cause) {
        this.#record(entry, "cleanup", { cause });
      }
    }
  }

  #finish(): void {
    this.#state = "finished";
    this.#tasks = [];
    this.#roster = new Roster();
  }

  #admit(entry: Entry, states: readonly ManagerState[]): void {
    if (!states.includes(this.#state)) {
      const { state } = this;
      const expected = states.map((each) => `"${each}"`).join(" or ");
      throw new InvalidStateError(
        `Cannot add task "${entry.name}" as the manager must be ${expected}: current state is "${state}"`,
        { state, taskName: entry.name },
      );
    }
    this.#roster.add(entry);
  }

  #forget(entry: Entry): void {
    this.#roster.remove(entry);
    this.#ending ??= { reason: abortError("The task has ended") };
    tell(entry.context, this.#ending);
  }

  #record(entry: Entry, stage: Stage, failure?: Failure): TaskError {
    const error = new TaskError({
      taskName: entry.name,
      stage,
      taskType: entry.type,
      code: failure ? "FAILED" : "UNEXPECTED_STOP",
      ...failure,
    });
    this.#errors.push(error);
    return error;
  }
}
