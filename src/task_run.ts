import { abortError } from "./abort_errors.ts";
import { CleanupOwner } from "./cleanup_owner.ts";
import { ContextOwner } from "./context_owner.ts";
import type { EventStream } from "./event_stream.ts";
import type { ExecuteTaskTally } from "./events.ts";
import { type Limits, startLimit, type TaskTimeouts } from "./limits.ts";
import type { AroundCall } from "./manager_types.ts";
import type { InnerManager } from "./inner_manager.ts";
import { outcomeOfReturn, outcomeOfThrow } from "./outcome.ts";
import { type Deferred, deferred } from "./promises.ts";
import type { ExecuteTaskReport, Report, TaskReport } from "./report_types.ts";
import { StageCall, type StageOwner } from "./stage_call.ts";
import {
  type ExecuteTaskType,
  isWell,
  type Stage,
  type TaskOutcome,
  type TaskState,
  type TaskType,
} from "./states.ts";
import { abortAll, type Follower } from "./stop_tree.ts";
import type { ExecuteFunction, ExecuteTask, Task } from "./task.ts";
import { isBareFunction } from "./task_arguments.ts";
import { TaskContext } from "./task_context.ts";
import { causeOf, TaskError } from "./task_error.ts";
import { TaskLog } from "./task_log.ts";
import { TaskStop } from "./task_stop.ts";
import {
  type HandleSource,
  SourceHandle,
  type TaskHandle,
} from "./task_handle.ts";

/** What a task asks of its manager. */
export interface RunHost {
  readonly events: EventStream;
  readonly around: AroundCall | undefined;
  readonly isFinished: boolean;
  /** Says how many milliseconds the run has lasted. */
  readonly clock: { now(): number };
  /** The managers that run within its tasks. */
  readonly within: {
    adopt(run: TaskRun, manager: InnerManager): () => void;
    giveUp(run: TaskRun, timeout: DOMException): TaskError[];
  };
  /** Whether a task is nothing but a manager of this copy of the package. */
  isManager(task: unknown): boolean;
  cancel(run: TaskRun, reason: unknown, drain: boolean): void;
  /** It will not execute, or does not any more, and has drained. */
  settled(run: TaskRun): void;
  /** One of its stages has ended; what went wrong, if anything did. */
  stageEnded(run: TaskRun, error: TaskError | undefined): void;
}

// Made here, as an error keeps hold of the task in whose turn it was made.
const ENDED = abortError("The task has ended");

/** Which limit holds for a stage; from the abort on for execute and drain. */
const LIMIT_OF = {
  initialize: "initializeTimeout",
  execute: "stopTimeout",
  drain: "stopTimeout",
  cleanup: "cleanupTimeout",
} as const;

const CODE_OF = {
  "failed": "FAILED",
  "unexpected-stop": "UNEXPECTED_STOP",
  "timed-out": "TIMEOUT",
  "abandoned": "TIMEOUT",
} as const;

/** How something can go wrong. */
type BadOutcome = keyof typeof CODE_OF;

