import { abortError, isAbortError, timeoutError } from "./_abort_error.ts";
import { deferred } from "./_deferred.ts";
import type { Limits } from "./_limits.ts";
import { Stoppable } from "./_stoppable.ts";
import { startTimer } from "./_time.ts";
import { isTree } from "./_tree.ts";
import { TaskContext } from "./context.ts";
import type { TaskHandle, TaskOutcome, TaskState } from "./manager.ts";
import type { StageReport } from "./report.ts";
import type {
  ExecuteFunction,
  ExecuteTask,
  Stage,
  Task,
  TaskType,
} from "./task.ts";

/** How a task is added; the same for all that are added alike. */
export interface Terms {
  readonly type: TaskType;
  readonly limits: Limits;
  readonly owner: Owner;
}

/** Which limit holds for a stage; for execute, once its signal aborted. */
const LIMITS = {
  initialize: "initializeTimeout",
  execute: "stopTimeout",
  cleanup: "cleanupTimeout",
} as const;

/** What a task may ask of its manager. */
export interface Owner {
  cancel(entry: Entry, reason: unknown): void;
  leave(
    stage: Stage,
    entry: Entry,
    outcome: TaskOutcome,
    cause?: unknown,
  ): void;
  leaveBehind(entry: Entry, outcome: TaskOutcome, timeout: DOMException): void;
}

/** An execute task as the manager keeps it; its public side is the handle. */
export class Entry extends Stoppable implements TaskHandle {
  readonly task: ExecuteTask | ExecuteFunction;
  readonly terms: Terms;
  /** The stage that it is in. */
  stage: Stage | undefined;
  /** How it has ended, once it has. */
  outcome: TaskOutcome | undefined;

  constructor(
    name: string,
    task: ExecuteTask | ExecuteFunction,
    terms: Terms,
  ) {
    super(name);
    this.task = task;
    this.terms = terms;
  }

  get state(): TaskState {
    return this.outcome ?? (this.stage ? "executing" : "waiting");
  }

  get finished(): Promise<TaskOutcome> {
    const extras = this.withExtras();
    const finished = extras.finished ??= deferred();
    if (this.outcome) finished.resolve(this.outcome);
    return finished.promise;
  }

  cancel(reason: unknown = abortError("The task was cancelled")): void {
    this.terms.owner.cancel(this, reason);
  }

  /** What is told to stop in the stage that it is in. */
  get current(): Stoppable {
    return this;
  }

  contextFor(_stage: Stage): TaskContext {
    return new TaskContext(this);
  }

  override wantsToDrain(): boolean {
    return this.stage === "execute" && this.terms.limits.drainTimeout > 0 &&
      super.wantsToDrain();
  }

  executed(): void {
    const { owner, type } = this.terms;
    const isEarly = type === "strict" && !this.stop;
    owner.leave("execute", this, isEarly ? "unexpected-stop" : "clean");
  }

  executeThrew(thrown: unknown): void {
    const { owner } = this.terms;
    owner.leave("execute", this, this.outcomeOf(thrown), thrown);
  }

  outcomeOf(thrown: unknown): TaskOutcome {
    const { stop } = this.current;
    const isClean = stop &&
      (Object.is(thrown, stop.reason) || isAbortError(thrown));
    return isClean ? "clean" : "failed";
  }

  settle(outcome: TaskOutcome): void {
    this.outcome = outcome;
    this.extras?.finished?.resolve(outcome);
  }

  /** Has it left behind unless its stage is over in time, from now on. */
  limit(stage: Stage): void {
    const { limits, owner } = this.terms;
    const ms = limits[LIMITS[stage]];
    if (ms === Infinity) return this.watch();
    this.watch(startTimer(ms, () => {
      const overrun = stage === "execute"
        ? `Still executing ${ms} ms after its signal aborted`
        : `Not over after ${ms} ms`;
      owner.leaveBehind(this, "timed-out", timeoutError(overrun));
    }));
  }

  /** Ends what watches its stage, and has something else watch it. */
  watch(unwatch?: () => void): void {
    if (!unwatch && !this.extras) return;
    const extras = this.withExtras();
    const before = extras.unwatch;
    extras.unwatch = unwatch;
    before?.();
  }
}

/** A task likewise, which is kept until the end of the run. */
export class TaskEntry extends Entry {
  declare readonly task: Task;
  stages: readonly StageReport[] = [];
  #context: TaskContext | undefined;
  #cleaning: Stoppable | undefined;

  override get state(): TaskState {
    const { outcome, stage, stages } = this;
    if (outcome || stage === "execute" || stages.length === 0) {
      return super.state;
    }
    return stage ? "initializing" : "initialized";
  }

  override get current(): Stoppable {
    return this.#cleaning ?? this;
  }

  /** Initialize and execute share one. */
  override contextFor(stage: Stage): TaskContext {
    if (stage !== "cleanup") return this.#context ??= super.contextFor(stage);
    return new TaskContext(this.#cleaning = new Stoppable(this.name));
  }

  /** Whether there is a cleanup that only this task can name. */
  get hasCleanup(): boolean {
    try {
      return !isTree(this.task) && this.task.cleanup !== undefined;
    } catch {
      return true;
    }
  }
}
