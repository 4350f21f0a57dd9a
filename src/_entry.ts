import {
  abortError,
  checkName,
  checkOptions,
  checkSignal,
  checkTask,
  deferred,
  isAbortError,
  isBareFunction,
  isManager,
  isObject,
  isOptions,
  isSignal,
  nothing,
  startTimer,
  timeoutError,
  wrong,
} from "./_basics.ts";
import { ENDED, extrasOf, ownExtras, stopOf, TaskContext } from "./context.ts";
import { type TaskError, toAggregateError } from "./errors.ts";
import type {
  AddTaskOptions,
  RunOptions,
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

// As they are now: a library may replace them later.
const { Promise } = globalThis;
const { then } = Promise.prototype;

/** Why a task has to stop. */
export interface Stop {
  readonly reason: unknown;
  /** Whether signals are aborted, too; until then there is time to drain. */
  readonly isAborted: boolean;
  /** Whether it is for one task alone, whose end means nothing to others. */
  readonly isCancel?: boolean | undefined;
  /** Ends the time to drain. */
  abort?(): void;
}

/** A manager that runs as a task, and lives and dies with its context. */
export interface NestedRun {
  /** Whether any of its tasks wants to drain. */
  drains(): boolean;
  /** The task is told to stop. */
  told(stop: Stop): void;
  /** What its tasks are in. */
  entries(): readonly Entry[];
  /** The task is left behind: ends the run at once. */
  giveUp(timeout: DOMException): void;
  /** The errors that nobody was given yet. */
  takeErrors(): TaskError[];
}

/** What holds for all tasks that set nothing else. */
export interface Terms extends Readonly<TaskManagerOptions> {
  readonly manager: Owner;
  /** Whether there are limits at all: most have none. */
  readonly isLimited?: boolean;
}

/** What a task may ask of its manager. */
export interface Owner {
  /** The stop of all that have none of their own. */
  readonly stopping: Stop | undefined;
  cancel(entry: Entry, reason: unknown): void;
  leave(entry: Entry, outcome: TaskOutcome, cause?: unknown): void;
  abandon(entry: Entry, outcome: TaskOutcome, timeout: DOMException): void;
}

/**
 * A task as its manager keeps it. It is its own context and its own handle,
 * which cost it only what they are asked for.
 */
export class Entry extends TaskContext implements TaskHandle {
  declare task: Task | ExecuteTask | ExecuteFunction;
  declare readonly type: TaskType;
  declare readonly terms: Terms;
  /** The reports of its stages; none for an execute task. */
  declare readonly stages: StageReport[] | undefined;
  declare state: TaskState;

  constructor(
    name: string,
    task: Task | ExecuteTask | ExecuteFunction,
    type: TaskType,
    terms: Terms,
    stages: StageReport[] | undefined,
  ) {
    super({ name });
    this.task = task;
    this.type = type;
    this.terms = terms;
    this.stages = stages;
    this.state = "waiting";
  }

  get finished(): Promise<TaskOutcome> {
    const finished = ownExtras(this).finished ??= deferred();
    const outcome = outcomeOf(this);
    if (outcome) finished.resolve(outcome);
    return finished.promise;
  }

  cancel(reason: unknown = abortError("The task was cancelled")): void {
    this.terms.manager.cancel(this, reason);
  }
}

/** The managers that run with its context. */
export function nestedOf(entry: Entry): NestedRun[] {
  return [...extrasOf(entry)?.nested ?? []];
}

/** The stage that it is in. */
export function stageOf({ state, stages }: Entry): Stage | undefined {
  if (state !== "initializing" && state !== "executing") return;
  return stages ? stages.at(-1)!.stage : "execute";
}

/** Whether it waits to be called. */
export function isIdle({ state }: Entry): boolean {
  return state === "waiting" || state === "initialized";
}

/** How it has ended, once it has. */
export function outcomeOf(entry: Entry): TaskOutcome | undefined {
  if (isIdle(entry) || stageOf(entry)) return;
  return entry.state as TaskOutcome;
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
 * Calls a stage, if the task has it, and goes on when it is over: at once for
 * an execute that may end and returns no promise. A throw is a rejection.
 */
export function callStage(stage: Stage, entry: Entry): void {
  const { task, type, terms } = entry;
  try {
    const returned = isBareFunction(task)
      ? task(entry)
      : (task as Task)[stage]?.(entry);
    if (isObject(returned) || type !== "error" || stage !== "execute") {
      return follow(entry, Promise.resolve(returned));
    }
  } catch (thrown) {
    return follow(entry, Promise.reject(thrown));
  }
  terms.manager.leave(entry, "clean");
}

function follow(entry: Entry, promise: Promise<unknown>): void {
  // Bound functions take far less memory than closures.
  then.call(promise, returned.bind(entry), threw.bind(entry));
}

/** The same task, once it is to be cleaned up: nobody told it to stop. */
export function toCleanUp(entry: Entry): Entry {
  const { name, task, type, terms, stages } = entry;
  const cleaning = new Entry(name, task, type, terms, stages);
  ownExtras(cleaning).stop = null;
  return cleaning;
}

/** What follows when a stage has returned. */
function returned(this: Entry): void {
  const isEarly = this.type === "strict" && stageOf(this) === "execute" &&
    !stopOf(this);
  this.terms.manager.leave(this, isEarly ? "unexpected-stop" : "clean");
}

/** What follows when a stage has thrown. */
function threw(this: Entry, thrown: unknown): void {
  const stop = stopOf(this);
  const isClean = stop &&
    (Object.is(thrown, stop.reason) || isAbortError(thrown));
  this.terms.manager.leave(this, isClean ? "clean" : "failed", thrown);
}

/** Its execute is over, or never will begin. */
export function settle(entry: Entry, outcome: TaskOutcome): void {
  const extras = extrasOf(entry);
  entry.state = outcome;
  extras?.finished?.resolve(outcome);
  if (entry.stages) return;
  // The signal of an execute task ends with it; its handle may be kept.
  entry.task = nothing;
  if (extras) abort(entry, ENDED.stop.reason);
  else entry["extras"] = ENDED;
}

/** Whether it, or a task of a manager that runs with it, wants to drain. */
export function wantsToDrain(entry: Entry): unknown {
  return stageOf(entry) === "execute" && entry.terms.drainTimeout &&
    (extrasOf(entry)?.draining ||
      nestedOf(entry).some((each) => each.drains()));
}

/** Passes on what it was told to those who have asked. */
export function notify(entry: Entry): void {
  const extras = extrasOf(entry);
  const stop = stopOf(entry)!;
  const { reason, isAborted } = stop;
  if (isAborted && stageOf(entry) === "execute") limit(entry);
  extras?.draining?.abort(reason);
  if (isAborted) {
    extras?.signal?.abort(reason);
    extras?.resolveDone?.();
  }
  for (const each of extras?.nested ?? []) each.told(stop);
}

/** Aborts this one alone, with the reason that it was told before, if any. */
export function abort(entry: Entry, reason: unknown): void {
  const stop = stopOf(entry);
  if (stop?.isAborted) return;
  ownExtras(entry).stop = { reason, ...stop, isAborted: true };
  notify(entry);
}

const LIMITS = [
  "initializeTimeout",
  "stopTimeout",
  "cleanupTimeout",
  "drainTimeout",
  "shutdownTimeout",
] as const;

/** Has it left behind unless its stage is over in time, from now on. */
export function limit(entry: Entry): void {
  const { terms } = entry;
  if (!terms.isLimited) return;
  // That of execute begins when its signal has aborted.
  const stage = stageOf(entry)!;
  const key = `${stage === "execute" ? "stop" : stage}Timeout` as const;
  const giveUp = (timeout: DOMException) =>
    terms.manager.abandon(entry, "timed-out", timeout);
  watch(entry, startLimit(terms, key, giveUp));
}

/**
 * Calls back with what a limit has run out with, unless that is prevented.
 *
 * @returns What prevents it; nothing without a limit.
 */
export function startLimit(
  terms: Terms,
  key: keyof TaskManagerOptions,
  callback: (timeout: DOMException) => void,
): (() => void) | undefined {
  const ms = terms[key];
  if (!(ms! < Infinity)) return;
  return startTimer(ms!, () => {
    callback(timeoutError(`${key} of ${ms} ms is over`));
  });
}

/** Ends what watches its stage, and has something else watch it. */
export function watch(entry: Entry, unwatch?: () => void): void {
  const before = extrasOf(entry)?.unwatch;
  if (!unwatch && !before) return;
  ownExtras(entry).unwatch = unwatch;
  before?.();
}

/** What holds if options set limits, and what held before if they set none. */
export function withLimits(
  action: string,
  options: TaskManagerOptions,
  terms: Terms,
): Terms {
  const limits: { -readonly [Key in keyof Terms]: Terms[Key] } = { ...terms };
  for (const key of LIMITS) {
    const ms = options[key];
    if (ms === undefined) continue;
    if (typeof ms !== "number" || !(ms >= 0)) {
      const expected = `'${key}' must be a number from 0 up`;
      throw wrong(action, expected, ms, RangeError);
    }
    limits[key] = ms;
    limits.isLimited = true;
  }
  return limits;
}

const EXECUTE_TYPES: readonly TaskType[] = ["strict", "error"];
const TYPES: readonly TaskType[] = ["strict", "error", "stop-group"];

/** The entry of a task that is to be added, if everything given is right. */
export function admit(
  action: "add task" | "add execute task",
  terms: Terms,
  name: string,
  task: Task | ExecuteTask | ExecuteFunction,
  options: AddTaskOptions = {},
): Entry {
  checkName(action, name);
  const isTask = action === "add task";
  const isBare = isBareFunction(task);
  if (isTask && (isBare || isManager(task))) {
    const expected = "a TaskManager or a function goes to addExecuteTask";
    throw wrong(`${action} "${name}"`, expected, task);
  }
  if (!isBare) checkTask(`${action} "${name}"`, task);
  if (!isOptions(options)) checkOptions(`${action} "${name}"`, options);
  const { type = "strict" } = options;
  const types = isTask ? TYPES : EXECUTE_TYPES;
  if (!types.includes(type)) {
    const expected = `its type must be "${types.join('" or "')}"`;
    throw wrong(`${action} "${name}"`, expected, type);
  }
  const setsLimits = options.initializeTimeout !== undefined ||
    options.stopTimeout !== undefined ||
    options.cleanupTimeout !== undefined ||
    options.drainTimeout !== undefined;
  const own = setsLimits
    ? withLimits(`${action} "${name}"`, options, terms)
    : terms; // Most set none, and cost nothing.
  return new Entry(name, task, type, own, isTask ? [] : undefined);
}

/** What tells a manager to stop, if what `run` was given is right. */
export function sourceOf(
  options: RunOptions = {},
): Entry | AbortSignal | undefined {
  if (!isOptions(options) || isSignal(options)) {
    throw wrong("run", "the options must be as in run({ signal })", options);
  }
  if (options instanceof Entry) return options;
  const { signal } = options;
  if (signal !== undefined) checkSignal("run", signal);
  return signal;
}

// What follows is how several stop together.

/**
 * Makes the stop of those who stop together. Once `begin` is called they are
 * told, those who want to drain have their time, then every signal aborts, and
 * each has its time to end.
 */
export function stopOfAll(
  entries: readonly Entry[],
  reason: unknown,
  isCancel?: boolean,
): Stop & { begin(): void } {
  let draining = 0;
  const isTold = (entry: Entry) => stopOf(entry) === stop;
  const stop = {
    reason,
    isCancel,
    isAborted: false,
    begin() {
      for (const entry of entries.filter(wantsToDrain).filter(isTold)) {
        const { terms } = entry;
        const stopTimer = startLimit(terms, "drainTimeout", () => watch(entry));
        draining++;
        watch(entry, () => {
          stopTimer?.();
          if (--draining === 0) stop.abort();
        });
      }
      if (draining > 0) notifyAll(entries.filter(isTold));
      else stop.abort();
    },
    abort() {
      if (stop.isAborted) return;
      stop.isAborted = true;
      notifyAll(entries.filter(isTold));
      entries = [];
    },
  };
  return stop;
}

/** More than anyone nests by hand, and far less than a stack can take. */
export const MAX_DEPTH = 16;

let queue: Entry[] = [];
let notified = 0;
let depth = 0;

/**
 * Lets all know that they have to stop, in order, before it returns.
 *
 * Telling one may run abort listeners that tell others, as a manager within a
 * manager does. All share one queue, which the innermost call works off, so
 * each call still returns with everyone told. Only calls deeper than
 * `MAX_DEPTH` leave the queue to those above them, so that the stack does not
 * grow with the nesting of managers.
 */
function notifyAll(entries: Entry[]): void {
  if (depth === 0) queue = entries;
  else for (const entry of entries) queue.push(entry);
  if (depth === MAX_DEPTH) return;
  depth++;
  while (notified < queue.length) notify(queue[notified++]!);
  if (--depth > 0) return;
  queue = [];
  notified = 0;
}

/**
 * Stops what is left behind, and in the same turn all that is in the managers
 * within it, the innermost first, so that the stack does not grow with their
 * nesting.
 *
 * @returns The cause of the task's error.
 */
export function leaveBehind(entry: Entry, timeout: DOMException): unknown {
  abort(entry, timeout);
  const nested = nestedOf(entry);
  const all = [...nested];
  for (const each of all) all.push(...each.entries().flatMap(nestedOf));
  for (const each of all.reverse()) each.giveUp(timeout);
  const errors = nested.flatMap((each) => each.takeErrors());
  return errors.length > 0 ? toAggregateError(errors) : timeout;
}
