import { abortError } from "./abort_errors.ts";
import type { EventStream } from "./event_stream.ts";
import { type Limits, startLimit } from "./limits.ts";
import type { TaskManagerOptions } from "./manager_types.ts";
import { ManagerTask } from "./manager_task.ts";
import type { ManagerWithin } from "./manager_within.ts";
import { outcomeOfReturn, outcomeOfThrow } from "./outcome.ts";
import { type Deferred, deferred } from "./promises.ts";
import type { ExecuteTaskReport, TaskReport } from "./report_types.ts";
import { type CallJudge, StageCall } from "./stage_call.ts";
import {
  type ExecuteTaskType,
  isWell,
  type Stage,
  type TaskErrorCode,
  type TaskOutcome,
  type TaskState,
  type TaskType,
} from "./states.ts";
import { abortAll, type Follower, Stop } from "./stop.ts";
import type { ExecuteFunction, ExecuteTask, Task } from "./task.ts";
import { isManager } from "./task_arguments.ts";
import {
  type ContextOwner,
  ContextParts,
  TaskContext,
} from "./task_context.ts";
import { causeOf, TaskError } from "./task_error.ts";
import { TaskLog } from "./task_log.ts";
import {
  type HandleSource,
  SourceHandle,
  type TaskHandle,
} from "./task_handle.ts";

/** What a task asks of its manager. */
export interface RunHost {
  readonly events: EventStream;
  readonly around: TaskManagerOptions["around"];
  readonly isFinished: boolean;
  /** How many milliseconds the run has lasted. */
  now(): number;
  cancel(run: TaskRun, reason: unknown, drain: boolean): void;
  /** It will not execute, or does not any more, and has drained. */
  settled(run: TaskRun): void;
  /** One of its stages has ended; what went wrong, if anything did. */
  stageEnded(run: TaskRun, error: TaskError | undefined): void;
  /** A manager runs within it from now on. */
  adopt(run: TaskRun, manager: ManagerWithin): () => void;
  /** It is left behind, with the managers within; returns their errors. */
  giveUpWithin(run: TaskRun, timeout: DOMException): TaskError[];
}

// Made here, as an error keeps hold of the task in whose turn it was made.
const ENDED = abortError("The task has ended");

const CODES: Readonly<Record<TaskOutcome, TaskErrorCode>> = {
  "clean": "FAILED",
  "never-started": "FAILED",
  "failed": "FAILED",
  "unexpected-stop": "UNEXPECTED_STOP",
  "timed-out": "TIMEOUT",
  "abandoned": "TIMEOUT",
};

