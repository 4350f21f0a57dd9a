import { abortError, timeoutError } from "./_abort_error.ts";
import { callStage } from "./_call_stage.ts";
import { checkOptions, oneOf, sourceOf } from "./_check.ts";
import { deferred } from "./_deferred.ts";
import {
  type Entry,
  executeTaskEntry,
  type Owner,
  taskEntry,
} from "./_entry.ts";
import { History } from "./_history.ts";
import { leaveBehind } from "./_leave_behind.ts";
import { limitsOf } from "./_limits.ts";
import { isFailure } from "./_outcome.ts";
import { Stopping, wantsToDrain } from "./_stopping.ts";
import { LONGEST_TIMEOUT, startTimer } from "./_time.ts";
import {
  abort,
  nest,
  type NestedRun,
  type Stop,
  TaskContext,
  wasTold,
} from "./context.ts";
import {
  InvalidStateError,
  TaskError,
  type TaskErrorCode,
  toAggregateError,
} from "./errors.ts";
import type {
  AddExecuteTaskOptions,
  AddTaskOptions,
  AsyncTaskManager,
  ManagerState,
  RunOptions,
  TaskHandle,
  TaskManagerOptions,
  TaskOutcome,
} from "./manager.ts";
import type { Report, StopReport } from "./report.ts";
import type { ExecuteFunction, ExecuteTask, Stage, Task } from "./task.ts";

// As they are now, so that a fake clock installed later never sees the timer
// that keeps the process alive.
const { setInterval, clearInterval } = globalThis;

const CODES: Partial<Record<TaskOutcome, TaskErrorCode>> = {
  failed: "FAILED",
  "unexpected-stop": "UNEXPECTED_STOP",
};

/** The tasks that are managers, which name the cleanups within themselves. */
const TREES = new WeakSet<Task>();

