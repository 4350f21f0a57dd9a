import { abortError } from "./abort_errors.ts";
import type { EventStream } from "./event_stream.ts";
import { type Limits, startLimit } from "./limits.ts";
import type { TaskManagerOptions } from "./manager_types.ts";
import { ManagerTask } from "./manager_task.ts";
import type { ManagerWithin } from "./manager_within.ts";
import { Notes } from "./notes.ts";
import { outcomeOfReturn, outcomeOfThrow } from "./outcome.ts";
import {
  type Deferred,
  deferred,
  follow,
  isThenable,
  reject,
} from "./promises.ts";
import type {
  ExecuteTaskReport,
  StageReport,
  TaskReport,
} from "./report_types.ts";
import { StageCall } from "./stage_call.ts";
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
import {
  type HandleSource,
  SourceHandle,
  type TaskHandle,
} from "./task_handle.ts";

/** What a task asks of its manager. */
export interface RunHost {
  readonly events: EventStream;
  readonly around: TaskManagerOptions["around"];
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

/** What was added, and how. */
export interface Addition {
  readonly name: string;
  readonly task: Task | ExecuteTask | ExecuteFunction;
  readonly type: TaskType | ExecuteTaskType;
  readonly limits: Limits;
  /** Whether it is an execute task, which is forgotten when it has ended. */
  readonly executesOnly: boolean;
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
export class TaskRun implements Follower, ContextOwner, HandleSource {
  readonly name: string;
  readonly type: TaskType | ExecuteTaskType;
  readonly limits: Limits;
  readonly executesOnly: boolean;
  readonly stop: Stop = new Stop();
  /** Whether it was told to stop alone: its end means nothing to the others. */
  isCancelled = false;

  readonly #host: RunHost;
  #task: Addition["task"] | undefined;
  #state: TaskState = "waiting";
  #context: TaskContext | undefined;
  #handle: TaskHandle | undefined;
  /** Its initialize, execute or cleanup, whichever was called last. */
  #call: StageCall | undefined;
  /** Its drain, which goes on beside its execute. */
  #drainCall: StageCall | undefined;
  #cleanupStop: Stop | undefined;
  /** How its execute and drain have ended: the first that is not clean. */
  #outcome: TaskOutcome = "clean";
  #error: TaskError | undefined;
  #endStopLimit: (() => void) | undefined;
  #finished: Deferred<TaskOutcome> | undefined;
  #quiet: Deferred | undefined;
  #leftBehind: DOMException | undefined;
  #abandoned: AbortController | undefined;
  readonly #stages: StageReport[] | undefined;
  #notes: Notes | undefined;
  #isOver = false;

