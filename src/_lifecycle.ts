import { abortError, timeoutError } from "./_abort_error.ts";
import {
  checkFirstRun,
  checkTakes,
  executeTaskEntry,
  taskEntry,
  type TermsByType,
  termsByType,
} from "./_admission.ts";
import { callStage } from "./_call_stage.ts";
import { checkOptions, sourceOf } from "./_check.ts";
import { deferred } from "./_deferred.ts";
import { type Entry, type Owner, TaskEntry } from "./_entry.ts";
import { History } from "./_history.ts";
import { leaveBehind, type NestedRun } from "./_leave_behind.ts";
import { type Limits, limitsOf } from "./_limits.ts";
import { isFailure } from "./_outcome.ts";
import type { Stop, Stoppable } from "./_stoppable.ts";
import { Stopping } from "./_stopping.ts";
import { asTree } from "./_tree.ts";
import { LONGEST_TIMEOUT, startTimer } from "./_time.ts";
import { stoppableOf, TaskContext } from "./context.ts";
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
const { then } = Promise.prototype;

/** Tasks are kept until the end of the run, execute tasks until their own. */
function isKept(entry: Entry): boolean {
  return entry instanceof TaskEntry || !entry.outcome;
}

/** What tells a manager to stop. */
type Source = TaskContext | AbortSignal | undefined;

const ADDS_TASKS: readonly ManagerState[] = ["idle"];
const ADDS_EXECUTE_TASKS: readonly ManagerState[] = [
  "idle",
  "initializing",
  "executing",
];

/** The one run of a manager: what is in it, where it is, and what comes next. */
export class Lifecycle implements NestedRun, Owner {
  state: ManagerState = "idle";
  #wasRun = false;
  readonly #limits: Limits;
  readonly #terms: TermsByType;
  /** In the order added; execute tasks that have ended go now and then. */
  #entries: Entry[] = [];
  /** How many of them are execute tasks that have ended. */
  #ended = 0;
  readonly #history = new History();
  /** What nobody was given yet: it would keep hold of the tasks. */
  readonly #errors: TaskError[] = [];
  readonly #over = deferred();

