import { abortError, timeoutError } from "./_abort_error.ts";
import {
  executeTaskEntry,
  invalidState,
  taskEntry,
  type TermsByType,
  termsByType,
} from "./_admission.ts";
import { callStage } from "./_call_stage.ts";
import { checkOptions, sourceOf } from "./_check.ts";
import { deferred } from "./_deferred.ts";
import { CleanupEntry, Entry, type Owner, type Stop } from "./_entry.ts";
import { History, isListed } from "./_history.ts";
import { leaveBehind, type NestedRun } from "./_leave_behind.ts";
import { limitsOf } from "./_limits.ts";
import { isFailure } from "./_outcome.ts";
import { Stopping } from "./_stopping.ts";
import { onAbort } from "./_on_abort.ts";
import { LONGEST_TIMEOUT, startTimer } from "./_time.ts";
import type { TaskContext } from "./context.ts";
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

/** How many managers in managers start their tasks before one has to wait. */
const MAX_DEPTH = 16;

/** How many managers, each in the one before, are starting their tasks. */
let starting = 0;

/** What tells a manager to stop. */
type Source = Entry | AbortSignal | undefined;

const IDLE: readonly ManagerState[] = ["idle"];
const TAKES_EXECUTE_TASKS: readonly ManagerState[] = [
  "idle",
  "initializing",
  "executing",
];

/** The one run of a manager: what is in it, where it is, and what comes next. */
export class Lifecycle implements NestedRun, Owner {
  state: ManagerState = "idle";
  #wasRun = false;
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
  readonly #initialized: Entry[] = [];
  #cleaning: Entry | undefined;
  /** How many tasks execute. */
  #executing = 0;
  /** How many tasks of the stop-group have not ended, if there are any. */
  #stopGroup: number | undefined;
  stopping: Stopping | undefined;

  /** Goes on with the run, when what it waits for is over. */
  #goOn: () => void = () => {};
  #endBudget: (() => void) | undefined;
  #unfollow: (() => void) | undefined;

  constructor(options: TaskManagerOptions) {
    const action = "create a TaskManager";
    checkOptions(action, options, "{ shutdownTimeout: 10_000 }");
    this.#terms = termsByType(limitsOf(action, options), this);
  }

  get tasks(): TaskHandle[] {
    return this.#entries.filter(({ outcome }) => !outcome);
  }

  addTask(name: string, task: Task, options: AddTaskOptions): TaskHandle {
    const entry = taskEntry(this.#terms, name, task, options);
    this.#check("add task", IDLE, name);
    this.#entries.push(entry);
    if (entry.terms.type === "stop-group") {
      this.#stopGroup = (this.#stopGroup ?? 0) + 1;
    }
    return entry;
  }

  addExecuteTask(
    name: string,
    task: ExecuteTask | ExecuteFunction,
    options: AddExecuteTaskOptions,
  ): TaskHandle {
    const entry = executeTaskEntry(this.#terms, name, task, options);
    const executes = this.state === "executing";
    if (!executes) this.#check("add task", TAKES_EXECUTE_TASKS, name);
    this.#entries.push(entry);
    if (executes) this.#start(entry);
    return entry;
  }

  async run(options: RunOptions): Promise<void> {
    await this.#live(options);
    this.#passOn();
  }

  async runSettled(options: RunOptions): Promise<TaskError[]> {
    await this.#live(options);
    return this.takeErrors();
  }

  async stop(reason: unknown): Promise<void> {
    if (this.state === "idle") {
      this.#neverStart();
      this.#finish();
    } else this.#tell("stop", reason);
    await this.#over.promise;
  }

  /** Waits before its stages, so that the stack stays flat in a deep tree. */
  asTask(): Task {
    let isClaimed = false;
    const isOver = () =>
      isClaimed && this.state === "finished" && this.#errors.length === 0;
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
      await this.#cleanUp();
    });
    return {
      initialize: stage(async (context) => {
        this.#claim();
        isClaimed = true;
        if (this.state === "idle") await this.#initialize(sourceOf(context));
      }),
      execute: stage(async (context) => {
        if (!isClaimed) return await this.#live(context);
        if (starting === MAX_DEPTH) await null;
        await this.#execute();
      }),
      // None once it has given up, and its errors name what was not begun.
      get cleanup() {
        return isOver() ? undefined : cleanup;
      },
    } as Task;
  }

