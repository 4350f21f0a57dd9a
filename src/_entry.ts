import { isBareFunction, isObject } from "./_check.ts";
import {
  abortError,
  type Deferred,
  deferred,
  isAbortError,
  startTimer,
  timeoutError,
} from "./_waiting.ts";
import { TaskContext } from "./context.ts";
import type {
  TaskHandle,
  TaskManagerOptions,
  TaskOutcome,
  TaskState,
} from "./manager.ts";
import type { StageReport } from "./report.ts";
import type {
  ExecuteFunction,
  ExecuteTask,
  Stage,
  Task,
  TaskType,
} from "./task.ts";
import type { NestedRun, Stop } from "./_stopping.ts";

/** How long things may take, in milliseconds. */
export type Limits = { readonly [Key in keyof TaskManagerOptions]-?: number };

/** What holds for all tasks that set nothing else. */
export interface Terms extends Limits {
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

/** What only some have or ask for, and what is kept for them. */
interface Extras {
  /** What a report says of its stages: of a task, not of an execute task. */
  stages?: StageReport[];
  context?: TaskContext;
  signal?: AbortController;
  draining?: AbortController;
  done?: Promise<void>;
  resolveDone?: () => void;
  finished?: Deferred<TaskOutcome>;
  /** A stop of its own, not that of all. */
  stop?: Stop;
  /** The managers that run with its context. */
  nested?: Set<NestedRun>;
  /** Ends what watches the stage that it is in. */
  unwatch?: (() => void) | undefined;
}

/** Where a task is while a stage of it is called, and which limit holds. */
const STAGES: Partial<Record<string, readonly [Stage, keyof Limits]>> = {
  initializing: ["initialize", "initializeTimeout"],
  executing: ["execute", "stopTimeout"],
  "cleaning-up": ["cleanup", "cleanupTimeout"],
};

/** What takes the place of an execute task that has ended. */
const nothing: ExecuteFunction = () => {};

/** What all execute tasks have that have ended and never asked for anything. */
let ended: Extras & { readonly stop: Stop } | undefined;

/**
 * A task as its manager keeps it. What others see of it is a handle and a
 * context, which cost it only what they are asked for.
 */
export class Entry implements TaskHandle {
  readonly name: string;
  task: Task | ExecuteTask | ExecuteFunction;
  readonly type: TaskType;
  readonly terms: Terms;
  state: TaskState = "waiting";
  extras: Extras | undefined;

  constructor(
    name: string,
    task: Task | ExecuteTask | ExecuteFunction,
    type: TaskType,
    terms: Terms,
    stages?: StageReport[],
  ) {
    this.name = name;
    this.task = task;
    this.type = type;
    this.terms = terms;
    if (stages) this.extras = { stages };
    else this.extras = terms.stopTimeout < Infinity ? {} : undefined;
  }

  // What its handle shows, besides its name and its state.

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

  // What its manager asks of it.

  /** Whether it waits to be called. */
  get isIdle(): boolean {
    return this.state === "waiting" || this.state === "initialized";
  }

  /** The stage that it is in. */
  get stage(): Stage | undefined {
    return STAGES[this.state]?.[0];
  }

  /** How it has ended, once it has. */
  get outcome(): TaskOutcome | undefined {
    return this.isIdle || this.stage ? undefined : this.state as TaskOutcome;
  }

  /** Why it has to stop, once it has to. */
  get stop(): Stop | undefined {
    return this.extras?.stop ?? this.terms.owner.stopping;
  }

  get stages(): StageReport[] | undefined {
    return this.extras?.stages;
  }

  /** Whether it has a cleanup, or none can tell. */
  get hasCleanup(): boolean {
    try {
      return (this.task as Task).cleanup !== undefined;
    } catch {
      return true;
    }
  }

  /** Its own extras, as those of tasks that have ended are shared. */
  withExtras(): Extras {
    const { extras } = this;
    return this.extras = extras && extras !== ended ? extras : { ...extras };
  }

  /**
   * Calls a stage, if the task has it: a synchronous throw is a rejection.
   *
   * @returns A promise if the task returned one or threw; nothing otherwise.
   */
  call(stage: Stage): Promise<unknown> | undefined {
    const { task } = this;
    // The initialize and the execute of a task share their context.
    const context = this.stages
      ? this.withExtras().context ??= new TaskContext(this)
      : new TaskContext(this);
    try {
      const returned = isBareFunction(task)
        ? task(context)
        : (task as Task)[stage]?.(context);
      return isObject(returned) ? Promise.resolve(returned) : undefined;
    } catch (thrown) {
      return Promise.reject(thrown);
    }
  }

  returned(): void {
    const isEarly = this.type === "strict" && this.state === "executing" &&
      !this.stop;
    this.terms.owner.leave(this, isEarly ? "unexpected-stop" : "clean");
  }

  threw(thrown: unknown): void {
    const { stop } = this;
    const isClean = stop &&
      (Object.is(thrown, stop.reason) || isAbortError(thrown));
    this.terms.owner.leave(this, isClean ? "clean" : "failed", thrown);
  }

  settle(outcome: TaskOutcome): void {
    this.state = outcome;
    this.extras?.finished?.resolve(outcome);
    if (this.stages) return;
    // The signal of an execute task ends with it; its handle may be kept.
    this.task = nothing;
    ended ??= {
      stop: { reason: abortError("The task has ended"), isAborted: true },
    };
    if (this.extras) this.abort(ended.stop.reason);
    else this.extras = ended;
  }

  /** Whether it, or a task of a manager that runs with it, wants to drain. */
  wantsToDrain(): boolean {
    if (this.stage !== "execute" || !this.terms.drainTimeout) return false;
    const { draining, nested } = this.extras ?? {};
    return !!draining || !!nested && [...nested].some((each) => each.drains());
  }

  /** Passes on what it was told to those who have asked. */
  notify(): void {
    const { extras, stop } = this;
    const { reason, isAborted } = stop!;
    if (isAborted && this.stage === "execute") this.limit();
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
    const [, key] = STAGES[this.state]!;
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