  constructor(addition: Addition, host: RunHost) {
    this.name = addition.name;
    this.type = addition.type;
    this.limits = addition.limits;
    this.executesOnly = addition.executesOnly;
    this.#stages = addition.executesOnly ? undefined : [];
    this.#task = addition.task;
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

  /** Whether its execute comes, or is about to be called. */
  get isToExecute(): boolean {
    return this.isWaiting || this.#call?.stage === "execute" &&
        !this.#call.isMade;
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

  /** Resolves when it neither executes nor drains. */
  whenQuiet(): Promise<void> {
    const quiet = this.#quiet ??= deferred();
    if (!this.isActive) quiet.resolve();
    return quiet.promise;
  }

  cancel(reason: unknown, drain: boolean): void {
    this.#host.cancel(this, reason, drain);
  }

  // Its stages, in the order in which the manager calls them.

  /** Initializes it, and waits until that is over. */
  async initialize(): Promise<void> {
    this.#state = "initializing";
    await this.#start("initialize", this.#ownContext).whenOver();
  }

  /** Executes it, in a turn that began then. */
  execute(turn?: number): void {
    this.#state = "executing";
    this.#start("execute", this.#ownContext, turn);
  }

  /** Whether it has a drain that is to be called when it is told to stop. */
  get hasDrain(): boolean {
    const mayDrain = this.isToExecute || this.#wasExecuted;
    return mayDrain && !this.isCancelled && !this.#drainCall &&
      this.#has("drain");
  }

  /** Drains it once, if it can; returns what is to be waited for. */
  drain(): Promise<void> | undefined {
    if (!this.#wasExecuted || this.#drainCall || this.stop.isAborted) return;
    if (!this.#has("drain")) return;
    if (this.#isExecuting) this.#state = "draining";
    const call = this.#start("drain", this.#ownContext);
    return call.isOver ? undefined : call.whenOver();
  }

  /** Cleans it up, and waits until that is over. */
  async cleanUp(): Promise<void> {
    this.#cleanupStop = new Stop();
    const parts = new ContextParts(this, this.#cleanupStop);
    await this.#start("cleanup", new TaskContext(parts)).whenOver();
    this.close();
  }

  /** Whether cleaning it up has begun. */
  get isCleanedUp(): boolean {
    return this.#cleanupStop !== undefined;
  }

  get hasCleanup(): boolean {
    return this.#has("cleanup");
  }

  /** Whether it is nothing but a manager, which answers for what it drains. */
  get isManager(): boolean {
    return isManager(this.#task) || this.#task instanceof ManagerTask;
  }

  /** Nothing more comes. */
  close(): void {
    this.#isOver = true;
  }

  // How it stops.

  tell(reason: unknown): Iterable<Follower> {
    return this.stop.tell(reason);
  }

  abort(reason: unknown): Iterable<Follower> {
    if (!this.stop.isAborted) {
      if (this.isDraining) this.#cutShort();
      if (this.isActive) this.#limitStop();
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
    this.#leftBehind = timeout;
    this.#abandoned?.abort(timeout);
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
    if (!this.#abandoned) {
      this.#abandoned = new AbortController();
      if (this.#leftBehind) this.#abandoned.abort(this.#leftBehind);
    }
    return this.#abandoned.signal;
  }

  note(message: string, details?: Record<string, unknown>): void {
    if (this.#isOver) return;
    (this.#notes ??= new Notes()).add(this.#host.now(), message, details);
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
    const { name, state } = this;
    const stages = this.#stages!;
    const type = this.type;
    return { name, type, state, stages, ...this.#notes?.report() };
  }

  executeTaskReport(): ExecuteTaskReport {
    const { name, state } = this;
    const report: ExecuteTaskReport = {
      name,
      type: this.type as ExecuteTaskType,
      state,
      ...this.#notes?.report(),
    };
    if (this.#drainCall) report.drain = this.#drainCall.report!;
    if (this.#error) report.error = this.#error.toJSON();
    return report;
  }

  // How a stage is called, and how it ends.

  get #ownContext(): TaskContext {
    return this.#context ??= new TaskContext(new ContextParts(this, this.stop));
  }

  get #isExecuting(): boolean {
    return this.#call?.stage === "execute" && !this.#call.isOver;
  }

  /** Whether its execute was called, and has not failed. */
  get #wasExecuted(): boolean {
    return this.#call?.stage === "execute" && this.#call.isMade &&
      isWell(this.#outcome);
  }

  #has(stage: Stage): boolean {
    try {
      return (this.#task as Task | undefined)?.[stage] != null;
    } catch {
      return true; // None can tell: the call will.
    }
  }

  #start(stage: Stage, context: TaskContext, turn?: number): StageCall {
    const call = this.#newCall(stage, turn);
    if (stage === "drain") this.#drainCall = call;
    else this.#call = call;
    const { events } = this.#host;
    if (events.isHeard) {
      events.emit([this.name], { type: "stage-start", stage });
    }
    if (stage === "initialize" || stage === "cleanup") {
      call.endLimit = startLimit(
        this.limits,
        `${stage}Timeout`,
        (timeout) => this.leaveBehind("timed-out", timeout),
      );
    } else if (this.stop.isAborted) this.#limitStop();
    this.#invoke(call, context);
    return call;
  }

  #newCall(stage: Stage, turn?: number): StageCall {
    const { events } = this.#host;
    const isReported = this.#stages !== undefined || stage === "drain";
    if (!isReported) {
      // Reading the clock would be most of what a short task costs.
      const startedAt = events.isHeard ? this.#host.now() : undefined;
      return new StageCall(stage, startedAt, undefined);
    }
    const startedAt = turn ?? this.#host.now();
    const report = { stage, startedAt, endedAt: null, outcome: null };
    this.#stages?.push(report);
    return new StageCall(stage, startedAt, report);
  }

  #invoke(call: StageCall, context: TaskContext): void {
    call.isMade = true;
    const threw = (thrown: unknown) => this.#threw(call, thrown);
    try {
      const returned = this.#callAround(call.stage, context);
      if (isThenable(returned) || !this.#endsAsItReturns(call)) {
        return follow(returned, () => this.#returned(call), threw);
      }
    } catch (thrown) {
      return reject(thrown, threw);
    }
    this.#returned(call);
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

  #endsAsItReturns({ stage }: StageCall): boolean {
    return stage === "drain" || stage === "execute" && this.type === "error";
  }

  #returned(call: StageCall): void {
    if (call.isOver) return; // It was left behind.
    const { stage } = call;
    const outcome = outcomeOfReturn(stage, this.type, this.stop);
    if (isWell(outcome)) this.#end(call, outcome);
    else this.#end(call, outcome, this.errorOf(stage, outcome, undefined));
  }

  #threw(call: StageCall, thrown: unknown): void {
    if (call.isOver) return; // It was left behind.
    const { stage } = call;
    const outcome = outcomeOfThrow(stage, thrown, this.stop);
    if (isWell(outcome)) this.#end(call, outcome);
    else this.#end(call, outcome, this.errorOf(stage, outcome, thrown));
  }

  #end(call: StageCall, outcome: TaskOutcome, error?: TaskError): void {
    if (call.isOver) return;
    const { stage } = call;
    const isTimed = call.startedAt !== undefined;
    const now = isTimed ? this.#host.now() : 0;
    call.end(now, outcome, error);
    this.#error ??= error;
    const isActivity = stage === "execute" || stage === "drain";
    if (isActivity && isWell(this.#outcome)) this.#outcome = outcome;
    this.#emitEnd(call, now, outcome, error);
    if (stage === "initialize") this.#endInitialize(outcome);
    else if (isActivity) this.#endActivity();
    this.#host.stageEnded(this, error);
  }

  #endInitialize(outcome: TaskOutcome): void {
    if (!isWell(outcome)) this.#settle(outcome);
    else if (this.stop.isTold) this.#settle("never-started");
    else this.#state = "initialized";
  }

  /** Its execute or its drain has ended. */
  #endActivity(): void {
    if (this.isActive) {
      this.#state = this.isDraining ? "draining" : "executing";
      return;
    }
    this.#endStopLimit?.();
    this.#quiet?.resolve();
    if (!this.hasEnded) this.#settle(this.#outcome);
  }

  #settle(outcome: TaskOutcome): void {
    this.#state = outcome;
    this.#finished?.resolve(outcome);
    if (this.executesOnly) {
      this.close();
      this.#task = undefined; // Its handle may be kept.
      abortAll([this.stop], ENDED);
    }
    this.#host.settled(this);
  }

  #limitStop(): void {
    this.#endStopLimit ??= startLimit(
      this.limits,
      "stopTimeout",
      (timeout) => this.leaveBehind("timed-out", timeout),
    );
  }

  #cutShort(): void {
    const report = this.#drainCall!.report!;
    if (report.cutShort) return;
    report.cutShort = true;
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

  #emitEnd(
    { stage, startedAt }: StageCall,
    now: number,
    outcome: TaskOutcome,
    error: TaskError | undefined,
  ): void {
    const { events } = this.#host;
    if (!events.isHeard) return;
    const duration = startedAt === undefined ? null : now - startedAt;
    events.emit([this.name], {
      type: "stage-end",
      stage,
      outcome,
      duration,
      error: error ?? null,
    });
  }
}
