import { abortError, timeoutError } from "./abort_errors.ts";
import {
  checkFunction,
  checkOptions,
  checkRunOptions,
  checkStopOptions,
  checkSubscribeOptions,
} from "./arguments.ts";
import type { EventListener, SubscribeOptions } from "./events.ts";
import { InvalidStateError } from "./invalid_state_error.ts";
import { limitsOf, managerLimitsOf, setsLimits } from "./limits.ts";
import { ManagerRun } from "./manager_run.ts";
import { ManagerTask } from "./manager_task.ts";
import type {
  AddExecuteTaskOptions,
  AddTaskOptions,
  AroundCall,
  AsyncTaskManager,
  RunOptions,
  TaskManagerOptions,
} from "./manager_types.ts";
import { nothing } from "./promises.ts";
import type { Report } from "./report_types.ts";
import { showAs } from "./shown.ts";
import type { ManagerState } from "./states.ts";
import type { ExecuteFunction, ExecuteTask, Task } from "./task.ts";
import { checkAddition } from "./task_arguments.ts";
import { ownContextOf, ownerOf, TaskContext } from "./task_context.ts";
import type { TaskError } from "./task_error.ts";
import type { ManagerStopOptions, TaskHandle } from "./task_handle.ts";
import { TaskRun } from "./task_run.ts";
import { LONGEST_TIMEOUT } from "./timers.ts";

// As they are now, so that a fake clock installed later never sees the timer
// that keeps the process alive.
const { setInterval, clearInterval } = globalThis;

// Made here, as an error keeps hold of the task in whose turn it was made.
const STOPPED = abortError("The manager was stopped");

/** The states in which execute tasks can be added. */
const STATES_TO_ADD_IN: readonly ManagerState[] = [
  "idle",
  "initializing",
  "executing",
  "draining",
];

