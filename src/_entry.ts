import { abortError, isAbortError, timeoutError } from "./_abort_error.ts";
import { deferred } from "./_deferred.ts";
import type { Limits } from "./_limits.ts";
import { isOutcome } from "./_outcome.ts";
import { type Stop, Stoppable } from "./_stoppable.ts";
import { startTimer } from "./_time.ts";
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

/** How a task was added; the same for all that were added alike. */
export interface Terms extends Limits {
  readonly type: TaskType;
  readonly owner: Owner;
}

/** What a task may ask of its manager. */
export interface Owner {
  /** The stop of all that have none of their own. */
  readonly stopping: Stop | undefined;
  cancel(entry: Entry, reason: unknown): void;
  leave(entry: Entry, outcome: TaskOutcome, cause?: unknown): void;
  leaveBehind(entry: Entry, outcome: TaskOutcome, timeout: DOMException): void;
}

/** Which limit holds for a stage; for execute, once its signal aborted. */
const LIMITS = {
  initialize: "initializeTimeout",
  execute: "stopTimeout",
  cleanup: "cleanupTimeout",
} as const;

/** In the place of an execute task that has ended. */
const forgotten: ExecuteFunction = () => {};

let endedStop: Stop | undefined;

/** Its stop; one for all, made when it is first needed. */
function ended(): Stop {
  return endedStop ??= {
    reason: abortError("The task has ended"),
    isCancel: false,
    isAborted: true,
  };
}

/** An execute task as the manager keeps it; its public side is the handle. */
export class Entry extends Stoppable implements TaskHandle {
  task: ExecuteTask | ExecuteFunction;
  readonly terms: Terms;
  state: TaskState;

  constructor(name: string, task: ExecuteTask | ExecuteFunction, terms: Terms) {
    super(name);
    this.task = task;
    this.terms = terms;
    this.state = "waiting";
  }

  /** The stage that it is in. */
  get stage(): Stage | undefined {
    return this.state === "executing" ? "execute" : undefined;
  }

  override get stop(): Stop | undefined {
    return this.extras?.stop ?? this.terms.owner.stopping ??
      (this.task === forgotten ? ended() : undefined);
  }

  get context(): TaskContext {
    return new TaskContext(this);
  }

  get finished(): Promise<TaskOutcome> {
    const finished = this.withExtras().finished ??= deferred();
    if (isOutcome(this.state)) finished.resolve(this.state);
    return finished.promise;
  }

  cancel(reason: unknown = abortError("The task was cancelled")): void {
    this.terms.owner.cancel(this, reason);
  }

  override wantsToDrain(): boolean {
    return this.stage === "execute" && this.terms.drainTimeout > 0 &&
      super.wantsToDrain();
  }

  /** Whether it makes any difference to it when it is told to stop. */
  hasToKnow(): boolean {
    return this.extras !== undefined || this.terms.stopTimeout < Infinity;
  }

  override notify(): void {
    if (this.stage === "execute" && this.stop?.isAborted) this.limit();
    super.notify();
  }

  returned(): void {
    const { owner, type } = this.terms;
    const isEarly = type === "strict" && this.stage === "execute" && !this.stop;
    owner.leave(this, isEarly ? "unexpected-stop" : "clean");
  }

  threw(thrown: unknown): void {
    const { stop, terms: { owner } } = this;
    const isClean = stop &&
      (Object.is(thrown, stop.reason) || isAbortError(thrown));
    owner.leave(this, isClean ? "clean" : "failed", thrown);
  }

  settle(outcome: TaskOutcome): void {
    this.state = outcome;
    this.extras?.finished?.resolve(outcome);
  }

  /** Lets go of the task once it has ended, as its handle may be kept. */
  forget(): void {
    if (this.extras) {
      this.abort(ended().reason);
      const { stop, finished } = this.extras;
      this.extras = { stop, finished };
    }
    this.task = forgotten;
  }

  /** Has it left behind unless its stage is over in time, from now on. */
  limit(): void {
    const { stage, terms } = this;
    const key = LIMITS[stage!];
    const ms = terms[key];
    if (ms === Infinity) return this.watch();
    this.watch(startTimer(ms, () => {
      const overrun = timeoutError(`${key} of ${ms} ms is over`);
      terms.owner.leaveBehind(this, "timed-out", overrun);
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

/** A task, up to its execute. */
export class TaskEntry extends Entry {
  declare task: Task;
  /** What a report says of its stages. */
  readonly stages: StageReport[];
  #context: TaskContext | undefined;

  constructor(
    name: string,
    task: Task,
    terms: Terms,
    stages: StageReport[] = [],
  ) {
    super(name, task, terms);
    this.stages = stages;
  }

  override get stage(): Stage | undefined {
    return this.state === "initializing" ? "initialize" : super.stage;
  }

  /** Initialize and execute share one. */
  override get context(): TaskContext {
    return this.#context ??= super.context;
  }

  /** Whether it has a cleanup, or none can tell. */
  get hasCleanup(): boolean {
    try {
      return this.task.cleanup !== undefined;
    } catch {
      return true;
    }
  }
}

/** The cleanup of a task, which is not told what the task was told. */
export class CleanupEntry extends TaskEntry {
  constructor({ name, task, terms, stages }: TaskEntry) {
    super(name, task, terms, stages);
  }

  override get stage(): Stage | undefined {
    return this.state === "executing" ? "cleanup" : undefined;
  }

  override get stop(): Stop | undefined {
    return this.extras?.stop;
  }
}

/** Whether an entry is that of a task, and not of an execute task. */
export function isTask(entry: Entry): entry is TaskEntry {
  return entry instanceof TaskEntry;
}
