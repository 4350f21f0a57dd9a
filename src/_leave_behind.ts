import type { Entry, Stop } from "./_entry.ts";
import { type TaskError, toAggregateError } from "./errors.ts";

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
 * Stops what is left behind, and in the same turn all that is in the managers
 * within it, the innermost first, so that the stack does not grow with their
 * nesting.
 *
 * @returns The cause of the task's error.
 */
export function leaveBehind(
  entry: Entry,
  timeout: DOMException,
): unknown {
  entry.abort(timeout);
  const nested = nestedOf(entry);
  const all = [...nested];
  for (const each of all) all.push(...each.entries().flatMap(nestedOf));
  for (const each of all.reverse()) each.giveUp(timeout);
  const errors = nested.flatMap((each) => each.takeErrors());
  return errors.length > 0 ? toAggregateError(errors) : timeout;
}

function nestedOf({ extras }: Entry): NestedRun[] {
  return [...extras?.nested ?? []];
}