/** How many tasks a manager shows of itself. */
const MAX_SHOWN = 20;

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

  #wasRun = false;
  readonly #run: ManagerRun;

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
    const { around } = options;
    if (around !== undefined) checkFunction(action, around, "around");
    const aroundCall: AroundCall | undefined = around &&
      ((call, stage) => around(call, { ...stage, manager: this }));
    const limits = managerLimitsOf(action, options);
    const isManager = (task: unknown) =>
      task instanceof TaskManager || task instanceof ManagerTask;
    this.#run = new ManagerRun(limits, aroundCall, isManager);
    around?.watch?.(this);
  }

  // ── One run, from the first initialize to the last cleanup ──

  async #live(options: RunOptions): Promise<void> {
    this.#begin(options);
    const keepAlive = setInterval(nothing, LONGEST_TIMEOUT);
    await this.#unlessOver(this.#stages());
    clearInterval(keepAlive);
    this.#run.leave?.();
  }

  async #stages(): Promise<void> {
    await this.#initializeAll();
    this.#executeAll();
    await this.#untilAllEnded();
    await this.#cleanUpAll();
  }

  /** Begins the run, unless the manager was stopped before. */
  #begin(options: RunOptions): void {
    if (!(options instanceof TaskContext)) checkRunOptions(options);
    if (this.#wasRun) this.#check("run a manager twice", ["idle"]);
    this.#wasRun = true;
    if (this.#run.state === "finished") return;
    this.#run.report.start();
    this.#run.join(options); // Before the first event, for listeners above.
    this.#run.enter("initializing");
    this.#run.follow(options);
    this.#run.checkStopGroup();
  }

  /** One after another, in the order added, until one fails or all are stopped. */
  async #initializeAll(): Promise<void> {
    await null; // So that who runs it can stop it before anything is called.
    this.#run.report.beginTurn();
    for (const task of this.#run.runs.tasks) {
      if (!task.isWaiting) continue; // It was cancelled, or all were stopped.
      this.#run.toCleanUp.push(task);
      await task.initialize(this.#run.report.turn);
    }
  }

  /** All in one turn, tasks before execute tasks. */
  #executeAll(): void {
    if (this.#run.state === "initializing") this.#run.enter("executing");
    if (this.#run.state === "executing" && !this.#run.hasStarted) {
      this.#run.hasStarted = true;
      const turn = this.#run.report.beginTurn();
      for (const task of this.#run.runs.tasks) this.#start(task, turn);
      for (const task of this.#run.runs) this.#start(task, turn); // The others.
    }
  }

  /** Waits to be told and for the drains, which `Stopping` has, then for everyone. */
  async #untilAllEnded(): Promise<void> {
    await this.#run.aborted.promise;
    const living = this.#run.runs.filter((task) => task.isActive);
    await Promise.allSettled(living.map((task) => task.whenInactive()));
  }

  /** One after another, in reverse, whatever the others do. */
  async #cleanUpAll(): Promise<void> {
    if (this.#run.state === "stopping") this.#run.enter("cleaning-up");
    this.#run.report.beginTurn();
    for (const task of this.#run.toCleanUp.toReversed()) {
      if (this.#run.state === "finished") return; // Its time was over.
      await task.cleanUp(this.#run.report.turn);
    }
    this.#run.finish();
  }

  #start(task: TaskRun, turn?: number): void {
    if (!task.isWaiting) return;
    task.execute(turn);
    this.#run.stopping?.drain(task);
  }

  /** A run is over before its stages are if its time is. */
  async #unlessOver(stages: Promise<void>): Promise<void> {
    await Promise.race([stages, this.#run.over.promise]);
  }

  /** Stops whom a wrapper has not told, and leaves behind whom it has left. */
  async #stopAndCleanUp(): Promise<void> {
    await null; // Not within the call of the cleanup above.
    const wasAborted = this.#run.stopping?.isAborted;
    void this.stop(STOPPED, { drain: false });
    if (!wasAborted) await this.#untilAllEnded();
    const timeout = timeoutError("What ran its manager has left it behind");
    for (const task of this.#run.runs) task.leaveBehind("abandoned", timeout);
    await this.#cleanUpAll();
  }

  // ── What a user reads and calls ──

  /** Where the manager is in its life. */
  get state(): ManagerState {
    return this.#run.state;
  }

  /** The tasks that have not ended, in the order added. */
  get tasks(): TaskHandle[] {
    return this.#run.runs.filter((run) => !run.hasEnded)
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
    if (run.type === "stop-group") {
      this.#run.stopGroup = (this.#run.stopGroup ?? 0) + 1;
    }
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
    const run = this.#add(
      "add execute task",
      STATES_TO_ADD_IN,
      name,
      task,
      options,
    );
    if (this.#run.stopping) run.tell(this.#run.stopping.reason);
    if (this.#run.hasStarted) this.#start(run);
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
    this.#run.throwErrors();
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
    return this.#run.takeErrors();
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
   * @param options Whether drains get their time, and what stops it.
   * @returns A promise that resolves when the run is over, and never rejects.
   * @throws {TypeError} If the options are no object, or `by` is neither
   * `"stop"` nor `"stray"`.
   */
  stop(
    reason: unknown = STOPPED,
    options: ManagerStopOptions = {},
  ): Promise<void> {
    checkStopOptions(options);
    const { drain = true, by = "stop" } = options;
    const { stopping } = this.#run;
    if (this.#run.state === "idle") this.#run.neverRun();
    else if (!stopping || by === "stray") {
      this.#run.stop({ by, reason, drains: drain });
    }
    if (!drain) stopping?.abort();
    return this.#run.over.promise;
  }

  /**
   * Runs the manager as a task of another: `run` with the task's context.
   *
   * @param context The context of the task, whose signal stops the manager.
   * @returns What `run` returns.
   * @throws {AggregateError} If tasks failed, as with `run`.
   * @throws {InvalidStateError} If the manager was run before.
   * @throws {TypeError} If the context is none that `run` takes.
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
    const { stop } = ownerOf(ownContextOf(context));
    return this.#run.drain(stop, stop.isTold ? stop.reason : STOPPED);
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
   * is initialized later fails with an `InvalidStateError`. It stops with the
   * context of any of its stages, where a wrapper hands on different ones.
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
    let cleanupHasBegun = false;
    return new ManagerTask({
      initialize: async (context) => {
        this.#begin(context);
        isClaimed = true;
        await this.#unlessOver(this.#initializeAll());
        this.#run.throwErrors();
      },
      execute: async (context) => {
        if (!isClaimed) return await this.run(context);
        await null; // Not within the loop that starts the tasks above.
        // A wrapper may hand on another than that of initialize.
        if (context instanceof TaskContext) this.#run.follow(context);
        this.#executeAll();
        await this.#unlessOver(this.#untilAllEnded());
        // Whoever cleans up already has not waited: the cleanup throws them.
        if (!cleanupHasBegun) this.#run.throwErrors();
      },
      drain: (context) => this.drain(context),
      cleanup: async () => {
        if (!isClaimed) return;
        cleanupHasBegun = true;
        await this.#unlessOver(this.#stopAndCleanUp());
        this.#run.leave?.();
        this.#run.throwErrors();
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
    return structuredClone(this.#run.read());
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
   * @param options How it listens.
   * @returns What ends the subscription.
   * @throws {TypeError} If the listener is no function, the options are no
   * object, or `tally` lacks one of its numbers.
   */
  subscribe(
    listener: EventListener,
    options: SubscribeOptions = {},
  ): () => void {
    const action = "subscribe to a TaskManager";
    checkFunction(action, listener, "listener");
    checkSubscribeOptions(action, options);
    return this.#run.events.subscribe(listener, options);
  }

  /**
   * What the manager shows of itself.
   *
   * @returns Its state, and each task that has not ended, with its state.
   */
  toJSON(): { state: ManagerState; tasks: string[] } {
    const tasks = this.tasks.map(({ name, state }) => `${name} ${state}`);
    const more = tasks.splice(MAX_SHOWN).length;
    if (more > 0) tasks.push(`… and ${more} more`);
    return { state: this.#run.state, tasks };
  }

  // ── Adding, and its checks ──

  #add(
    action: "add task" | "add execute task",
    states: readonly ManagerState[],
    name: string,
    task: Task | ExecuteTask | ExecuteFunction,
    options: AddTaskOptions,
  ): TaskRun {
    checkAddition(action, name, task, options);
    const limits = setsLimits(options)
      ? limitsOf(`${action} "${name}"`, options, this.#run.limits)
      : this.#run.limits;
    this.#check(action, states, name);
    const { type = "strict" } = options;
    const isExecuteTask = action === "add execute task";
    const run = new TaskRun(
      name,
      task,
      type,
      limits,
      isExecuteTask,
      this.#run.host,
    );
    this.#run.runs.add(run);
    return run;
  }

  #check(
    action: string,
    states: readonly ManagerState[],
    taskName?: string,
  ): void {
    const state = this.#run.state;
    if (states.includes(state)) return;
    const what = taskName ? `${action} "${taskName}"` : action;
    const expected = `the manager must be "${states.join('" or "')}"`;
    throw new InvalidStateError(
      `Cannot ${what} as ${expected}: current state is "${state}"`,
      { state, taskName },
    );
  }
}