/** One task in one run, from the first stage to the last. */
export class TaskRun extends ContextOwner
  implements Follower, HandleSource, StageOwner {
  readonly name: string;
  readonly type: TaskType | ExecuteTaskType;
  readonly limits: Limits;
  /** Whether it is an execute task, which is forgotten when it has ended. */
  readonly isExecuteTask: boolean;
  /** Whether it was told to stop alone: its end means nothing to the others. */
  isCancelled = false;

  readonly #host: RunHost;
  #task: Task | ExecuteTask | ExecuteFunction | undefined;
  state: TaskState = "waiting";
  #stop: TaskStop | undefined;
  #context: TaskContext | undefined;
  #handle: TaskHandle | undefined;
  #cleanupOwner: CleanupOwner | undefined;
  /** Its initialize, execute or cleanup, whichever was called last. */
  #call: StageCall | undefined;
  /** Its drain, which goes on beside its execute. */
  #drainCall: StageCall | undefined;
  /** How its execute and drain have ended: the first that is not clean. */
  #outcome: TaskOutcome = "clean";
  #finished: Deferred<TaskOutcome> | undefined;
  #log: TaskLog | undefined;

  constructor(
    name: string,
    task: Task | ExecuteTask | ExecuteFunction,
    type: TaskType | ExecuteTaskType,
    limits: Limits,
    isExecuteTask: boolean,
    host: RunHost,
  ) {
    super();
    this.name = name;
    this.#task = task;
    this.type = type;
    this.limits = limits;
    this.isExecuteTask = isExecuteTask;
    this.#host = host;
  }

  // What it is, for the manager and the handle.

  /** What the user is given. */
  get handle(): TaskHandle {
    return this.#handle ??= new SourceHandle(this);
  }

  /** Whether it waits to be called. */
  get isWaiting(): boolean {
    return this.state === "waiting" || this.state === "initialized";
  }

  /** Whether it executes or drains. */
  get isActive(): boolean {
    return this.#isExecuting || this.isDraining;
  }

  get isDraining(): boolean {
    return this.#drainCall !== undefined && !this.#drainCall.isOver;
  }

  get hasEnded(): boolean {
    return !this.isWaiting && this.state !== "initializing" &&
      this.state !== "executing" && this.state !== "draining";
  }

  /** How it has ended, once it has. */
  get finished(): Promise<TaskOutcome> {
    const finished = this.#finished ??= deferred();
    if (this.hasEnded) finished.resolve(this.state as TaskOutcome);
    return finished.promise;
  }

  /** Resolves when it neither executes nor drains any more. */
  whenInactive(): Promise<unknown> {
    if (!this.isDraining) return this.#whenOver(this.#call!);
    const drained = this.#whenOver(this.#drainCall!);
    if (!this.#isExecuting) return drained;
    return Promise.all([this.#whenOver(this.#call!), drained]);
  }

  /** A call that is limited later may still be left behind. */
  #whenOver(call: StageCall): Promise<void> {
    return this.stop.isAborted ? call.whenOver() : call.whenLeft();
  }

  cancel(reason: unknown, drain: boolean): void {
    this.#host.cancel(this, reason, drain);
  }

  // Its stages, in the order in which the manager calls them.

  /** Initializes it, in a turn that began then; waits until that is over. */
  initialize(turn: number): Promise<void> {
    this.state = "initializing";
    return this.#start("initialize", this.#ownContext, turn).whenOver();
  }

  /** Executes it, in a turn that began then. */
  execute(turn?: number): void {
    this.#logStart("execute", turn);
    if (!this.isWaiting) { // A listener has cancelled it.
      return this.#logEnd("execute", "never-started");
    }
    this.state = "executing";
    this.#start("execute", this.#ownContext);
  }

  /** Whether it has a drain that is to be called when it is told to stop. */
  get hasDrain(): boolean {
    const mayDrain = this.isWaiting || this.#wasExecuted;
    return mayDrain && !this.isCancelled && !this.#drainCall &&
      this.hasMethod("drain");
  }

  /**
   * Drains it once, if it can.
   *
   * @param onLate Is called when its own time is over to hold others up.
   * @returns What is to be waited for, if anything is.
   */
  drain(onLate: () => void): Promise<void> | undefined {
    if (!this.#wasExecuted || this.#drainCall || this.stop.isAborted) return;
    if (!this.hasMethod("drain")) return;
    if (this.#isExecuting) this.state = "draining";
    const call = this.#start("drain", this.#ownContext);
    if (call.isOver) return;
    if (!this.stop.isAborted) {
      call.endLimit = startLimit(this.limits, "drainTimeout", onLate);
      this.#logLimit(call, "drainTimeout");
    }
    return call.whenSettled();
  }

  /** Cleans it up, in a turn that began then; waits until that is over. */
  cleanUp(turn: number): Promise<void> {
    this.#cleanupOwner = new CleanupOwner(this);
    const context = new TaskContext(this.#cleanupOwner);
    return this.#start("cleanup", context, turn).whenOver();
  }

  /** Whether cleaning it up has begun. */
  get cleanupHasBegun(): boolean {
    return this.#call?.stage === "cleanup";
  }

  /** Whether its task has such a method, or none can tell. */
  hasMethod(stage: Stage): boolean {
    if (isBareFunction(this.#task)) return stage === "execute";
    try {
      return (this.#task as Task | undefined)?.[stage] != null;
    } catch {
      return true;
    }
  }

  /** Whether it is nothing but a manager, which answers for what it drains. */
  get isManager(): boolean {
    return this.#host.isManager(this.#task);
  }

  // How it stops.

  /** Made when it is first needed: most tasks end before they are told. */
  get stop(): TaskStop {
    if (!this.#stop) {
      this.#stop = new TaskStop();
      if (this.isExecuteTask && this.hasEnded) this.#stop.abort(ENDED);
    }
    return this.#stop;
  }

  tell(reason: unknown): Iterable<Follower> {
    return this.stop.tell(reason);
  }

  abort(reason: unknown): Iterable<Follower> {
    if (!this.stop.isAborted) {
      if (this.isDraining) this.#cutShort();
      if (this.#isExecuting) this.#limit(this.#call!);
      if (this.isDraining) this.#limit(this.#drainCall!);
    }
    return this.stop.abort(reason);
  }

  /** It will not be executed. */
  neverStart(): void {
    if (this.isWaiting) this.#settle("never-started");
  }

  /** Goes on without it, if it still does anything. */
  leaveBehind(outcome: "timed-out" | "abandoned", timeout: DOMException): void {
    const call = this.#call?.isOver ? this.#drainCall : this.#call;
    if (!call || call.isOver) return;
    abortAll([this.#cleanupOwner?.stop ?? this], timeout);
    (this.#cleanupOwner ?? this).stop.leaveBehind(timeout);
    const within = this.#host.within.giveUp(this, timeout);
    const error = this.reportLeftBehind(call.stage, outcome, timeout, within);
    this.#end(call, outcome, error);
    if (this.#drainCall) this.#end(this.#drainCall, outcome);
  }

  /** The error of a stage that nobody waits for, or that is not begun. */
  reportLeftBehind(
    stage: Stage,
    outcome: "timed-out" | "abandoned",
    timeout: DOMException,
    within: readonly TaskError[],
  ): TaskError {
    const error = this.#errorOf(stage, outcome, causeOf(timeout, within));
    this.#heard?.emit([this.name], { type: "left-behind", stage, error });
    return error;
  }

  // What its context asks.

  get abandoned(): AbortSignal {
    return this.stop.abandoned;
  }

  note(message: string, details?: Record<string, unknown>): void {
    if (this.#isOver) return;
    this.#ownLog.note(this.#host.clock.now(), message, details);
    this.#heard?.emit([this.name], {
      type: "note",
      message,
      details: details ?? null,
    });
  }

  adopt(manager: InnerManager): () => void {
    return this.#host.within.adopt(this, manager);
  }

  // What a report says of it.

  report(managers: Report[] | undefined): TaskReport {
    return this.#ownLog.ofTask(this.name, this.type, this.state, managers);
  }

  executeTaskReport(managers: Report[] | undefined): ExecuteTaskReport {
    const { name, state } = this;
    const type = this.type as ExecuteTaskType;
    return this.#ownLog.ofExecuteTask(name, type, state, managers);
  }

  // How a stage is called, and how it ends.

  get #heard(): EventStream | undefined {
    return this.#host.events.heard;
  }

  /** Who hears of a stage that begins or ends well; some only count these. */
  #heardOf(
    stage: Stage,
    key: keyof ExecuteTaskTally,
  ): EventStream | undefined {
    const isTallied = this.isExecuteTask && stage === "execute";
    return isTallied ? this.#host.events.tally(key) : this.#heard;
  }

  get #ownContext(): TaskContext {
    return this.#context ??= new TaskContext(this);
  }

  get #ownLog(): TaskLog {
    return this.#log ??= new TaskLog();
  }

  get #isTold(): boolean {
    return this.#stop !== undefined && this.#stop.isTold;
  }

  /** Whether its last stage has ended. */
  get #isOver(): boolean {
    const isLast = this.isExecuteTask || this.cleanupHasBegun;
    return this.#host.isFinished || isLast && !this.isActive &&
        this.#call!.isOver;
  }

  get #isExecuting(): boolean {
    return this.#call?.stage === "execute" && !this.#call.isOver;
  }

  /** Whether its execute was called, and has not failed. */
  get #wasExecuted(): boolean {
    return this.#call?.stage === "execute" && isWell(this.#outcome);
  }

  #start(stage: Stage, context: TaskContext, turn?: number): StageCall {
    const call = new StageCall(stage, this);
    if (stage === "drain") this.#drainCall = call;
    else this.#call = call;
    if (stage !== "execute") this.#logStart(stage, turn);
    const isLimited = stage === "initialize" || stage === "cleanup" ||
      this.#stop?.isAborted;
    if (isLimited) this.#limit(call);
    // A strict task that stops its manager as it returns has been told by then.
    const endsAsItReturns = stage === "drain" ||
      stage === "execute" && this.type === "error";
    call.begin(context, endsAsItReturns);
    return call;
  }

  #logStart(stage: Stage, turn?: number): void {
    const { isExecuteTask } = this;
    const heard = this.#heardOf(stage, "started");
    // To read the clock is most of what a short execute task would cost.
    if (heard || !isExecuteTask || stage === "drain") {
      this.#ownLog.begin(stage, turn ?? this.#host.clock.now());
    }
    heard?.emit([this.name], {
      type: "stage-start",
      stage,
      isExecuteTask,
    });
  }

  #logEnd(stage: Stage, outcome: TaskOutcome, error?: TaskError): void {
    const { isExecuteTask } = this;
    const heard = error ? this.#heard : this.#heardOf(stage, "ended");
    if (!this.#log && !error && !heard) return;
    const duration = this.#ownLog.end(
      stage,
      this.#host.clock.now(),
      outcome,
      error,
    );
    heard?.emit([this.name], {
      type: "stage-end",
      stage,
      isExecuteTask,
      outcome,
      duration,
      error: error ?? null,
    });
  }

  callStage(stage: Stage, context: TaskContext): unknown {
    const { around, events } = this.#host;
    if (!around) return this.#callMethod(stage, context);
    const path = events.pathTo(this.name);
    return around(
      () => this.#callMethod(stage, context),
      { path, stage, context },
    );
  }

  #callMethod(stage: Stage, context: TaskContext): unknown {
    const task = this.#task!;
    if (isBareFunction(task)) return task(context);
    const method = (task as Task)[stage];
    if (method != null) return method.call(task, context);
    return stage === "execute" ? context.done : undefined;
  }

  returned(call: StageCall): void {
    const { stage } = call;
    this.#judged(call, outcomeOfReturn(stage, this.type, this.#isTold));
  }

  threw(call: StageCall, thrown: unknown): void {
    const { stage } = call;
    this.#judged(call, outcomeOfThrow(stage, thrown, this.stop), thrown);
  }

  #judged(
    call: StageCall,
    outcome: "clean" | BadOutcome,
    cause?: unknown,
  ): void {
    const error = outcome === "clean"
      ? undefined
      : this.#errorOf(call.stage, outcome, cause);
    this.#end(call, outcome, error);
  }

  #end(call: StageCall, outcome: TaskOutcome, error?: TaskError): void {
    if (call.isOver) return;
    const { stage } = call;
    call.end();
    const isActivity = stage === "execute" || stage === "drain";
    if (isActivity && isWell(this.#outcome)) this.#outcome = outcome;
    this.#logEnd(stage, outcome, error);
    if (stage === "initialize") this.#endInitialize(outcome);
    else if (isActivity) this.#endActivity();
    this.#host.stageEnded(this, error);
  }

  #endInitialize(outcome: TaskOutcome): void {
    if (!isWell(outcome)) this.#settle(outcome);
    else if (this.#isTold) this.#settle("never-started");
    else this.state = "initialized";
  }

  /** Its execute or its drain has ended. */
  #endActivity(): void {
    if (this.hasEnded) return; // It was drained later.
    if (!this.isActive) this.#settle(this.#outcome);
    else this.state = this.isDraining ? "draining" : "executing";
  }

  #settle(outcome: TaskOutcome): void {
    this.state = outcome;
    this.#finished?.resolve(outcome);
    if (this.isExecuteTask) {
      this.#task = undefined; // Its handle may be kept.
      if (this.#stop) abortAll([this.#stop], ENDED);
    }
    this.#host.settled(this);
  }

  #limit(call: StageCall): void {
    call.endLimit?.();
    call.endLimit = undefined;
    const key = LIMIT_OF[call.stage];
    if (this.limits[key] === undefined) return;
    call.endLimit = startLimit(
      this.limits,
      key,
      (timeout) => this.leaveBehind("timed-out", timeout),
    );
    this.#logLimit(call, key);
  }

  #logLimit({ stage, endLimit }: StageCall, name: keyof TaskTimeouts): void {
    if (!endLimit) return;
    const ms = this.limits[name]!;
    this.#ownLog.limit(stage, {
      name,
      ms,
      endsAt: this.#host.clock.now() + ms,
    });
  }

  #cutShort(): void {
    if (!this.#ownLog.cutShort()) return;
    this.#heard?.emit([this.name], { type: "drain-cut-short" });
  }

  #errorOf(stage: Stage, outcome: BadOutcome, cause: unknown): TaskError {
    const { name: taskName, type: taskType } = this;
    const code = CODE_OF[outcome];
    return new TaskError({ taskName, stage, taskType, code, cause });
  }
}
