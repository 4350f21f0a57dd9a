import { abortError, timeoutError } from "./abort_errors.ts";
import {
  checkFunction,
  checkOptions,
  checkRunOptions,
  wrong,
} from "./arguments.ts";
import { cancelAlone } from "./cancelling.ts";
import { EventStream } from "./event_stream.ts";
import type { EventListener } from "./events.ts";
import { InvalidStateError } from "./invalid_state_error.ts";
import {
  type Limits,
  limitsOf,
  managerLimitsOf,
  setsLimits,
  startLimit,
} from "./limits.ts";
import { ManagerReport } from "./manager_report.ts";
import { ManagerTask } from "./manager_task.ts";
import type {
  AddExecuteTaskOptions,
  AddTaskOptions,
  Around,
  AsyncTaskManager,
  RunOptions,
  TaskManagerOptions,
} from "./manager_types.ts";
import type { ManagerWithin } from "./manager_within.ts";
import { ManagersWithin } from "./managers_within.ts";
import { messageOf } from "./messages.ts";
import { type Deferred, deferred, nothing } from "./promises.ts";
import type { Report } from "./report_types.ts";
import { RunList } from "./run_list.ts";
import { showAs } from "./shown.ts";
import type { ManagerState, StopCause } from "./states.ts";
import { abortAll, type Follower, followSignal, tellAll } from "./stop.ts";
import { Stopping } from "./stopping.ts";
import type { ExecuteFunction, ExecuteTask, Task } from "./task.ts";
import { checkAddition } from "./task_arguments.ts";
import { partsOf, TaskContext } from "./task_context.ts";
import { type TaskError, toAggregateError } from "./task_error.ts";
import type { StopOptions, TaskHandle } from "./task_handle.ts";
import { type RunHost, TaskRun } from "./task_run.ts";
import { LONGEST_TIMEOUT } from "./timers.ts";

// As they are now, so that a fake clock installed later never sees the timer
// that keeps the process alive.
const { setInterval, clearInterval } = globalThis;

// Made here, as an error keeps hold of the task in whose turn it was made.
const STOPPED = abortError("The manager was stopped");
const GROUP_ENDED = abortError("The stop-group has ended");

/** The states in which execute tasks can be added. */
const ADDING: readonly ManagerState[] = [
  "idle",
  "initializing",
  "executing",
  "draining",
];

/** How many tasks a manager shows of itself. */
const SHOWN = 20;

