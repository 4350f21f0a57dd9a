import { abortError, timeoutError } from "./_abort_error.ts";
import { checkFirstRun, checkTakes } from "./_admission.ts";
import { callStage } from "./_call_stage.ts";
import { checkOptions, sourceOf } from "./_check.ts";
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
import { asTree } from "./_tree.ts";
import { LONGEST_TIMEOUT, startTimer } from "./_time.ts";
import {
  abort,
  nest,
  type NestedRun,
  type Stop,
  TaskContext,
  wasTold,
} from "./context.ts";
import { type TaskError, toAggregateError, toTaskError } from "./errors.ts";
import type {
  AddExecuteTaskOptions,
  AddTaskOptions,
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

/** What tells a manager to stop. */
type Source = TaskContext | AbortSignal | undefined;

const ADDS_TASKS: readonly ManagerState[] = ["idle"];
const ADDS_EXECUTE_TASKS: readonly ManagerState[] = [
  "idle",
  "initializing",
  "executing",
];

/** The one run of a manager: what is in it, where it is, and what comes next. */
export class Lifecycle {
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

  constructor(options: TaskManagerOptions) {
    const action = "create a TaskManager";
    checkOptions(action, options, "{ shutdownTimeout: 10_000 }");
    this.#owner = {
      limits: limitsOf(action, options),
      cancel: (entry, reason) => this.#cancel(entry, reason),
    };
  }

  get state(): ManagerState {
    return this.#state;
  }

  get tasks(): TaskHandle[] {
    return this.#where(({ outcome }) => !outcome);
  }

  addTask(name: string, task: Task, options: AddTaskOptions): TaskHandle {
    const entry = taskEntry(this.#owner, name, task, options);
    this.#admit(entry, ADDS_TASKS);
    if (entry.type === "stop-group") {
      this.#stopGroup = (this.#stopGroup || 0) + 1;
    }
    return entry;
  }

  addExecuteTask(
    name: string,
    task: ExecuteTask | ExecuteFunction,
    options: AddExecuteTaskOptions,
  ): TaskHandle {
    const entry = executeTaskEntry(this.#owner, name, task, options);
    this.#admit(entry, ADDS_EXECUTE_TASKS);
    if (this.#state === "executing") this.#execute(entry);
    return entry;
  }

  async run(options: RunOptions): Promise<void> {
    const errors = await this.runSettled(options);
    if (errors.length > 0) throw toAggregateError(errors);
  }

  async runSettled(options: RunOptions): Promise<TaskError[]> {
    const source = sourceOf(options);
    this.#claim();
    if (this.#state === "idle") await this.#live(source);
    return this.#errors.splice(0);
  }

  async stop(reason: unknown): Promise<void> {
    if (this.#state === "idle") this.#finish();
    else this.#tell("stop", reason);
    await this.#over.promise;
  }

  /** Waits before the serial stages, so that the stack stays flat in a tree. */
  asTask(): Task {
    let isClaimed = false;
    return asTree({
      initialize: async (context) => {
        this.#claim();
        isClaimed = true;
        if (this.#state === "idle") this.#begin(context);
        await null;
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
        await null;
        await this.#cleanUpAll();
        this.#passOn();
      },
    });
  }

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
    for (const entry of this.#tasks()) {
      if (this.#state !== "initializing") return;
      if (entry.outcome) continue;
      entry.state = "initializing";
      this.#initialized.push(entry);
      await this.#call("initialize", entry, entry.context);
    }
  }

  #executeAll(): void {
    if (this.#state !== "initializing") return;
    this.#state = "executing";
    const tasks = this.#tasks();
    const queued = this.#where(({ stages }) => !stages);
    for (const entry of [...tasks, ...queued]) this.#execute(entry);
  }

  #execute(entry: Entry): void {
    if (entry.outcome) return;
    entry.state = "executing";
    void this.#call("execute", entry, entry.context);
  }

  /** From the stop on nothing is added, so this waits for everyone. */
  async #allEnd(): Promise<void> {
    await this.#stopBegins.promise;
    const executing = this.#where(({ state }) => state === "executing");
    await Promise.allSettled(executing.map(({ finished }) => finished));
  }

  async #cleanUpAll(): Promise<void> {
    if (this.#state === "stopping") this.#state = "cleaning-up";
    let entry;
    while ((entry = this.#initialized.pop())) {
      const context = new TaskContext({ name: entry.name });
      await this.#call("cleanup", entry, context);
    }
    this.#finish();
  }

  /** Calls a stage of a task, and waits until it is over or left behind. */
  #call(stage: Stage, entry: Entry, context: TaskContext): Promise<void> {
    this.#history.enters(stage, entry);
    return new Promise((resolve) => {
      callStage(stage, entry, context, (outcome, cause) => {
        this.#ended(stage, entry, outcome, cause);
        resolve();
      });
    });
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
    if (entry.stages) return;
    this.#history.forgets(entry, outcome);
    this.#entries.delete(entry);
    abort(entry.context, this.#ending);
  }

  #fail(
    stage: Stage,
    entry: Entry,
    outcome: TaskOutcome,
    cause: unknown,
  ): void {
    const error = toTaskError(stage, entry, outcome, cause);
    this.#errors.push(error);
    if (!entry.cancelling) this.#stop("task", error, entry.name);
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
    const entries = this.#where(({ isTold }) => !isTold);
    this.#stopping = new Stopping(entries, { reason });
    this.#stopping.begin();
  }

  /** Settles those who wait to be called. */
  #neverStart(): void {
    for (const entry of this.#where(({ isWaiting }) => isWaiting)) {
      this.#settle(entry, "never-started");
    }
  }

  #cancel(entry: Entry, reason: unknown): void {
    if (this.#stopping || entry.outcome || wasTold(entry.context)) return;
    entry.cancelling = new Stopping([entry], { reason });
    if (entry.isWaiting) this.#ended("execute", entry, "never-started");
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
      if (cause === notBegun && !entry.hasCleanup) continue;
      this.#fail("cleanup", entry, "abandoned", cause);
    }
    this.#finish();
  }

  #where(matches: (entry: Entry) => boolean): Entry[] {
    return [...this.#entries].filter(matches);
  }

  #tasks(): Entry<Task>[] {
    return this.#where(({ stages }) => !!stages) as Entry<Task>[];
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
    checkFirstRun(this.#wasRun, this.#state);
    this.#wasRun = true;
  }

  #admit(entry: Entry, states: readonly ManagerState[]): void {
    checkTakes(entry.name, states, this.#state);
    this.#entries.add(entry);
  }
}
