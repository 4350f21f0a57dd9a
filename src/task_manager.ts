import {
  abortError,
  checkOptions,
  deferred,
  LONGEST_TIMEOUT,
  messageOf,
  nothing,
  onAbort,
  timeoutError,
} from "./_basics.ts";
import {
  admit,
  callStage,
  Entry,
  hasCleanup,
  isIdle,
  leaveBehind,
  limit,
  MAX_DEPTH,
  type NestedRun,
  outcomeOf,
  type Owner,
  settle,
  sourceOf,
  stageOf,
  startLimit,
  type Stop,
  stopOfAll,
  type Terms,
  toCleanUp,
  wantsToDrain,
  watch,
  withLimits,
} from "./_entry.ts";
import { ownExtras, stopOf, type TaskContext } from "./context.ts";
import {
  InvalidStateError,
  isWell,
  TaskError,
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
import type {
  ExecuteFunction,
  ExecuteTask,
  ExecuteTaskType,
  Stage,
  Task,
} from "./task.ts";

// As they are now, so that a fake clock installed later never sees the timer
// that keeps the process alive.
const { setInterval, clearInterval, queueMicrotask } = globalThis;

// Made here, as an error keeps hold of the task in whose turn it was made.
const STOPPED = abortError("The manager was stopped");
const GROUP_ENDED = abortError("The stop-group has ended");

/** How many managers, each in the one before, are starting their tasks. */
let starting = 0;

/** What tells a manager to stop. */
type Source = Entry | AbortSignal | undefined;

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
  #wasRun: boolean | undefined;
  readonly #terms: Terms;
  /** In the order added; execute tasks that have ended go now and then. */
  #entries: Entry[] = [];
  /** How many of them are execute tasks that have ended. */
  #ended = 0;
  /** Those that nobody was given yet: their causes keep hold of the tasks. */
  readonly #errors: TaskError[] = [];
  readonly #over = deferred();

  /** What was or is being initialized and is not cleaned up. */
  readonly #initialized: Entry[] = [];
  /** What is being cleaned up, if anything is. */
  #cleaning: Entry[] = [];
  /** How many tasks execute. */
  #executing = 0;
  /** How many tasks of the stop-group have not ended, if there are any. */
  #stopGroup: number | undefined;

  /** What those wait for who execute it. */
  #executed: Promise<void> | undefined;
  /** Goes on with the run, when what it waits for is over. */
  #goOn!: () => void;
  /** Lets go of what the run holds on to. */
  readonly #release: ((() => void) | undefined)[] = [];

  /** When it began, if it has. */
  #begin: number | undefined;
  /** When the run came to where it is: a stage begins where another ended. */
  #at = 0;
  /** What it has done, as far as it is written down. */
  readonly #report = {
    startedAt: null,
    stop: null,
    counts: { clean: 0, "never-started": 0 },
  } as unknown as Report;

  /**
   * Creates a manager without tasks.
   *
   * @param options What holds for every task unless it is added otherwise.
   * @throws {TypeError} If the options are no object.
   * @throws {RangeError} If a timeout is no number, or a negative one.
   */
  constructor(options: TaskManagerOptions = {}) {
    const action = "create a TaskManager";
    checkOptions(action, options);
    this.#terms = withLimits(action, options, { manager: this.#inner });
  }

  /** Where the manager is in its life. */
  get state(): ManagerState {
    return this.#state;
  }

  /** The tasks that have not ended, in the order added. */
  get tasks(): TaskHandle[] {
    return this.#entries.filter((entry) => !outcomeOf(entry));
  }

  /**
   * Adds a task, while the manager is idle.
   *
   * @param name What errors call the task. Need not be unique.
   * @param task The task. Its methods are looked up when they are called.
   * @param options How it is added.
   * @returns What became of the task, and the way to stop it alone.
   * @throws {TypeError} If the name is not a non-empty string, the task has no
   * `execute` function or an `initialize` or `cleanup` that is no function, the
   * type is unknown, the options are no object, or the task is a function or a
   * TaskManager, which `addExecuteTask` takes.
   * @throws {RangeError} If a timeout is no number, or a negative one.
   * @throws {InvalidStateError} If the manager is not idle.
   */
  addTask(name: string, task: Task, options?: AddTaskOptions): TaskHandle {
    const entry = admit("add task", this.#terms, name, task, options);
    this.#check("add task", ["idle"], name);
    this.#entries.push(entry);
    if (entry.type === "stop-group") {
      this.#stopGroup = (this.#stopGroup ?? 0) + 1;
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
   * neither a function nor has an `execute` function, the type is unknown, or
   * the options are no object.
   * @throws {RangeError} If a timeout is no number, or a negative one.
   * @throws {InvalidStateError} If the manager stops or has stopped.
   */
  addExecuteTask(
    name: string,
    task: ExecuteTask | ExecuteFunction,
    options?: AddExecuteTaskOptions,
  ): TaskHandle {
    const entry = admit("add execute task", this.#terms, name, task, options);
    const executes = this.#state === "executing";
    if (!executes) {
      this.#check("add task", ["idle", "initializing", "executing"], name);
    }
    this.#entries.push(entry);
    if (executes) this.#start(entry);
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
   * If the manager is a task and left behind, its errors go to the manager
   * above, and this resolves.
   *
   * @param options How the manager is run.
   * @returns A promise that resolves when a clean run is over.
   * @throws {AggregateError} If tasks failed, when the run is over: `errors`
   * holds every {@linkcode TaskError} in the order in which they happened.
   * @throws {InvalidStateError} If the manager was run before.
   * @throws {TypeError} If the options are no object, or a bare AbortSignal, or
   * their signal is no AbortSignal.
   */
  async run(options?: RunOptions): Promise<void> {
    await this.#live(options);
    this.#passOn();
  }

  /**
   * Runs everything that was added, as `run` does, for those who want the list
   * of what went wrong. If the manager is a task and left behind, the list went
   * to the manager above. Do not await this inside a task of the same manager.
   *
   * @param options How the manager is run.
   * @returns A promise that resolves when the run is over, with every
   * {@linkcode TaskError} in the order in which they happened; with an empty
   * array after a clean run.
   * @throws {InvalidStateError} If the manager was run before.
   * @throws {TypeError} If the options are no object, or a bare AbortSignal, or
   * their signal is no AbortSignal.
   */
  async runSettled(options?: RunOptions): Promise<TaskError[]> {
    await this.#live(options);
    return this.#errors.splice(0);
  }

  /**
   * Tells every task to stop, in the order added, before it returns. Before
   * the run, it makes the run do nothing. While tasks drain, it ends their
   * time: every `signal` aborts, with the reason of the first stop. After that,
   * it changes nothing.
   *
   * Inside a task call it without `await`: the run waits for the task, and the
   * task would wait for the run.
   *
   * @param reason What the tasks' signals give as their reason; if it is left
   * out, an `AbortError` that all managers share, whose stack says nothing.
   * @returns A promise that resolves when the run is over, and never rejects.
   */
  stop(reason: unknown = STOPPED): Promise<void> {
    if (this.#state === "idle") {
      this.#neverStart();
      this.#finish();
    } else this.#tell("stop", reason);
    return this.#over.promise;
  }

  /**
   * Runs the manager as a task of another: `run` with the task's context.
   *
   * @param context The context of the task, whose signal stops the manager.
   * @returns What `run` returns.
   * @throws {AggregateError} If tasks failed, as with `run`.
   * @throws {InvalidStateError} If the manager was run before.
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
   * place among those of the tasks next to it. Like `run`, it works once: what
   * is initialized later fails with an `InvalidStateError`.
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
    const isOver = () =>
      this.#state === "finished" && this.#errors.length === 0;
    const stage =
      (run: (context: TaskContext) => Promise<void>) =>
      async (context: TaskContext) => {
        await run(context);
        this.#passOn();
      };
    const cleanup = stage(async (context) => {
      if (!isClaimed) return;
      this.#tie(sourceOf(context));
      await null;
      // A wrapper may have told it nothing, or left it behind.
      const executes = this.#state === "executing";
      this.stop();
      if (executes) await this.#execute();
      this.#abandonAll(STOPPED);
      await this.#cleanUp();
    });
    return {
      initialize: stage(async (context) => {
        this.#claim();
        isClaimed = true;
        await this.#initialize(sourceOf(context));
      }),
      execute: stage(async (context) => {
        if (!isClaimed) return await this.#live(context);
        if (starting === MAX_DEPTH) await null; // The stack has an end.
        await this.#execute();
      }),
      // None once it has given up, and its errors name what was not begun.
      get cleanup() {
        return isOver() ? undefined : cleanup;
      },
    } as Task;
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
    return structuredClone(this.#update());
  }

  // What follows is one run, from the first initialize to the last cleanup.

  async #live(options?: RunOptions): Promise<void> {
    const source = sourceOf(options);
    this.#claim();
    const keepAlive = setInterval(nothing, LONGEST_TIMEOUT);
    const untie = await this.#initialize(source);
    await this.#execute();
    await this.#cleanUp();
    clearInterval(keepAlive);
    untie?.();
  }

  async #initialize(source: Source): Promise<(() => void) | undefined> {
    if (this.#state !== "idle") return; // It was stopped before.
    this.#state = "initializing";
    this.#report.startedAt = Date.now();
    this.#begin = performance.now();
    const untie = this.#tie(source);
    this.#checkStopGroup();
    await null;
    this.#at = this.#now();
    const tasks = this.#entries.filter(({ stages }) => stages).reverse();
    await this.#callInTurn("initialize", () => {
      let entry; // From a stop on, none is idle any more.
      while ((entry = tasks.pop()) && !isIdle(entry));
      if (entry) this.#initialized.push(entry);
      return entry;
    });
    return untie;
  }

  /** Stops when the source says so; returns what unties a nested run. */
  #tie(source: Source): (() => void) | undefined {
    if (source instanceof Entry) {
      const nested = ownExtras(source).nested ??= new Set();
      nested.add(this.#inner);
      const stop = stopOf(source);
      if (stop) this.#inner.told(stop);
      return () => nested.delete(this.#inner);
    }
    if (!source) return;
    this.#release.push(
      onAbort(source, () => this.#tell("signal", source.reason)),
    );
  }

  /** From the stop on nothing is added, so this waits for everyone. */
  async #execute(): Promise<void> {
    this.#startAll();
    if (this.#state !== "executing" && this.#executing === 0) return;
    await (this.#executed ??= new Promise((resolve) => this.#goOn = resolve));
  }

  /** Not in `#execute`, as what waits keeps hold of its variables. */
  #startAll(): void {
    if (this.#state !== "initializing") return;
    this.#state = "executing";
    this.#at = this.#now();
    starting++;
    for (const entry of this.#entries) {
      if (entry.stages) this.#start(entry);
    }
    for (const entry of this.#entries) this.#start(entry);
    starting--;
  }

  async #cleanUp(): Promise<void> {
    if (this.#state === "stopping") this.#state = "cleaning-up";
    this.#at = this.#now();
    await this.#callInTurn("cleanup", () => {
      this.#cleaning = this.#initialized.splice(-1).map(toCleanUp);
      return this.#cleaning[0];
    });
    this.#finish();
  }

  /** Each begins when the one before has ended. */
  #callInTurn(stage: Stage, next: () => Entry | undefined): Promise<void> {
    return new Promise((resolve) => {
      this.#goOn = () => {
        const entry = next();
        if (entry) this.#call(stage, entry);
        else resolve();
      };
      this.#goOn();
    });
  }

  #start(entry: Entry): void {
    if (!isIdle(entry)) return;
    this.#executing++;
    this.#call("execute", entry);
  }

  #call(stage: Stage, entry: Entry): void {
    entry.state = stage === "initialize" ? "initializing" : "executing";
    entry.stages?.push({
      stage,
      startedAt: this.#at,
      endedAt: null,
      outcome: null,
    });
    if (stage !== "execute" || this.#inner.stopping?.isAborted) limit(entry);
    callStage(stage, entry);
  }

  // What its tasks, and the managers that it is a task of, ask of it.

  readonly #inner: Owner & NestedRun & { stopping: Stop | undefined } = {
    stopping: undefined,
    cancel: (entry, reason) => {
      if (outcomeOf(entry) || stopOf(entry)) return;
      const stop = stopOfAll([entry], reason, true);
      ownExtras(entry).stop = stop;
      stop.begin();
      if (isIdle(entry)) this.#settle(entry, "never-started");
      this.#checkStopGroup();
    },
    // The one place that decides what an ended stage means for the others.
    leave: (entry, outcome, cause) => {
      const stage = stageOf(entry);
      if (!stage) return; // It was left behind before.
      const isInitialized = stage === "initialize" && outcome === "clean";
      entry.state = isInitialized ? "initialized" : outcome;
      watch(entry);
      const report = entry.stages?.at(-1);
      if (report) {
        report.endedAt = this.#at = this.#now();
        report.outcome = outcome;
      }
      if (!isInitialized) this.#settle(entry, outcome);
      else if (stopOf(entry)) this.#settle(entry, "never-started");
      if (stage === "execute") this.#executing--;
      if (!isWell(outcome)) this.#fail(stage, entry, outcome, cause);
      this.#checkStopGroup();
      if (
        stage === "execute" &&
        (this.#executing > 0 || this.#state !== "stopping")
      ) return;
      // Not within a timer: a fake clock would go on before any promise does.
      if (isWell(outcome)) this.#goOn();
      else queueMicrotask(this.#goOn);
    },
    abandon: (entry, outcome, timeout) => {
      if (!stageOf(entry)) return;
      this.#inner.leave(entry, outcome, leaveBehind(entry, timeout));
    },
    drains: () => this.#entries.some(wantsToDrain),
    told: ({ reason, isAborted }) => {
      if (isAborted || this.#inner.drains()) this.#stop("signal", reason);
      if (isAborted) this.#endDrains();
    },
    entries: () => [...this.#entries, ...this.#cleaning],
    giveUp: (timeout) => {
      const notCleanedUp = this.#initialized.splice(0).reverse();
      this.#abandonAll(timeout);
      const notBegun = timeoutError(`Not begun: ${timeout.message}`);
      for (const entry of notCleanedUp) {
        const cause = leaveBehind(entry, notBegun);
        if (cause === notBegun && !hasCleanup(entry)) continue;
        this.#fail("cleanup", entry, "abandoned", cause);
      }
      this.#finish();
    },
    takeErrors: () => this.#errors.splice(0),
  };

  #abandonAll(timeout: DOMException): void {
    for (const entry of this.#inner.entries()) {
      this.#inner.abandon(entry, "abandoned", timeout);
    }
  }

  #settle(entry: Entry, outcome: TaskOutcome): void {
    settle(entry, outcome);
    if (entry.type === "stop-group") this.#stopGroup!--;
    if (entry.stages || !isWell(outcome)) return;
    this.#report.counts[outcome]++;
    // It is forgotten: the last at once, others together.
    if (this.#entries.at(-1) === entry) this.#entries.pop();
    else if (++this.#ended * 4 > this.#entries.length * 3) {
      this.#entries = this.#entries.filter((entry) =>
        entry.stages || !isWell(entry.state)
      );
      this.#ended = 0;
    }
  }

  #checkStopGroup(): void {
    if (this.#stopGroup !== 0) return;
    this.#stop("stop-group", GROUP_ENDED);
  }

  #fail(
    stage: Stage,
    entry: Entry,
    outcome: TaskOutcome,
    cause: unknown,
  ): void {
    const { name: taskName, type: taskType } = entry;
    const code = outcome === "failed"
      ? "FAILED"
      : outcome === "unexpected-stop"
      ? "UNEXPECTED_STOP"
      : "TIMEOUT";
    const error = new TaskError({ taskName, stage, taskType, code, cause });
    // Its stack would tell nothing of the task, and keep hold of it.
    error.stack = `${error}`;
    this.#errors.push(error);
    if (!stopOf(entry)?.isCancel) this.#stop("task", error, taskName);
  }

  // What follows is how it stops.

  /** Stops, or goes on with a stop: whoever still drains has to end. */
  #tell(by: StopReport["by"], reason: unknown): void {
    if (!this.#stop(by, reason)) this.#endDrains();
  }

  #endDrains(): void {
    for (const entry of this.#entries) stopOf(entry)!.abort?.();
  }

  #stop(
    by: StopReport["by"],
    reason: unknown,
    taskName: string | null = null,
  ): boolean {
    const message = messageOf(reason); // Whose getters may stop it, too.
    const executes = this.#state === "executing";
    if (!executes && this.#state !== "initializing") return false;
    this.#state = "stopping";
    this.#report.stop = { at: this.#now(), by, taskName, reason: message };
    this.#release.push(
      startLimit(this.#terms, "shutdownTimeout", this.#inner.giveUp),
    );
    if (!executes) this.#neverStart();
    const stop = this.#inner.stopping = stopOfAll(this.#entries, reason);
    stop.begin();
    if (executes && this.#executing === 0) this.#goOn();
    return true;
  }

  /** Settles those who wait to be called. */
  #neverStart(): void {
    for (const entry of this.#entries) {
      if (isIdle(entry)) this.#settle(entry, "never-started");
    }
  }

  #finish(): void {
    this.#update();
    this.#state = "finished";
    for (const release of this.#release) release?.();
    this.#entries = [];
    this.#over.resolve();
  }

  #passOn(): void {
    const errors = this.#errors.splice(0);
    if (errors.length > 0) throw toAggregateError(errors);
  }

  // What follows is what it says.

  #now(): number {
    return performance.now() - this.#begin! || 0;
  }

  /** Writes down what may have changed. */
  #update(): Report {
    const report = this.#report;
    report.state = this.#state;
    if (report.state === "finished") return report;
    report.duration = this.#now();
    report.tasks = [];
    report.executeTasks = [];
    for (const { name, type, state, stages } of this.#entries) {
      if (stages) report.tasks.push({ name, type, state, stages });
      else if (!isWell(state)) {
        report.executeTasks.push({
          name,
          type: type as ExecuteTaskType,
          state,
        });
      }
    }
    return report;
  }

  #claim(): void {
    if (this.#wasRun) this.#check("run a manager twice", ["idle"]);
    this.#wasRun = true;
  }

  #check(
    action: string,
    states: readonly ManagerState[],
    taskName?: string,
  ): void {
    const state = this.#state;
    if (states.includes(state)) return;
    const what = taskName ? `${action} "${taskName}"` : action;
    throw new InvalidStateError(
      `Cannot ${what} as the manager must be "${
        states.join('" or "')
      }": current state is "${state}"`,
      { state, taskName },
    );
  }
}