/** What tells a manager to stop. */
type Source = TaskContext | AbortSignal | undefined;

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
  /** All but the execute tasks that have ended, in the order added. */
  readonly #entries = new Set<Entry>();
  readonly #owner: Owner;
  readonly #history = new History();
  /** What nobody was given yet: it would keep hold of the tasks. */
  readonly #errors: TaskError[] = [];
  readonly #over = deferred();

  /** What was or is being initialized and is not cleaned up. */
  readonly #initialized: Entry<Task>[] = [];
  /** How many tasks of the stop-group have not ended; NaN if there were none. */
  #stopGroup = NaN;
  /** The reason of the signals of execute tasks that have ended. */
  readonly #ending: Stop = { reason: abortError("The task has ended") };

  readonly #stopBegins = deferred();
  #stopping: Stopping | undefined;
  #endBudget: () => void = () => {};
  #unfollow: () => void = () => {};
  #untie: () => void = () => {};

  /** What a manager around this one may do. */
  readonly #nested: NestedRun = {
    drains: () => this.#where(wantsToDrain).length > 0,
    told: (reason) => {
      if (this.#nested.drains()) this.#stop("signal", reason);
    },
    aborted: (reason) => {
      this.#stop("signal", reason);
      this.#endDrains();
    },
    contexts: () => [...this.#entries].map(({ context }) => context),
    giveUp: (timeout) => this.#giveUp(timeout),
    takeErrors: () => this.#errors.splice(0),
  };

  /**
   * Creates a manager without tasks.
   *
   * @param options What holds for every task unless it is added otherwise.
   * @throws {TypeError} If the options are no object.
   * @throws {RangeError} If a timeout is no number, or a negative one.
   */
  constructor(options: TaskManagerOptions = {}) {
    const action = "create a TaskManager";
    checkOptions(action, options, "{ shutdownTimeout: 10_000 }");
    this.#owner = {
      limits: limitsOf(action, options),
      cancel: (entry, reason) => this.#cancel(entry, reason),
    };
  }

  /** Where the manager is in its life. */
  get state(): ManagerState {
    return this.#state;
  }

  /** The tasks that have not ended, in the order added. */
  get tasks(): TaskHandle[] {
    return this.#where(({ outcome }) => !outcome);
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
    const entry = taskEntry(this.#owner, name, task, options);
    this.#admit(entry, ADDS_TASKS);
    if (entry.type === "stop-group") {
      this.#stopGroup = (this.#stopGroup || 0) + 1;
    }
    return entry;
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
    const entry = executeTaskEntry(this.#owner, name, task, options);
    this.#admit(entry, ADDS_EXECUTE_TASKS);
    if (this.#state === "executing") this.#execute(entry);
    return entry;
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
    const source = sourceOf(options);
    this.#claim();
    if (this.#state === "idle") await this.#live(source);
    return this.#errors.splice(0);
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
    else this.#tell("stop", reason);
    await this.#over.promise;
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
    let isClaimed = false;
    const task: Task = {
      initialize: async (context) => {
        this.#claim();
        isClaimed = true;
        if (this.#state === "idle") this.#begin(context);
        await this.#initializeAll();
        this.#passOn();
      },
      execute: async (context) => {
        if (!isClaimed) return await this.run(context);
        this.#executeAll();
        await this.#allEnd();
        this.#passOn();
      },
      cleanup: async (context) => {
        if (!isClaimed) return;
        nest(context, this.#nested);
        await this.#cleanUpAll();
        this.#passOn();
      },
    };
    TREES.add(task);
    return task;
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
    return this.#history.report(this.#state, [...this.#entries]);
  }

  // What follows is one run, from the first initialize to the last cleanup.

  async #live(source: Source): Promise<void> {
    const keepAlive = setInterval(() => {}, LONGEST_TIMEOUT);
    this.#begin(source);
    await null;
    await this.#initializeAll();
    this.#executeAll();
    await this.#allEnd();
    await this.#cleanUpAll();
    clearInterval(keepAlive);
    this.#untie();
  }

  #begin(source: Source): void {
    this.#state = "initializing";
    this.#history.runs();
    if (source instanceof TaskContext) {
      const untie = nest(source, this.#nested);
      if (untie) this.#untie = untie;
      else this.#follow(source.signal);
    } else if (source) this.#follow(source);
    if (this.#stopGroup === 0) this.#stopGroupEnds();
  }

  #follow(signal: AbortSignal): void {
    const onAbort = () => this.#tell("signal", signal.reason);
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort);
    this.#unfollow = () => signal.removeEventListener("abort", onAbort);
  }

  async #initializeAll(): Promise<void> {
    for (const entry of this.#where(isTask)) {
      if (this.#state !== "initializing") return;
      if (entry.outcome) continue;
      entry.state = "initializing";
      this.#initialized.push(entry);
      await this.#called("initialize", entry, entry.context);
    }
  }

  #executeAll(): void {
    if (this.#state !== "initializing") return;
    this.#state = "executing";
    const tasks = this.#where(isTask);
    const queued = this.#where(isExecuteTask);
    for (const entry of [...tasks, ...queued]) this.#execute(entry);
  }

  #execute(entry: Entry): void {
    if (entry.outcome) return;
    entry.state = "executing";
    this.#call("execute", entry, entry.context, () => {});
  }

  /** From the stop on nothing is added, so this waits for everyone. */
  async #allEnd(): Promise<void> {
    await this.#stopBegins.promise;
    const executing = this.#where(isExecuting);
    await Promise.allSettled(executing.map(({ finished }) => finished));
  }

  async #cleanUpAll(): Promise<void> {
    if (this.#state === "stopping") this.#state = "cleaning-up";
    let entry;
    while ((entry = this.#initialized.pop())) {
      const context = new TaskContext({ name: entry.name });
      await this.#called("cleanup", entry, context);
    }
    this.#finish();
  }

  #called(
    stage: "initialize" | "cleanup",
    entry: Entry<Task>,
    context: TaskContext,
  ): Promise<void> {
    return new Promise((resolve) => {
      this.#call(stage, entry, context, resolve);
    });
  }

  /** Calls a stage of a task, until it is over or left behind. */
  #call(
    stage: Stage,
    entry: Entry,
    context: TaskContext,
    resolve: () => void,
  ): void {
    let isOver = false;
    const end = (outcome: TaskOutcome, cause?: unknown) => {
      if (isOver) return;
      isOver = true;
      stopTimer();
      this.#ended(stage, entry, outcome, cause);
      resolve();
    };
    entry.leaveBehind = (outcome, timeout) => {
      if (!isOver) end(outcome, leaveBehind(context, timeout));
    };
    const ms = stage === "execute" ? Infinity : entry.limits[`${stage}Timeout`];
    const stopTimer = startTimer(ms, () => {
      const timeout = timeoutError(`Not over after ${ms} ms`);
      entry.leaveBehind("timed-out", timeout);
    });
    this.#history.enters(stage, entry);
    callStage(stage, entry, context, end);
  }

  /** The one place that decides what an ended task means for the others. */
  #ended(
    stage: Stage,
    entry: Entry,
    outcome: TaskOutcome,
    cause?: unknown,
  ): void {
    this.#history.leaves(entry, outcome);
    if (stage === "initialize" && outcome === "clean") {
      if (!wasTold(entry.context)) {
        entry.state = "initialized";
        return;
      }
      outcome = "never-started";
    }
    const hasEnded = !entry.outcome;
    if (hasEnded) this.#settle(entry, outcome);
    if (isFailure(outcome)) this.#fail(stage, entry, outcome, cause);
    if (
      hasEnded && entry.type === "stop-group" && --this.#stopGroup === 0
    ) this.#stopGroupEnds();
  }

  #stopGroupEnds(): void {
    this.#stop("stop-group", abortError("The stop-group has ended"));
  }

  #settle(entry: Entry, outcome: TaskOutcome): void {
    entry.finish(outcome);
    if (!isExecuteTask(entry)) return;
    this.#history.forgets(entry, outcome);
    this.#entries.delete(entry);
    abort(entry.context, this.#ending);
  }

  #fail(
    stage: Stage,
    { name: taskName, type: taskType, cancelling }: Entry,
    outcome: TaskOutcome,
    cause: unknown,
  ): void {
    const code = CODES[outcome] ?? "TIMEOUT";
    const error = new TaskError({ taskName, stage, taskType, code, cause });
    this.#errors.push(error);
    if (!cancelling) this.#stop("task", error, taskName);
  }

  // What follows is how it stops.

  /** Stops, or goes on with a stop: whoever still drains has to end. */
  #tell(by: StopReport["by"], reason: unknown): void {
    if (this.#stopping) this.#endDrains();
    else this.#stop(by, reason);
  }

  #endDrains(): void {
    this.#stopping?.abort();
    for (const { cancelling } of this.#entries) cancelling?.abort();
  }

  #stop(by: StopReport["by"], reason: unknown, taskName?: string): void {
    const executes = this.#state === "executing";
    if (!executes && this.#state !== "initializing") return;
    this.#state = "stopping";
    this.#history.stops(by, reason, taskName);
    this.#stopBegins.resolve();
    const { shutdownTimeout } = this.#owner.limits;
    this.#endBudget = startTimer(shutdownTimeout, () => {
      const took = `The shutdown took longer than ${shutdownTimeout} ms`;
      this.#giveUp(timeoutError(took));
    });
    if (!executes) this.#neverStart();
    const entries = this.#where(isNotTold);
    this.#stopping = new Stopping(entries, { reason });
    this.#stopping.begin();
  }

  /** Settles those who wait to be called. */
  #neverStart(): void {
    for (const entry of this.#where(isWaiting)) {
      this.#settle(entry, "never-started");
    }
  }

  #cancel(entry: Entry, reason: unknown): void {
    if (this.#stopping || entry.outcome || wasTold(entry.context)) return;
    entry.cancelling = new Stopping([entry], { reason });
    if (isWaiting(entry)) this.#ended("execute", entry, "never-started");
    entry.cancelling.begin();
  }

  /** Ends the run at once. */
  #giveUp(timeout: DOMException): void {
    this.#tell("signal", timeout);
    this.#endDrains();
    for (const entry of [...this.#entries]) {
      entry.leaveBehind("abandoned", timeout);
    }
    const notBegun = timeoutError(`Not begun: ${timeout.message}`);
    for (const entry of this.#initialized.splice(0).reverse()) {
      const cause = leaveBehind(entry.context, notBegun);
      if (cause === notBegun && !hasCleanup(entry)) continue;
      this.#fail("cleanup", entry, "abandoned", cause);
    }
    this.#finish();
  }

  #where<Given extends Entry = Entry>(
    match: ((entry: Entry) => entry is Given) | ((entry: Entry) => boolean),
  ): Given[] {
    return [...this.#entries].filter(match as (entry: Entry) => entry is Given);
  }

  #finish(): void {
    if (this.#state === "finished") return;
    this.#neverStart();
    this.#state = "finished";
    this.#history.ends([...this.#entries]);
    this.#endBudget();
    this.#unfollow();
    this.#entries.clear();
    this.#stopping = undefined;
    this.#stopBegins.resolve();
    this.#over.resolve();
  }

  #passOn(): void {
    const errors = this.#errors.splice(0);
    if (errors.length > 0) throw toAggregateError(errors);
  }

  #claim(): void {
    const state = this.#state;
    if (this.#wasRun) {
      throw new InvalidStateError(
        `Cannot run a manager twice: current state is "${state}"`,
        { state },
      );
    }
    this.#wasRun = true;
  }

  #admit(entry: Entry, states: readonly ManagerState[]): void {
    const state = this.#state;
    const taskName = entry.name;
    if (!states.includes(state)) {
      throw new InvalidStateError(
        `Cannot add task "${taskName}" as the manager must be ${
          oneOf(states)
        }: current state is "${state}"`,
        { state, taskName },
      );
    }
    this.#entries.add(entry);
  }
}

function isTask(entry: Entry): entry is Entry<Task> {
  return entry.stages !== undefined;
}

function isExecuteTask({ stages }: Entry): boolean {
  return !stages;
}

function isExecuting({ state }: Entry): boolean {
  return state === "executing";
}

function isWaiting({ state }: Entry): boolean {
  return state === "waiting" || state === "initialized";
}

function isNotTold({ context, cancelling }: Entry): boolean {
  return !cancelling && !wasTold(context);
}

function hasCleanup({ task }: Entry<Task>): boolean {
  try {
    return !TREES.has(task) && task.cleanup !== undefined;
  } catch {
    return true;
  }
}
