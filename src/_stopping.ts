import {
  abort,
  type Entry,
  nestedOf,
  notify,
  startLimit,
  wantsToDrain,
  watch,
} from "./_entry.ts";
import { extrasOf, stopOf } from "./context.ts";
import { type TaskError, toAggregateError } from "./errors.ts";

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
  /** Those to whom it makes a difference. */
  const told = () =>
    entries.filter((entry) => extrasOf(entry) && stopOf(entry) === stop);
  const stop = {
    reason,
    isCancel,
    isAborted: false,
    begin() {
      const all = told();
      for (const entry of all.filter(wantsToDrain)) {
        const { terms } = entry;
        const stopTimer = startLimit(terms, "drainTimeout", () => watch(entry));
        draining++;
        watch(entry, () => {
          stopTimer?.();
          if (--draining === 0) stop.abort();
        });
      }
      if (draining > 0) notifyAll(all);
      else stop.abort();
    },
    abort() {
      if (stop.isAborted) return;
      stop.isAborted = true;
      const all = told();
      entries = [];
      notifyAll(all);
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
function notifyAll(entries: readonly Entry[]): void {
  for (const entry of entries) queue.push(entry);
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