  /** What was or is being initialized and is not cleaned up. */
  readonly #initialized: TaskEntry[] = [];
  /** How many tasks execute. */
  #executing = 0;
  /** How many tasks of the stop-group have not ended; NaN if there were none. */
  #stopGroup = NaN;
  /** The stop of execute tasks that have ended. */
  readonly #ending: Stop = {
    reason: abortError("The task has ended"),
    isAborted: true,
  };

  /** Goes on with the run, when what it waits for is over. */
  #goOn: () => void = () => {};
  #stopping: Stopping | undefined;
  #endBudget: () => void = () => {};
  #unfollow: () => void = () => {};
  #untie: () => void = () => {};

  constructor(options: TaskManagerOptions) {
    const action = "create a TaskManager";
    checkOptions(action, options, "{ shutdownTimeout: 10_000 }");
    this.#limits = limitsOf(action, options);
    this.#terms = termsByType(this.#limits, this);
  }

  get tasks(): TaskHandle[] {
    return this.#entries.filter(({ outcome }) => !outcome);
  }

  addTask(name: string, task: Task, options: AddTaskOptions): TaskHandle {
    const entry = taskEntry(this.#terms, name, task, options);
    this.#admit(entry, ADDS_TASKS);
    if (entry.terms.type === "stop-group") {
      this.#stopGroup = (this.#stopGroup || 0) + 1;
    }
    return entry;
  }

  addExecuteTask(
    name: string,
    task: ExecuteTask | ExecuteFunction,
    options: AddExecuteTaskOptions,
  ): TaskHandle {
    const entry = executeTaskEntry(this.#terms, name, task, options);
    if (this.state !== "executing") {
      checkTakes(entry, ADDS_EXECUTE_TASKS, this.state);
    }
    this.#entries.push(entry);
    if (this.state === "executing") this.#execute(entry);
    return entry;
  }

  async run(options: RunOptions): Promise<void> {
    const errors = await this.runSettled(options);
    if (errors.length > 0) throw toAggregateError(errors);
  }

  async runSettled(options: RunOptions): Promise<TaskError[]> {
    const source = sourceOf(options);
    this.#claim();
    if (this.state === "idle") await this.#live(source);
    return this.takeErrors();
  }

  async stop(reason: unknown): Promise<void> {
    if (this.state === "idle") this.#finish();
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
        if (this.state === "idle") this.#begin(context);
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
        this.#nest(context);
        await null;
        await this.#cleanUpAll();
        this.#passOn();
      },
    });
  }

  report(): Report {
    return this.#history.report(this.state, this.#entries);
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
    this.state = "initializing";
    this.#history.runs();
    if (source instanceof TaskContext) this.#untie = this.#nest(source);
    else if (source) this.#follow(source);
    if (this.#stopGroup === 0) this.#stopGroupEnds();
  }

  /** Lives and dies with a task, or with the signal of a context of one's own. */
  #nest(context: TaskContext): () => void {
    const stoppable = stoppableOf(context);
    if (!stoppable) {
      this.#follow(context.signal);
      return () => {};
    }
    const nested = stoppable.withExtras().nested ??= new Set();
    nested.add(this);
    if (stoppable.stop) this.told(stoppable.stop);
    return () => nested.delete(this);
  }

  #follow(signal: AbortSignal): void {
    const onAbort = () => this.#tell("signal", signal.reason);
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort);
    this.#unfollow = () => signal.removeEventListener("abort", onAbort);
  }

  async #initializeAll(): Promise<void> {
    this.#history.goesOn();
    for (const entry of this.#entries) {
      if (this.state !== "initializing") return;
      if (!(entry instanceof TaskEntry) || entry.outcome) continue;
      this.#initialized.push(entry);
      await this.#callInTurn("initialize", entry);
    }
  }

  #executeAll(): void {
    if (this.state !== "initializing") return;
    this.state = "executing";
    this.#history.goesOn();
    const entries = this.#entries;
    for (const entry of entries) {
      if (entry instanceof TaskEntry) this.#execute(entry);
    }
    for (const entry of entries) {
      if (!(entry instanceof TaskEntry)) this.#execute(entry);
    }
  }

  #execute(entry: Entry): void {
    if (entry.outcome || entry.stage) return;
    this.#executing++;
    const promise = this.#call("execute", entry);
    if (!promise && entry.terms.type === "error") entry.executed();
    // Bound functions take far less memory than closures.
    else {
      then.call(
        promise ?? Promise.resolve(),
        entry.executed.bind(entry),
        entry.executeThrew.bind(entry),
      );
    }
  }

  /** From the stop on nothing is added, so this waits for everyone. */
  async #allEnd(): Promise<void> {
    if (this.state === "executing" || this.#executing > 0) await this.#pause();
  }

  async #cleanUpAll(): Promise<void> {
    if (this.state === "stopping") this.state = "cleaning-up";
    this.#history.goesOn();
    let entry;
    while ((entry = this.#initialized.pop())) {
      await this.#callInTurn("cleanup", entry);
    }
    this.#finish();
  }

  #callInTurn(stage: Stage, entry: TaskEntry): Promise<void> {
    const isOver = this.#pause();
    then.call(
      this.#call(stage, entry) ?? Promise.resolve(),
      () => this.leave(stage, entry, "clean"),
      (thrown) => this.leave(stage, entry, entry.outcomeOf(thrown), thrown),
    );
    return isOver;
  }

  /** Waits until what the run has come to is over. */
  #pause(): Promise<void> {
    return new Promise((resolve) => this.#goOn = resolve);
  }

  /** Calls a stage of a task, and returns a promise unless it is over. */
  #call(stage: Stage, entry: Entry): Promise<unknown> | undefined {
    entry.stage = stage;
    this.#history.enters(stage, entry);
    if (stage !== "execute" || entry.stop?.isAborted) entry.limit(stage);
    return callStage(stage, entry.task, entry.contextFor(stage));
  }

  leaveBehind(entry: Entry, outcome: TaskOutcome, timeout: DOMException): void {
    const { stage } = entry;
    if (!stage) return;
    this.leave(stage, entry, outcome, leaveBehind(entry.current, timeout));
  }

  /** A stage is over, unless it was left behind before. */
  leave(
    stage: Stage,
    entry: Entry,
    outcome: TaskOutcome,
    cause?: unknown,
  ): void {
    if (entry.stage !== stage) return;
    entry.stage = undefined;
    entry.watch();
    this.#history.leaves(entry, outcome);
    if (stage === "execute") this.#executing--;
    if (stage !== "initialize" || outcome !== "clean") {
      this.#end(stage, entry, outcome, cause);
    } else if (entry.stop) this.#end(stage, entry, "never-started");
    if (
      stage !== "execute" || this.#executing === 0 && this.state === "stopping"
    ) this.#goOn();
  }

  /** The one place that decides what an ended task means for the others. */
  #end(
    stage: Stage,
    entry: Entry,
    outcome: TaskOutcome,
    cause?: unknown,
  ): void {
    const isFirst = !entry.outcome;
    if (isFirst) this.#settle(entry, outcome);
    if (isFailure(outcome)) this.#fail(stage, entry, outcome, cause);
    if (
      isFirst && entry.terms.type === "stop-group" && --this.#stopGroup === 0
    ) {
      this.#stopGroupEnds();
    }
  }

  #stopGroupEnds(): void {
    this.#stop("stop-group", abortError("The stop-group has ended"));
  }

  #settle(entry: Entry, outcome: TaskOutcome): void {
    entry.settle(outcome);
    if (entry instanceof TaskEntry) return;
    this.#history.forgets(entry, outcome);
    entry.abort(this.#ending);
    this.#forget(entry);
  }

  /** Drops an execute task that has ended: the last at once, others together. */
  #forget(entry: Entry): void {
    if (this.#entries.at(-1) === entry) this.#entries.pop();
    else if (++this.#ended * 2 > this.#entries.length) {
      this.#entries = this.#entries.filter(isKept);
      this.#ended = 0;
    }
  }

  #fail(
    stage: Stage,
    entry: Entry,
    outcome: TaskOutcome,
    cause: unknown,
  ): void {
    const error = toTaskError(stage, entry, outcome, cause);
    this.#errors.push(error);
    if (!entry.stop?.isCancel) this.#stop("task", error, entry.name);
  }

  // What follows is how it stops.

  drains(): boolean {
    return this.#entries.some((entry) => entry.wantsToDrain());
  }

  told({ reason, isAborted }: Stop): void {
    if (isAborted || this.drains()) this.#stop("signal", reason);
    if (isAborted) this.#endDrains();
  }

  /** Stops, or goes on with a stop: whoever still drains has to end. */
  #tell(by: StopReport["by"], reason: unknown): void {
    if (this.#stopping) this.#endDrains();
    else this.#stop(by, reason);
  }

  #endDrains(): void {
    this.#stopping?.abort();
    for (const { stop } of this.#entries) stop?.abort?.();
  }

  #stop(by: StopReport["by"], reason: unknown, taskName?: string): void {
    const executes = this.state === "executing";
    if (!executes && this.state !== "initializing") return;
    this.state = "stopping";
    this.#history.stops(by, reason, taskName);
    const { shutdownTimeout } = this.#limits;
    this.#endBudget = startTimer(shutdownTimeout, () => {
      const took = `The shutdown took longer than ${shutdownTimeout} ms`;
      this.giveUp(timeoutError(took));
    });
    if (!executes) this.#neverStart();
    const entries = this.#entries.filter(({ stop }) => !stop);
    this.#stopping = new Stopping(entries, reason);
    this.#stopping.begin();
    if (executes && this.#executing === 0) this.#goOn();
  }

  /** Settles those who wait to be called. */
  #neverStart(): void {
    for (const entry of this.#entries) {
      if (!entry.stage && !entry.outcome) this.#settle(entry, "never-started");
    }
  }

  cancel(entry: Entry, reason: unknown): void {
    if (this.#stopping || entry.outcome || entry.stop) return;
    const stopping = new Stopping([entry], reason, true);
    if (!entry.stage) this.#end("execute", entry, "never-started");
    stopping.begin();
  }

  stoppables(): Stoppable[] {
    return this.#entries.map(({ current }) => current);
  }

  giveUp(timeout: DOMException): void {
    this.#tell("signal", timeout);
    this.#endDrains();
    for (const entry of this.#entries) {
      this.leaveBehind(entry, "abandoned", timeout);
    }
    const notBegun = timeoutError(`Not begun: ${timeout.message}`);
    for (const entry of this.#initialized.splice(0).reverse()) {
      const cause = leaveBehind(entry, notBegun);
      if (cause === notBegun && !entry.hasCleanup) continue;
      this.#fail("cleanup", entry, "abandoned", cause);
    }
    this.#finish();
  }

  #finish(): void {
    if (this.state === "finished") return;
    this.#neverStart();
    this.state = "finished";
    this.#history.ends(this.#entries);
    this.#endBudget();
    this.#unfollow();
    this.#entries = [];
    this.#stopping = undefined;
    this.#over.resolve();
  }

  takeErrors(): TaskError[] {
    return this.#errors.splice(0);
  }

  #passOn(): void {
    const errors = this.takeErrors();
    if (errors.length > 0) throw toAggregateError(errors);
  }

  #claim(): void {
    checkFirstRun(this.#wasRun, this.state);
    this.#wasRun = true;
  }

  #admit(entry: Entry, states: readonly ManagerState[]): void {
    checkTakes(entry, states, this.state);
    this.#entries.push(entry);
  }
}
