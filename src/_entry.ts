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
import type { NestedRun, Stop } from "./_stopping.ts";
import type { StageReport } from "./report.ts";
import type {
  ExecuteFunction,
  ExecuteTask,
  Stage,
  Task,
  TaskType,
} from "./task.ts";

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
  /** Whether it is a cleanup, which is not told what the task was told. */
  isCleanup?: boolean;
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
    const finished = extrasOf(this).finished ??= deferred();
    const outcome = outcomeOf(this);
    if (outcome) finished.resolve(outcome);
    return finished.promise;
  }

  cancel(reason: unknown = abortError("The task was cancelled")): void {
    this.terms.owner.cancel(this, reason);
  }

  // What its context shows.

  get signal(): AbortSignal {
    const stop = stopOf(this);
    return (extrasOf(this).signal ??= controllerOf(
      stop?.isAborted ? stop : undefined,
    )).signal;
  }

  get draining(): AbortSignal {
    const stop = stopOf(this);
    return (extrasOf(this).draining ??= controllerOf(stop)).signal;
  }

  get done(): Promise<void> {
    const stop = stopOf(this);
    const extras = extrasOf(this);
    return extras.done ??= new Promise((resolve) => {
      if (stop?.isAborted) resolve();
      else extras.resolveDone = resolve;
    });
  }
}

function controllerOf(stop: Stop | undefined): AbortController {
  const controller = new AbortController();
  if (stop) controller.abort(stop.reason);
  return controller;
}

/** What is its own, as the extras of tasks that have ended are shared. */
export function extrasOf(entry: Entry): Extras {
  const { extras } = entry;
  return entry.extras = extras && extras !== ended ? extras : { ...extras };
}

/** The reports of the stages of a task; none for an execute task. */
export function stagesOf({ extras }: Entry): StageReport[] | undefined {
  return extras?.stages;
}

/** Whether it waits to be called. */
export function isIdle({ state }: Entry): boolean {
  return state === "waiting" || state === "initialized";
}

/** The stage that it is in. */
export function stageOf({ state }: Entry): Stage | undefined {
  return STAGES[state]?.[0];
}

/** How it has ended, once it has. */
export function outcomeOf(entry: Entry): TaskOutcome | undefined {
  const lives = isIdle(entry) || stageOf(entry);
  return lives ? undefined : entry.state as TaskOutcome;
}

/** Why it has to stop, once it has to. */
export function stopOf({ extras, terms }: Entry): Stop | undefined {
  return extras && (extras.stop || extras.isCleanup)
    ? extras.stop
    : terms.owner.stopping;
}

/** Whether it has a cleanup, or none can tell. */
export function hasCleanup({ task }: Entry): boolean {
  try {
    return (task as Task).cleanup !== undefined;
  } catch {
    return true;
  }
}

/**
 * Calls a stage, if the task has it: a synchronous throw is a rejection.
 *
 * @returns A promise if the task returned one or threw; nothing otherwise.
 */
export function callStage(
  stage: Stage,
  entry: Entry,
): Promise<unknown> | undefined {
  const { task } = entry;
  // The initialize and the execute of a task share their context.
  const context = stagesOf(entry)
    ? extrasOf(entry).context ??= new TaskContext(entry)
    : new TaskContext(entry);
  try {
    const returned = isBareFunction(task)
      ? task(context)
      : (task as Task)[stage]?.(context);
    return isObject(returned) ? Promise.resolve(returned) : undefined;
  } catch (thrown) {
    return Promise.reject(thrown);
  }
}

/** What follows when a stage has returned. */
export function returned(this: Entry): void {
  const isEarly = this.type === "strict" && this.state === "executing" &&
    !stopOf(this);
  this.terms.owner.leave(this, isEarly ? "unexpected-stop" : "clean");
}

/** What follows when a stage has thrown. */
export function threw(this: Entry, thrown: unknown): void {
  const stop = stopOf(this);
  const isClean = stop &&
    (Object.is(thrown, stop.reason) || isAbortError(thrown));
  this.terms.owner.leave(this, isClean ? "clean" : "failed", thrown);
}

/** Its execute is over, or never will begin. */
export function settle(entry: Entry, outcome: TaskOutcome): void {
  entry.state = outcome;
  entry.extras?.finished?.resolve(outcome);
  if (stagesOf(entry)) return;
  // The signal of an execute task ends with it; its handle may be kept.
  entry.task = nothing;
  ended ??= {
    stop: { reason: abortError("The task has ended"), isAborted: true },
  };
  if (entry.extras) abort(entry, ended.stop.reason);
  else entry.extras = ended;
}

/** Whether it, or a task of a manager that runs with it, wants to drain. */
export function wantsToDrain(entry: Entry): boolean {
  if (entry.state !== "executing" || !entry.terms.drainTimeout) return false;
  const { draining, nested } = entry.extras ?? {};
  return !!draining || !!nested && [...nested].some((each) => each.drains());
}

/** Passes on what it was told to those who have asked. */
export function notify(entry: Entry): void {
  const { extras, state } = entry;
  const stop = stopOf(entry)!;
  const { reason, isAborted } = stop;
  if (isAborted && state === "executing") limit(entry);
  extras?.draining?.abort(reason);
  if (isAborted) {
    extras?.signal?.abort(reason);
    extras?.resolveDone?.();
  }
  extras?.nested?.forEach((each) => each.told(stop));
}

/** Aborts this one alone, with the reason that it was told before, if any. */
export function abort(entry: Entry, reason: unknown): void {
  const stop = stopOf(entry);
  if (stop?.isAborted) return;
  extrasOf(entry).stop = { reason, ...stop, isAborted: true };
  notify(entry);
}

/** Has it left behind unless its stage is over in time, from now on. */
export function limit(entry: Entry): void {
  const { terms } = entry;
  const [, key] = STAGES[entry.state]!;
  const ms = terms[key];
  if (ms === Infinity) return watch(entry);
  const stopTimer = startTimer(ms, () => {
    const overrun = timeoutError(`${key} of ${ms} ms is over`);
    terms.owner.leaveBehind(entry, "timed-out", overrun);
  });
  watch(entry, stopTimer);
}

/** Ends what watches its stage, and has something else watch it. */
export function watch(entry: Entry, unwatch?: () => void): void {
  if (!unwatch && !entry.extras) return;
  const extras = extrasOf(entry);
  const before = extras.unwatch;
  extras.unwatch = unwatch;
  before?.();
}