/** What starts a stop. */
interface StopStart {
  readonly by: StopCause;
  readonly reason: unknown;
  /** The task that started it. */
  readonly taskName?: string;
  /** Whether drains get their time. */
  readonly drains: boolean;
  /** Whether signals stay live until the task aborts that the manager is. */
  readonly isHeld?: boolean;
}

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
 *   initialize: () => log.push("database opens"),
 *   cleanup: () => log.push("database closes"),
 * });
 * manager.addTask("server", {
 *   initialize: () => log.push("server listens"),
 *   drain: () => log.push("server answers what it has accepted"),
 *   cleanup: () => log.push("server closes"),
 * });
 *
 * const shutdown = new AbortController();
 * const run = manager.run({ signal: shutdown.signal });
 * manager.addExecuteTask("bye", () => shutdown.abort(), { type: "error" });
 * await run;
 * assertEquals(log, [
 *   "database opens",
 *   "server listens",
 *   "server answers what it has accepted",
 *   "server closes",
 *   "database closes",
 * ]);
 * ```
 */
export class TaskManager implements AsyncTaskManager {
  static {
    showAs("TaskManager", this.prototype);
  }

  #state: ManagerState = "idle";
  #wasRun = false;
  readonly #limits: Limits;
  readonly #runs: RunList = new RunList();
  readonly #report: ManagerReport = new ManagerReport();
  readonly #events: EventStream = new EventStream();
  /** Those that nobody was given yet: their causes keep hold of the tasks. */
  #errors: TaskError[] = [];
  /** What was or is being initialized. */
  readonly #initialized: TaskRun[] = [];
  /** Whether the first execute was called, and so all will be. */
  #hasStarted = false;
  /** How many tasks of the stop-group have not ended, if there are any. */
  #stopGroup: number | undefined;
  #stopping: Stopping | undefined;
  /** Resolves when every signal has aborted. */
  readonly #aborted: Deferred = deferred();
  /** Resolves when the run is over. */
  readonly #over: Deferred = deferred();
  readonly #within: ManagersWithin = new ManagersWithin(this.#events);
  /** Lets go of what the run holds on to. */
  readonly #releases: (() => void)[] = [];
  /** Leaves the manager above, if there is one. */
  #leave: (() => void) | undefined;
  readonly #asWithin: ManagerWithin = this.#makeWithin();
  readonly #host: RunHost;

  /**
   * Creates a manager without tasks.
   *
   * @param options What holds for every task unless it is added otherwise.
   * @throws {TypeError} If the options are no object, or `around` no function.
   * @throws {RangeError} If a timeout is no number, or a negative one, or
   * `drainTimeout` is not below `shutdownTimeout`.
   */
  constructor(options: TaskManagerOptions = {}) {
    const action = "create a TaskManager";
    checkOptions(action, options);
    this.#limits = managerLimitsOf(action, options);
    const { around } = options;
    if (around !== undefined) checkFunction(action, around, "around");
    this.#host = this.#makeHost(around);
  }

  // ── What a user reads and calls ──

  /** Where the manager is in its life. */
  get state(): ManagerState {
    return this.#state;
  }

  /** The tasks that have not ended, in the order added. */
  get tasks(): TaskHandle[] {
    return this.#runs.filter((run) => !run.hasEnded)
      .map((run) => run.handle);
  }

  /**
   * Adds a task, while the manager is idle.
   *
   * @param name What errors call the task. Need not be unique.
   * @param task The task. Its methods are looked up when they are called.
   * @param options How it is added.
   * @returns What became of the task, and the way to stop it alone.
   * @throws {TypeError} If the name is not a non-empty string, the task has
   * none of the four methods or one that is no function or a generator
   * function, the type is unknown, a `"stop-group"` task has no `execute`, the
   * options are no object, or the task is a function or a TaskManager, which
   * `addExecuteTask` takes.
   * @throws {RangeError} If a timeout is no number, or a negative one, or
   * `drainTimeout` is not below the manager's `shutdownTimeout`.
   * @throws {InvalidStateError} If the manager is not idle.
   */
  addTask(name: string, task: Task, options: AddTaskOptions = {}): TaskHandle {
    const run = this.#add("add task", ["idle"], name, task, options);
    if (run.type === "stop-group") this.#stopGroup = (this.#stopGroup ?? 0) + 1;
    return run.handle;
  }

  /**
   * Adds an execute task. Before and while tasks are initialized it is queued;
   * while the manager executes or drains, it starts before this returns.
   *
   * @param name What errors call the task. Need not be unique.
   * @param task The task, of which `execute` and `drain` are called, or a
   * function that is its `execute`. Another TaskManager is an execute task, too.
   * @param options How it is added.
   * @returns What became of the task, and the way to stop it alone.
   * @throws {TypeError} If the name is not a non-empty string, the task is
   * neither a function nor has an `execute` function, one of its methods is a
   * generator function, the type is unknown, or the options are no object.
   * @throws {RangeError} If a timeout is no number, or a negative one, or
   * `drainTimeout` is not below the manager's `shutdownTimeout`.
   * @throws {InvalidStateError} If the manager stops or has stopped.
   */
  addExecuteTask(
    name: string,
    task: ExecuteTask | ExecuteFunction,
    options: AddExecuteTaskOptions = {},
  ): TaskHandle {
    const run = this.#add("add execute task", ADDING, name, task, options);
    if (this.#stopping) run.tell(this.#stopping.reason);
    if (this.#hasStarted) this.#start(run);
    return run.handle;
  }

  /**
   * Runs everything that was added: initializes the tasks in the order added,
   * executes all side by side, waits until it is stopped, drains them side by
   * side, and cleans up in reverse. A manager runs once, and keeps the process
   * alive while it does.
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
  async run(options: RunOptions = {}): Promise<void> {
    await this.#live(options);
    this.#throwErrors();
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
  async runSettled(options: RunOptions = {}): Promise<TaskError[]> {
    await this.#live(options);
    return this.#takeErrors();
  }

  /**
   * Tells every task to stop, in the order added, before it returns: `draining`
   * aborts, drains are called, and when none is waited for any more, every
   * `signal` aborts. Before the run, it makes the run do nothing. Once a stop
   * has begun it changes nothing, but that `{ drain: false }` ends the draining:
   * every `signal` aborts, with the reason of the first stop.
   *
   * Inside a task call it without `await`: the run waits for the task, and the
   * task would wait for the run.
   *
   * @param reason What the tasks' signals give as their reason; if it is left
   * out, an `AbortError` that all managers share, whose stack says nothing.
   * @param options Whether drains get their time.
   * @returns A promise that resolves when the run is over, and never rejects.
   * @throws {TypeError} If the options are no object.
   */
  stop(reason: unknown = STOPPED, options: StopOptions = {}): Promise<void> {
    checkOptions("stop a TaskManager", options);
    const { drain = true } = options;
    if (this.#state === "idle") this.#neverRun();
    else if (!this.#stopping) this.#stop({ by: "stop", reason, drains: drain });
    else if (!drain) this.#stopping.abort();
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
   * Begins the drains of the manager as a task of another. It stays
   * `"draining"`, its signals live, until the signal of the context aborts, it
   * is stopped with `{ drain: false }`, or its `shutdownTimeout` is over. An
   * idle manager is finished by it; one that initializes stops at once.
   *
   * @param context The context of the task.
   * @returns A promise that resolves when the last drain has settled; nothing if
   * there is none to wait for.
   * @throws {TypeError} If the context is no TaskContext.
   */
  drain(context: TaskContext): Promise<void> | undefined {
    if (!(context instanceof TaskContext)) {
      const expected = "it must be given the TaskContext of its task";
      throw wrong("drain a TaskManager", expected, context);
    }
    const { stop } = partsOf(context);
    if (this.#state === "idle") this.#neverRun();
    if (this.#state === "finished") return;
    const reason = stop.isTold ? stop.reason : STOPPED;
    tellAll([this.#contextFollower], reason, true);
    this.#releases.push(stop.follow(this.#contextFollower));
    return this.#stopping?.drained;
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
   *   initialize: () => log.push("connected"),
   *   cleanup: () => log.push("disconnected"),
   * });
   *
   * const manager = new TaskManager();
   * manager.addTask("pool", pool.asTask());
   * manager.addTask("server", {
   *   initialize: () => log.push("server listens"),
   *   execute: () => void manager.stop(),
   *   cleanup: () => log.push("server closed"),
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
  asTask(): Required<Task> {
    let isClaimed = false;
    let isCleanedUp = false;
    return new ManagerTask({
      initialize: async (context) => {
        this.#begin(context);
        isClaimed = true;
        await this.#unlessOver(this.#initializeAll());
        this.#throwErrors();
      },
      execute: async (context) => {
        if (!isClaimed) return await this.run(context);
        await null; // Not within the loop that starts the tasks above.
        await this.#unlessOver(this.#executeAll());
        // Whoever cleans up already has not waited: the cleanup throws them.
        if (!isCleanedUp) this.#throwErrors();
      },
      drain: (context) => this.drain(context),
      cleanup: async () => {
        if (!isClaimed) return;
        isCleanedUp = true;
        await this.#unlessOver(this.#stopAndCleanUp());
        this.#leave?.();
        this.#throwErrors();
      },
    });
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
    return this.#report.read(this.#state, this.#runs);
  }

  /**
   * Calls a listener with what happens from now on, in order: changes of state,
   * stages that start and end, being told to stop, drains that are cut short,
   * tasks that are left behind, and notes; those of managers within, too. What
   * a listener causes is heard after the event that it was called with; what it
   * throws or rejects with is ignored. While nobody listens, no event is made.
   *
   * @example What happens, as it happens
   * ```ts
   * import { TaskManager } from "@goasync/core";
   * import { assertEquals } from "@std/assert";
   *
   * const heard: string[] = [];
   * const manager = new TaskManager();
   * manager.subscribe((event) => {
   *   if (event.type === "state") heard.push(event.state);
   *   if (event.type === "note") heard.push(`${event.path.join("/")}: ${event.message}`);
   * });
   * manager.addTask("db", { initialize: ({ note }) => note("connected") });
   * manager.addExecuteTask("stop", () => void manager.stop(), { type: "error" });
   * await manager.run();
   * assertEquals(heard, [
   *   "initializing",
   *   "db: connected",
   *   "executing",
   *   "stopping",
   *   "cleaning-up",
   *   "finished",
   * ]);
   * ```
   *
   * @param listener Is called with each event, before what happens goes on.
   * @returns What ends the subscription.
   * @throws {TypeError} If the listener is no function.
   */
  subscribe(listener: EventListener): () => void {
    checkFunction("subscribe to a TaskManager", listener, "listener");
    return this.#events.subscribe(listener);
  }

  /**
   * What the manager shows of itself.
   *
   * @returns Its state, and each task that has not ended, with its state.
   */
  toJSON(): { state: ManagerState; tasks: string[] } {
    const tasks = this.tasks.map(({ name, state }) => `${name} ${state}`);
    const more = tasks.splice(SHOWN).length;
    if (more > 0) tasks.push(`… and ${more} more`);
    return { state: this.#state, tasks };
  }

  // ── One run, from the first initialize to the last cleanup ──

  async #live(options: RunOptions): Promise<void> {
    this.#begin(options);
    const keepAlive = setInterval(nothing, LONGEST_TIMEOUT);
    await this.#unlessOver(this.#stages());
    clearInterval(keepAlive);
    this.#leave?.();
  }

  /** It is over before its stages are if its time is. */
  async #unlessOver(stages: Promise<void>): Promise<void> {
    await Promise.race([stages, this.#over.promise]);
  }

  async #stages(): Promise<void> {
    await this.#initializeAll();
    await this.#executeAll();
    await this.#cleanUpAll();
  }

  /** Begins the run, unless the manager was stopped before. */
  #begin(options: RunOptions): void {
    if (!(options instanceof TaskContext)) checkRunOptions(options);
    if (this.#wasRun) this.#check("run a manager twice", ["idle"]);
    this.#wasRun = true;
    if (this.#state === "finished") return;
    this.#report.start();
    this.#join(options); // So that those above hear of it.
    this.#enter("initializing");
    this.#follow(options);
    this.#checkStopGroup();
  }

  async #initializeAll(): Promise<void> {
    await null; // So that who runs it can stop it before anything is called.
    this.#report.now();
    for (const run of this.#runs.tasks) {
      if (!run.isWaiting) continue; // It was cancelled, or all were stopped.
      this.#initialized.push(run);
      await run.initialize(this.#report.last);
    }
  }

  async #executeAll(): Promise<void> {
    if (this.#state === "initializing") this.#enter("executing");
    if (this.#state === "executing" && !this.#hasStarted) {
      this.#hasStarted = true;
      const turn = this.#report.now();
      for (const run of this.#runs.tasks) this.#start(run, turn);
      for (const run of this.#runs) this.#start(run, turn);
    }
    await this.#aborted.promise; // It was told, and has drained.
    const living = this.#runs.filter((run) => run.isActive);
    await Promise.allSettled(living.map((run) => run.whenQuiet()));
  }

  async #cleanUpAll(): Promise<void> {
    if (this.#state === "stopping") this.#enter("cleaning-up");
    this.#report.now();
    for (const run of this.#initialized.toReversed()) {
      if (this.#state === "finished") return; // Its time was over.
      await run.cleanUp(this.#report.last);
    }
    this.#finish();
  }

  #start(run: TaskRun, turn?: number): void {
    if (!run.isWaiting) return;
    run.execute(turn);
    this.#stopping?.drain(run);
  }

  #finish(): void {
    if (this.#state === "finished") return;
    this.#leaveOrphans();
    this.#report.finish(this.#runs);
    this.#stopping?.close();
    for (const release of this.#releases.splice(0)) release();
    this.#runs.clear();
    this.#within.clear();
    this.#initialized.length = 0;
    this.#enter("finished");
    this.#events.leave();
    this.#aborted.resolve();
    this.#over.resolve();
  }

  #enter(state: ManagerState): void {
    this.#state = state;
    this.#events.heard?.emit([], { type: "state", state });
  }

  #add(
    action: "add task" | "add execute task",
    states: readonly ManagerState[],
    name: string,
    task: Task | ExecuteTask | ExecuteFunction,
    options: AddTaskOptions,
  ): TaskRun {
    checkAddition(action, name, task, options);
    const limits = setsLimits(options)
      ? limitsOf(`${action} "${name}"`, options, this.#limits)
      : this.#limits;
    this.#check(action, states, name);
    const { type = "strict" } = options;
    const executesOnly = action === "add execute task";
    const run = new TaskRun(name, task, type, limits, executesOnly, this.#host);
    this.#runs.add(run);
    return run;
  }

  #check(
    action: string,
    states: readonly ManagerState[],
    taskName?: string,
  ): void {
    const state = this.#state;
    if (states.includes(state)) return;
    const what = taskName ? `${action} "${taskName}"` : action;
    const expected = `the manager must be "${states.join('" or "')}"`;
    throw new InvalidStateError(
      `Cannot ${what} as ${expected}: current state is "${state}"`,
      { state, taskName },
    );
  }

  // ── How it stops ──

  /** Begins a stop and tells everyone, unless one has begun. */
  #stop(start: StopStart): void {
    if (!this.#beginStop(start)) return;
    abortAll(this.#stopping!.tell(), this.#stopping!.reason);
  }

  /** Begins a stop: the state changes before anybody is told. */
  #beginStop(start: StopStart): boolean {
    const { by, reason, taskName = null, drains, isHeld = false } = start;
    const message = messageOf(reason); // Whose getters may stop it, too.
    const executes = this.#hasStarted;
    const mayDrain = drains && executes;
    if (
      this.#stopping || this.#state === "idle" || this.#state === "finished"
    ) {
      return false;
    }
    const { shutdownTimeout = Infinity } = this.#limits;
    this.#stopping = new Stopping(this.#runs, {
      reason,
      drains: mayDrain,
      hasDrains: mayDrain && (isHeld || this.#hasDrains),
      drainTime: shutdownTimeout / 2,
      isHeld: isHeld && executes,
      onAbort: () => this.#aborting(),
    });
    this.#state = this.#stopping.isDraining ? "draining" : "stopping";
    this.#report.stop({ by, taskName, reason: message });
    this.#limitShutdown();
    if (!executes) { for (const run of this.#runs) run.neverStart(); }
    this.#events.heard?.emit(
      [],
      { type: "told", by, taskName, reason },
      { type: "state", state: this.#state },
    );
    return true;
  }

  #aborting(): void {
    if (this.#state === "draining") this.#enter("stopping");
    this.#aborted.resolve();
  }

  #limitShutdown(): void {
    const endLimit = startLimit(
      this.#limits,
      "shutdownTimeout",
      (timeout) => this.#giveUp(timeout),
    );
    if (endLimit) this.#releases.push(endLimit);
  }

  /** Whether a task of this manager, or of one within, has a drain. */
  get #hasDrains(): boolean {
    return [this.#asWithin, ...this.#within.all()]
      .some((manager) => manager.hasDrains);
  }

  #checkStopGroup(): void {
    if (this.#stopGroup !== 0) return;
    this.#stop({ by: "stop-group", reason: GROUP_ENDED, drains: true });
  }

  /** A stage has ended: what that means for the others. */
  #stageEnded(run: TaskRun, error: TaskError | undefined): void {
    if (error) {
      this.#errors.push(error);
      const { name: taskName } = run;
      if (!run.isCancelled) {
        this.#stop({ by: "task", reason: error, taskName, drains: true });
      }
    }
    this.#checkStopGroup();
  }

  /** It was idle, and is over. */
  #neverRun(): void {
    for (const run of this.#runs) run.neverStart();
    this.#finish();
  }

  // ── What is left behind ──

  /** The time for the whole stop is over: everything ends in this turn. */
  #giveUp(timeout: DOMException): void {
    for (const each of this.#within.all().reverse()) each.giveUp(timeout);
    this.#giveUpAlone(timeout);
  }

  /** The same, when the managers within have given up. */
  #giveUpAlone(timeout: DOMException): void {
    if (this.#state === "finished") return;
    this.#beginStop({ by: "signal", reason: timeout, drains: false });
    const notBegun = timeoutError(`Not begun: ${timeout.message}`);
    const toCleanUp = this.#initialized.filter((run) => !run.isCleanedUp);
    for (const run of this.#runs) run.leaveBehind("abandoned", timeout);
    for (const run of toCleanUp.reverse()) {
      const errors = this.#within.giveUp(run, notBegun);
      const isNamed = errors.length > 0 || run.has("cleanup") && !run.isManager;
      if (!isNamed) continue;
      this.#errors.push(
        run.leftBehind("cleanup", "abandoned", notBegun, errors),
      );
    }
    this.#finish();
  }

  /** A manager that its task did not wait for ends with the run. */
  #leaveOrphans(): void {
    const timeout = timeoutError("The task that ran it has ended");
    for (const [run, errors] of this.#within.giveUpAll(timeout)) {
      this.#errors.push(
        run.leftBehind("execute", "abandoned", timeout, errors),
      );
    }
  }

  #takeErrors(): TaskError[] {
    return this.#errors.splice(0);
  }

  #throwErrors(): void {
    const errors = this.#takeErrors();
    if (errors.length > 0) throw toAggregateError(errors);
  }

  // ── As a part of another manager ──

  /** Is a part of the manager whose task's context it is run with. */
  #join(options: RunOptions): void {
    if (!(options instanceof TaskContext)) return;
    this.#leave = partsOf(options).owner.adopt?.(this.#asWithin);
  }

  /** Stops with the context or the signal that it is run with. */
  #follow(options: RunOptions): void {
    if (options instanceof TaskContext) {
      const { stop } = partsOf(options);
      this.#releases.push(stop.follow(this.#contextFollower));
    } else if (options.signal) {
      this.#releases.push(followSignal(options.signal, this.#signalFollower));
    }
  }

  /** Is told with a task, drains with it, and aborts with it. */
  readonly #contextFollower: Follower = {
    tell: (reason, drains) => {
      const start = { by: "signal", reason, drains, isHeld: true } as const;
      return this.#beginStop(start) ? this.#runs : [];
    },
    allTold: () => {
      const stopping = this.#stopping;
      if (stopping) abortAll(stopping.allTold(), stopping.reason);
    },
    abort: (reason) => this.#abortWith(reason),
  };

  /** Stops of its own accord when a signal aborts. */
  readonly #signalFollower: Follower = {
    tell: () => [],
    abort: (reason) => {
      const start = { by: "signal", reason, drains: true } as const;
      return this.#beginStop(start) ? this.#stopping!.tell() : [];
    },
  };

  /** Has to stop now; returns whose signals abort. */
  #abortWith(reason: unknown): Iterable<Follower> {
    this.#beginStop({ by: "signal", reason, drains: false });
    const stopping = this.#stopping;
    if (!stopping) return [];
    for (const run of this.#runs) run.tell(stopping.reason);
    return stopping.beginAbort();
  }

  /** Stops whom a wrapper has not told, and leaves behind whom it has left. */
  async #stopAndCleanUp(): Promise<void> {
    const wasAborted = this.#stopping?.isAborted;
    void this.stop(STOPPED, { drain: false });
    if (!wasAborted) await this.#executeAll();
    const timeout = timeoutError("What ran its manager has left it behind");
    for (const run of this.#runs) run.leaveBehind("abandoned", timeout);
    await this.#cleanUpAll();
  }

  /** What a manager above asks of this one. */
  #makeWithin(): ManagerWithin {
    const hasDrains = () =>
      this.#stopping?.isDraining ??
        this.#runs.some((run) => run.hasDrain && !run.isManager);
    return {
      events: this.#events,
      within: this.#within,
      get hasDrains() {
        return hasDrains();
      },
      giveUp: (timeout) => this.#giveUpAlone(timeout),
      takeErrors: () => this.#takeErrors(),
    };
  }

  /** What a task asks of this manager. */
  #makeHost(around: Around | undefined): RunHost {
    const isFinished = () => this.#state === "finished";
    return {
      events: this.#events,
      around,
      get isFinished() {
        return isFinished();
      },
      clock: this.#report,
      within: this.#within,
      isManager: (task) =>
        task instanceof TaskManager || task instanceof ManagerTask,
      cancel: (run, reason, drain) => {
        cancelAlone(run, reason, drain, this.#events);
        this.#checkStopGroup();
      },
      settled: (run) => {
        this.#runs.settled(run);
        if (run.type === "stop-group") this.#stopGroup!--;
      },
      stageEnded: (run, error) => this.#stageEnded(run, error),
    };
  }
}