  report(): Report {
    return this.#history.report(this.state, this.#entries);
  }

  // What follows is one run, from the first initialize to the last cleanup.

  async #live(options: RunOptions): Promise<void> {
    const source = sourceOf(options);
    this.#claim();
    if (this.state !== "idle") return;
    const keepAlive = setInterval(() => {}, LONGEST_TIMEOUT);
    const untie = await this.#initialize(source);
    await this.#execute();
    await this.#cleanUp();
    clearInterval(keepAlive);
    untie?.();
  }

  async #initialize(source: Source): Promise<(() => void) | undefined> {
    this.state = "initializing";
    this.#history.begins();
    const untie = this.#tie(source);
    this.#checkStopGroup();
    await null;
    this.#history.goesOn();
    await this.#inTurn("initialize", this.#toInitialize());
    return untie;
  }

  *#toInitialize(): Generator<Entry> {
    for (const entry of this.#entries) {
      if (this.state !== "initializing") return;
      if (!entry.stages || entry.outcome) continue;
      this.#initialized.push(entry);
      yield entry;
    }
  }

  /** Stops when the source says so; returns what unties a nested run. */
  #tie(source: Source): (() => void) | undefined {
    if (source instanceof Entry) {
      const nested = source.withExtras().nested ??= new Set();
      nested.add(this);
      if (source.stop) this.told(source.stop);
      return () => nested.delete(this);
    }
    this.#unfollow = source &&
      onAbort(source, () => this.#tell("signal", source.reason));
  }

  /** From the stop on nothing is added, so this waits for everyone. */
  async #execute(): Promise<void> {
    if (this.state === "initializing") {
      this.state = "executing";
      this.#history.goesOn();
      const entries = this.#entries;
      starting++;
      for (const entry of entries) if (entry.stages) this.#start(entry);
      for (const entry of entries) if (!entry.stages) this.#start(entry);
      starting--;
    }
    if (this.state !== "executing" && this.#executing === 0) return;
    await new Promise<void>((resolve) => this.#goOn = resolve);
  }

  #start(entry: Entry): void {
    if (!entry.isIdle) return;
    this.#executing++;
    this.#call("execute", entry);
  }

  async #cleanUp(): Promise<void> {
    if (this.state === "stopping") this.state = "cleaning-up";
    this.#history.goesOn();
    await this.#inTurn("cleanup", this.#toCleanUp());
    this.#finish();
  }

  *#toCleanUp(): Generator<Entry> {
    for (let entry; (entry = this.#initialized.pop());) {
      const { name, task, terms, stages } = entry;
      yield this.#cleaning = new CleanupEntry(name, task, terms, stages);
    }
  }

  /** Calls a stage of one task after another, until none is left. */
  #inTurn(stage: Stage, entries: Generator<Entry>): Promise<void> {
    return new Promise((resolve) => {
      this.#goOn = () => {
        const { value } = entries.next();
        if (value) this.#call(stage, value);
        else resolve();
      };
      this.#goOn();
    });
  }

  #call(stage: Stage, entry: Entry): void {
    const { task, terms: { type } } = entry;
    entry.at = stage;
    this.#history.enters(stage, entry);
    if (stage !== "execute" || entry.stop?.isAborted) entry.limit();
    const promise = callStage(stage, task, entry.context);
    if (promise || stage !== "execute" || type !== "error") {
      // Bound functions take far less memory than closures.
      then.call(
        promise ?? Promise.resolve(),
        entry.returned.bind(entry),
        entry.threw.bind(entry),
      );
    } else entry.returned();
  }

  leaveBehind(entry: Entry, outcome: TaskOutcome, timeout: DOMException): void {
    if (entry.stage) this.leave(entry, outcome, leaveBehind(entry, timeout));
  }

  /** The one place that decides what an ended stage means for the others. */
  leave(entry: Entry, outcome: TaskOutcome, cause?: unknown): void {
    const { stage } = entry;
    if (!stage) return; // It was left behind before.
    const isReady = stage === "initialize" && outcome === "clean";
    entry.at = isReady ? "initialized" : outcome;
    entry.watch();
    this.#history.leaves(entry, outcome);
    if (stage === "execute") this.#executing--;
    if (isReady) {
      if (entry.stop) this.#settle(entry, "never-started");
    } else if (stage !== "cleanup") this.#settle(entry, outcome);
    if (isFailure(outcome)) this.#fail(stage, entry, outcome, cause);
    this.#checkStopGroup();
    if (
      stage !== "execute" || this.#executing === 0 && this.state === "stopping"
    ) this.#goOn();
  }

  #settle(entry: Entry, outcome: TaskOutcome): void {
    entry.settle(outcome);
    if (entry.terms.type === "stop-group") this.#stopGroup!--;
    if (entry.stages) return;
    entry.forget();
    if (isFailure(outcome)) return;
    this.#history.counts[outcome]++;
    this.#forget(entry);
  }

  #checkStopGroup(): void {
    if (this.#stopGroup !== 0) return;
    this.#stop("stop-group", abortError("The stop-group has ended"));
  }

  /** Drops an execute task that has ended: the last at once, others together. */
  #forget(entry: Entry): void {
    if (this.#entries.at(-1) === entry) this.#entries.pop();
    else if (++this.#ended * 4 > this.#entries.length * 3) {
      this.#entries = this.#entries.filter((entry) =>
        entry.stages || isListed(entry)
      );
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
    if (!this.#stop(by, reason)) this.#endDrains();
  }

  #endDrains(): void {
    for (const { stop } of this.#entries) stop?.abort?.();
  }

  #stop(
    by: StopReport["by"],
    reason: unknown,
    taskName: string | null = null,
  ): boolean {
    const executes = this.state === "executing";
    if (!executes && this.state !== "initializing") return false;
    this.state = "stopping";
    this.#history.stops(by, reason, taskName);
    const { shutdownTimeout } = this.#terms.strict;
    this.#endBudget = startTimer(shutdownTimeout, () => {
      const overrun = `shutdownTimeout of ${shutdownTimeout} ms is over`;
      this.giveUp(timeoutError(overrun));
    });
    if (!executes) this.#neverStart();
    this.stopping = new Stopping(this.#entries, reason);
    this.stopping.begin();
    if (executes && this.#executing === 0) this.#goOn();
    return true;
  }

  /** Settles those who wait to be called. */
  #neverStart(): void {
    for (const entry of this.#entries) {
      if (entry.isIdle) this.#settle(entry, "never-started");
    }
  }

  cancel(entry: Entry, reason: unknown): void {
    if (entry.outcome || entry.stop) return;
    const stop = new Stopping([entry], reason, true);
    entry.withExtras().stop = stop;
    stop.begin();
    if (entry.isIdle) this.#settle(entry, "never-started");
    this.#checkStopGroup();
  }

  entries(): readonly Entry[] {
    return this.#cleaning ? [...this.#entries, this.#cleaning] : this.#entries;
  }

  giveUp(timeout: DOMException): void {
    this.#tell("signal", timeout);
    this.#endDrains();
    const notCleanedUp = this.#initialized.splice(0).reverse();
    for (const entry of this.entries()) {
      this.leaveBehind(entry, "abandoned", timeout);
    }
    const notBegun = timeoutError(`Not begun: ${timeout.message}`);
    for (const entry of notCleanedUp) {
      const cause = leaveBehind(entry, notBegun);
      if (cause === notBegun && !entry.hasCleanup) continue;
      this.#fail("cleanup", entry, "abandoned", cause);
    }
    this.#finish();
  }

  #finish(): void {
    if (this.state === "finished") return;
    this.state = "finished";
    this.#history.ends(this.#entries);
    this.#endBudget?.();
    this.#unfollow?.();
    this.#entries = [];
    this.#cleaning = undefined;
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
    if (this.#wasRun) this.#check("run a manager twice", IDLE);
    this.#wasRun = true;
  }

  #check(
    action: string,
    states: readonly ManagerState[],
    taskName?: string,
  ): void {
    if (!states.includes(this.state)) {
      throw invalidState(action, states, this.state, taskName);
    }
  }
}
