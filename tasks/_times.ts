import { isFunction, wrong } from "../src/arguments.ts";
import { messageOf } from "../src/messages.ts";
import type { TaskContext } from "../mod.ts";
import { Backoff } from "./_backoff.ts";
import { callSafely, type OnError } from "./_swallow.ts";
import { isTold, pause } from "./_told.ts";

/** Tells which time comes after another one; none if it was the last. */
export type Next = (after: Date) => Date | null;

/** What a clock shows, as it is read and written. */
export function shownTime(ms: number): string {
  return new Date(ms).toISOString();
}

/**
 * Asks for the time that comes after another one, and after now. A wrong answer
 * is handed on and noted; it asks again after a wait.
 *
 * @returns The time, or `undefined` if there is none or the task was told.
 */
export async function nextTime(
  next: Next,
  after: number,
  context: TaskContext,
  onError: OnError,
): Promise<number | undefined> {
  const action = `schedule task "${context.name}"`;
  const waits = new Backoff(action, {});
  while (!isTold(context)) {
    try {
      const time = timeAfter(after, next, action);
      const now = Date.now();
      if (time === undefined || time > now) return time;
      return timeAfter(now, next, action);
    } catch (error) {
      context.note(`cannot tell the next time: ${messageOf(error)}`);
      void callSafely(onError, error);
      await pause(context, waits.next());
      after = Math.max(after, Date.now());
    }
  }
}

function timeAfter(
  after: number,
  next: Next,
  action: string,
): number | undefined {
  const date = next(new Date(after));
  if (date === null) return;
  // By its method, as a Date may be of another realm, or of a fake clock.
  if (!isFunction(Object(date).getTime)) {
    throw wrong(action, "'next' must return a Date or null", date);
  }
  const time = date.getTime();
  if (!Number.isFinite(time)) {
    const expected = "'next' must return a valid Date or null";
    throw wrong(action, expected, String(date), RangeError);
  }
  if (time > after) return time;
  const expected = `'next' must return a date after ${shownTime(after)}`;
  throw wrong(action, expected, shownTime(time), RangeError);
}
