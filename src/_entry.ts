import { abortError, isAbortError, timeoutError } from "./_abort_error.ts";
import { type Deferred, deferred } from "./_deferred.ts";
import type { NestedRun } from "./_leave_behind.ts";
import type { Limits } from "./_limits.ts";
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

/** Why a task has to stop. */
export interface Stop {
  readonly reason: unknown;
  /** Whether signals are aborted, too; until then there is time to drain. */
  readonly isAborted: boolean;
  /** Whether it is for one task alone, whose end means nothing to others. */
  readonly isCancel?: boolean;
  /** Ends the time to drain. */
  abort?(): void;
}

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

/** What only some ask for, and what is kept for them. */
interface Extras {
  signal?: AbortController;
  draining?: AbortController;
  done?: Promise<void>;
  resolveDone?: () => void;
  context?: TaskContext;
  /** A stop of its own, not that of all. */
  stop?: Stop | undefined;
  /** The managers that run with its context. */
  nested?: Set<NestedRun>;
  finished?: Deferred<TaskOutcome> | undefined;
  /** Ends what watches the stage that it is in. */
  unwatch?: (() => void) | undefined;
}

/** The names that its handle has for the stages a task is in. */
const STATES: Partial<Record<string, TaskState>> = {
  initialize: "initializing",
  execute: "executing",
};

/** Which limit holds for a stage; for execute, once its signal aborted. */
const LIMITS = {
  initialize: "initializeTimeout",
  execute: "stopTimeout",
  cleanup: "cleanupTimeout",
} as const;

/** In the place of an execute task that has ended. */
const forgotten: ExecuteFunction = () => {};

let endedStop: Stop | undefined;

/** The stop of execute tasks that have ended: one for all. */
function ended(): Stop {
  return endedStop ??= {
    reason: abortError("The task has ended"),
    isAborted: true,
  };
}

/**
 * A task as the manager keeps it. What others see of it is a handle and a
 * context, which cost it only what they are asked for.
 */
export class Entry implements TaskHandle {
  readonly name: string;
  task: ExecuteTask | ExecuteFunction;
  readonly terms: Terms;
  /** What a report says of the stages of a task; none for an execute task. */
  readonly stages: StageReport[] | undefined;
  /** Where it is in its life. */
  at: "waiting" | Stage | "initialized" | TaskOutcome = "waiting";
  extras: Extras | undefined = undefined;

  constructor(
    name: string,
    task: ExecuteTask | ExecuteFunction,
    terms: Terms,
    stages?: StageReport[],
  ) {
    this.name = name;
    this.task = task;
    this.terms = terms;
    this.stages = stages;
  }

  // What its handle shows.

  get state(): TaskState {
    return STATES[this.at] ?? this.at as TaskState;
  }

  get finished(): Promise<TaskOutcome> {
    const finished = this.withExtras().finished ??= deferred();
    if (this.outcome) finished.resolve(this.outcome);
    return finished.promise;
  }

  cancel(reason: unknown = abortError("The task was cancelled")): void {
    this.terms.owner.cancel(this, reason);
  }

  // What its context shows.

  get signal(): AbortSignal {
    const { stop } = this;
    return (this.withExtras().signal ??= controllerOf(
      stop?.isAborted ? stop : undefined,
    )).signal;
  }

  get draining(): AbortSignal {
    const { stop } = this;
    return (this.withExtras().draining ??= controllerOf(stop)).signal;
  }

  get done(): Promise<void> {
    const { stop } = this;
    const extras = this.withExtras();
    return extras.done ??= new Promise((resolve) => {
      if (stop?.isAborted) resolve();
      else extras.resolveDone = resolve;
    });
  }

  // What the manager asks of it.

  /** Whether it waits to be called. */
  get isIdle(): boolean {
    return this.at === "waiting" || this.at === "initialized";
  }

  /** The stage that it is in. */
  get stage(): Stage | undefined {
    return this.at in LIMITS ? this.at as Stage : undefined;
  }

  /** How it has ended, once it has. */
  get outcome(): TaskOutcome | undefined {
    return this.isIdle || this.stage ? undefined : this.at as TaskOutcome;
  }

  /** Why it has to stop, once it has to. */
  get stop(): Stop | undefined {
    return this.extras?.stop ?? this.terms.owner.stopping ??
      (this.task === forgotten ? ended() : undefined);
  }

  /** One for initialize and execute of a task. */
  get context(): TaskContext {
    return this.stages
      ? this.withExtras().context ??= new TaskContext(this)
      : new TaskContext(this);
  }

  /** Whether it has a cleanup, or none can tell. */
  get hasCleanup(): boolean {
    try {
      return (this.task as Task).cleanup !== undefined;
    } catch {
      return true;
    }
  }

  withExtras(): Extras {
    return this.extras ??= {};
  }

  returned(): void {
    const { owner, type } = this.terms;
    const isEarly = type === "strict" && this.at === "execute" && !this.stop;
    owner.leave(this, isEarly ? "unexpected-stop" : "clean");
  }

  threw(thrown: unknown): void {
    const { stop, terms: { owner } } = this;
    const isClean = stop &&
      (Object.is(thrown, stop.reason) || isAbortError(thrown));
    owner.leave(this, isClean ? "clean" : "failed", thrown);
  }

  settle(outcome: TaskOutcome): void {
    this.at = outcome;
    this.extras?.finished?.resolve(outcome);
  }

  /** Lets go of an execute task that has ended, as its handle may be kept. */
  forget(): void {
    if (this.extras) {
      this.abort(ended().reason);
      const { stop, finished } = this.extras;
      this.extras = { stop, finished };
    }
    this.task = forgotten;
  }

  /** Whether it, or a task of a manager that runs with it, wants to drain. */
  wantsToDrain(): boolean {
    if (this.at !== "execute" || this.terms.drainTimeout === 0) return false;
    const { draining, nested } = this.extras ?? {};
    return !!draining || !!nested && [...nested].some((each) => each.drains());
  }

  /** Whether it makes any difference to it when it is told to stop. */
  hasToKnow(): boolean {
    return this.extras !== undefined || this.terms.stopTimeout < Infinity;
  }

  /** Passes on what it was told to those who have asked. */
  notify(): void {
    const { extras, stop } = this;
    const { reason, isAborted } = stop!;
    if (isAborted && this.at === "execute") this.limit();
    extras?.draining?.abort(reason);
    if (isAborted) {
      extras?.signal?.abort(reason);
      extras?.resolveDone?.();
    }
    extras?.nested?.forEach((each) => each.told(stop!));
  }

  /** Aborts this one alone, with the reason that it was told before, if any. */
  abort(reason: unknown): void {
    const { stop } = this;
    if (stop?.isAborted) return;
    this.withExtras().stop = { reason, ...stop, isAborted: true };
    this.notify();
  }

  /** Has it left behind unless its stage is over in time, from now on. */
  limit(): void {
    const { terms } = this;
    const key = LIMITS[this.at as Stage];
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

/** The cleanup of a task, which is not told what the task was told. */
export class CleanupEntry extends Entry {
  override get stop(): Stop | undefined {
    return this.extras?.stop;
  }
}

function controllerOf(stop: Stop | undefined): AbortController {
  const controller = new AbortController();
  if (stop) controller.abort(stop.reason);
  return controller;
}