/** One task in one run, from the first stage to the last. */
export class TaskRun
  implements Follower, ContextOwner, HandleSource, CallJudge {
  readonly name: string;
  readonly type: TaskType | ExecuteTaskType;
  readonly limits: Limits;
  /** Whether it is an execute task, which is forgotten when it has ended. */
  readonly executesOnly: boolean;
  /** Whether it was told to stop alone: its end means nothing to the others. */
  isCancelled = false;

  readonly #host: RunHost;
  #task: Task | ExecuteTask | ExecuteFunction | undefined;
  #state: TaskState = "waiting";
  #stop: Stop | undefined;
  #context: TaskContext | undefined;
  #handle: TaskHandle | undefined;
  #cleanupStop: Stop | undefined;
  /** Its initialize, execute or cleanup, whichever was called last. */
  #call: StageCall | undefined;
  /** Its drain, which goes on beside its execute. */
  #drainCall: StageCall | undefined;
  /** How its execute and drain have ended: the first that is not clean. */
  #outcome: TaskOutcome = "clean";
  #finished: Deferred<TaskOutcome> | undefined;
  /** Aborts when it is left behind. */
  #abandoned: Stop | undefined;
  #log: TaskLog | undefined;

  constructor(
    name: string,
    task: Task | ExecuteTask | ExecuteFunction,
    type: TaskType | ExecuteTaskType,
    limits: Limits,
    executesOnly: boolean,
    host: RunHost,
  ) {
    this.name = name;
    this.#task = task;
    this.type = type;
    this.limits = limits;
    this.executesOnly = executesOnly;
    this.#host = host;
  }

  // What it is, for the manager and the handle.

  get state(): TaskState {
    return this.#state;
  }

  /** What the user is given. */
  get handle(): TaskHandle {
    return this.#handle ??= new SourceHandle(this);
  }

  /** Whether it waits to be called. */
  get isWaiting(): boolean {
    return this.#state === "waiting" || this.#state === "initialized";
  }

  /** Whether it executes or drains. */
  get isActive(): boolean {
    return this.#isExecuting || this.isDraining;
  }

  get isDraining(): boolean {
    return this.#drainCall !== undefined && !this.#drainCall.isOver;
  }

  get hasEnded(): boolean {
    return !this.isWaiting && this.#state !== "initializing" &&
      this.#state !== "executing" && this.#state !== "draining";
  }

  /** How it has ended, once it has. */
  get finished(): Promise<TaskOutcome> {
    const finished = this.#finished ??= deferred();
    if (this.hasEnded) finished.resolve(this.#state as TaskOutcome);
    return finished.promise;
  }

  /** Resolves when it neither executes nor drains any more. */
  whenQuiet(): Promise<unknown> {
    const { isDraining } = this;
    if (!isDraining) return this.#call!.whenOver();
    const drained = this.#drainCall!.whenOver();
    if (!this.#isExecuting) return drained;
    return Promise.all([this.#call!.whenOver(), drained]);
  }

  cancel(reason: unknown, drain: boolean): void {
    this.#host.cancel(this, reason, drain);
  }

  // Its stages, in the order in which the manager calls them.

  /** Initializes it, in a turn that began then; waits until that is over. */
  initialize(turn: number): Promise<void> {
    this.#state = "initializing";
    return this.#start("initialize", this.#ownContext, turn).whenOver();
  }

  /** Executes it, in a turn that began then. */
  execute(turn?: number): void {
    this.#state = "executing";
    this.#start("execute", this.#ownContext, turn);
  }

  /** Whether it has a drain that is to be called when it is told to stop. */
  get hasDrain(): boolean {
    const mayDrain = this.isWaiting || this.#wasExecuted;
    return mayDrain && !this.isCancelled && !this.#drainCall &&
      this.#has("drain");
  }

  /** Drains it once, if it can; returns what is to be waited for. */
  drain(): Promise<void> | undefined {
    if (!this.#wasExecuted || this.#drainCall || !this.#has("drain")) return;
    if (this.#isExecuting) this.#state = "draining";
    const call = this.#start("drain", this.#ownContext);
    return call.isOver ? undefined : call.whenOver();
  }

  /** Cleans it up, in a turn that began then; waits until that is over. */
  cleanUp(turn: number): Promise<void> {
    this.#cleanupStop = new Stop();
    const parts = new ContextParts(this, this.#cleanupStop);
    return this.#start("cleanup", new TaskContext(parts), turn).whenOver();
  }

  /** Whether cleaning it up has begun. */
  get isCleanedUp(): boolean {
    return this.#call?.stage === "cleanup";
  }

  get hasCleanup(): boolean {
    return this.#has("cleanup");
  }

  /** Whether it is nothing but a manager, which answers for what it drains. */
  get isManager(): boolean {
    return isManager(this.#task) || this.#task instanceof ManagerTask;
  }

  // How it stops.

  /** Made when it is first needed: most tasks end before they are told. */
  get stop(): Stop {
    if (!this.#stop) {
      this.#stop = new Stop();
      if (this.executesOnly && this.hasEnded) this.#stop.abort(ENDED);
    }
    return this.#stop;
  }

  tell(reason: unknown): Iterable<Follower> {
    return this.stop.tell(reason);
  }

  abort(reason: unknown): Iterable<Follower> {
    if (!this.stop.isAborted) {
      if (this.isDraining) this.#cutShort();
      if (this.#isExecuting) this.#limitStop(this.#call!);
      if (this.isDraining) this.#limitStop(this.#drainCall!);
    }
    return this.stop.abort(reason);
  }

  /** It will not be executed. */
  neverStart(): void {
    if (this.isWaiting) this.#settle("never-started");
  }

  /** Goes on without it, if it still does anything. */
  leaveBehind(outcome: "timed-out" | "abandoned", timeout: DOMException): void {
    const call = [this.#call, this.#drainCall].find((each) =>
      each && !each.isOver
    );
    if (!call) return;
    abortAll([call.stage === "cleanup" ? this.#cleanupStop! : this], timeout);
    (this.#abandoned ??= new Stop()).abort(timeout);
    const error = this.errorOf(
      call.stage,
      outcome,
      causeOf(timeout, this.#host.giveUpWithin(this, timeout)),
    );
    this.#emitLeftBehind(call.stage, error);
    this.#end(call, outcome, error);
    if (this.#drainCall) this.#end(this.#drainCall, outcome);
  }

  /** The error of a cleanup that is not begun any more. */
  notCleanedUp(timeout: DOMException, within: TaskError[]): TaskError {
    const error = this.errorOf(
      "cleanup",
      "abandoned",
      causeOf(timeout, within),
    );
    this.#emitLeftBehind("cleanup", error);
    return error;
  }

  // What its context asks.

  get abandoned(): AbortSignal {
    return (this.#abandoned ??= new Stop()).signal;
  }

  note(message: string, details?: Record<string, unknown>): void {
    if (this.#isOver) return;
    this.#ownLog.note(this.#host.now(), message, details);
    const { events } = this.#host;
    if (!events.isHeard) return;
    events.emit([this.name], {
      type: "note",
      message,
      details: details ?? null,
    });
  }

  adopt(manager: ManagerWithin): () => void {
    return this.#host.adopt(this, manager);
  }

  // What a report says of it.

  report(): TaskReport {
    return this.#ownLog.ofTask(this.name, this.type, this.#state);
  }

  executeTaskReport(): ExecuteTaskReport {
    const type = this.type as ExecuteTaskType;
    return this.#ownLog.ofExecuteTask(this.name, type, this.#state);
  }

  // How a stage is called, and how it ends.

  get #ownContext(): TaskContext {
    return this.#context ??= new TaskContext(new ContextParts(this));
  }

  get #ownLog(): TaskLog {
    return this.#log ??= new TaskLog();
  }

  get #isTold(): boolean {
    return this.#stop !== undefined && this.#stop.isTold;
  }

  /** Whether its last stage has ended. */
  get #isOver(): boolean {
    const isLast = this.executesOnly || this.isCleanedUp;
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

  #has(stage: Stage): boolean {
    try {
      return (this.#task as Task | undefined)?.[stage] != null;
    } catch {
      return true; // None can tell: the call will.
    }
  }

  #start(stage: Stage, context: TaskContext, turn?: number): StageCall {
    const call = new StageCall(stage, this);
    if (stage === "drain") this.#drainCall = call;
    else this.#call = call;
    this.#logStart(stage, turn);
    if (stage === "initialize" || stage === "cleanup") {
      call.endLimit = startLimit(
        this.limits,
        stage === "cleanup" ? "cleanupTimeout" : "initializeTimeout",
        (timeout) => this.leaveBehind("timed-out", timeout),
      );
    } else if (this.#stop?.isAborted) this.#limitStop(call);
    const endsAsItReturns = stage === "drain" ||
      stage === "execute" && this.type === "error";
    call.make(() => this.#callAround(stage, context), endsAsItReturns);
    return call;
  }

  #logStart(stage: Stage, turn?: number): void {
    const { events } = this.#host;
    const { isHeard } = events;
    // To read the clock is most of what a short execute task would cost.
    if (isHeard || !this.executesOnly || stage === "drain") {
      this.#ownLog.begin(stage, turn ?? this.#host.now());
    }
    if (isHeard) events.emit([this.name], { type: "stage-start", stage });
  }

  #logEnd(stage: Stage, outcome: TaskOutcome, error?: TaskError): void {
    const { events } = this.#host;
    const { isHeard } = events;
    if (!this.#log && !error && !isHeard) return;
    const duration = this.#ownLog.end(stage, this.#host.now(), outcome, error);
    if (!isHeard) return;
    events.emit([this.name], {
      type: "stage-end",
      stage,
      outcome,
      duration,
      error: error ?? null,
    });
  }

  #callAround(stage: Stage, context: TaskContext): unknown {
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
    if (typeof task === "function" && !("execute" in task)) {
      return task(context);
    }
    const method = (task as Task)[stage];
    if (method != null) return method.call(task, context);
    return stage === "execute" ? context.done : undefined;
  }

  returned(call: StageCall): void {
    const { stage } = call;
    const outcome = outcomeOfReturn(stage, this.type, this.#isTold);
    if (isWell(outcome)) this.#end(call, outcome);
    else this.#end(call, outcome, this.errorOf(stage, outcome, undefined));
  }

  threw(call: StageCall, thrown: unknown): void {
    const { stage } = call;
    const outcome = outcomeOfThrow(stage, thrown, this.stop);
    if (isWell(outcome)) this.#end(call, outcome);
    else this.#end(call, outcome, this.errorOf(stage, outcome, thrown));
  }

  #end(call: StageCall, outcome: TaskOutcome, error?: TaskError): void {
    if (call.isOver) return;
    const { stage } = call;
    call.end();
    this.#logEnd(stage, outcome, error);
    if (stage === "initialize") this.#endInitialize(outcome);
    else if (stage !== "cleanup") this.#endActivity(outcome);
    this.#host.stageEnded(this, error);
  }

  #endInitialize(outcome: TaskOutcome): void {
    if (!isWell(outcome)) this.#settle(outcome);
    else if (this.#isTold) this.#settle("never-started");
    else this.#state = "initialized";
  }

  /** Its execute or its drain has ended. */
  #endActivity(outcome: TaskOutcome): void {
    if (!this.hasEnded && isWell(this.#outcome)) this.#outcome = outcome;
    if (this.isActive) {
      this.#state = this.isDraining ? "draining" : "executing";
      return;
    }
    if (!this.hasEnded) this.#settle(this.#outcome);
  }

  #settle(outcome: TaskOutcome): void {
    this.#state = outcome;
    this.#finished?.resolve(outcome);
    if (this.executesOnly) {
      this.#task = undefined; // Its handle may be kept.
      if (this.#stop) abortAll([this.#stop], ENDED);
    }
    this.#host.settled(this);
  }

  #limitStop(call: StageCall): void {
    call.endLimit = startLimit(
      this.limits,
      "stopTimeout",
      (timeout) => this.leaveBehind("timed-out", timeout),
    );
  }

  #cutShort(): void {
    this.#ownLog.cutShort();
    const { events } = this.#host;
    if (events.isHeard) events.emit([this.name], { type: "drain-cut-short" });
  }

  errorOf(stage: Stage, outcome: TaskOutcome, cause: unknown): TaskError {
    return new TaskError({
      taskName: this.name,
      stage,
      taskType: this.type,
      code: CODES[outcome],
      cause,
    });
  }

  #emitLeftBehind(stage: Stage, error: TaskError): void {
    const { events } = this.#host;
    if (!events.isHeard) return;
    events.emit([this.name], { type: "left-behind", stage, error });
  }
}
