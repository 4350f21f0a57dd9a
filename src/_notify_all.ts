import type { Entry } from "./_entry.ts";

/** More than anyone nests by hand, and far less than a stack can take. */
const MAX_DEPTH = 16;

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
export function notifyAll(entries: readonly Entry[]): void {
  for (const entry of entries) queue.push(entry);
  if (depth === MAX_DEPTH) return;
  depth++;
  while (notified < queue.length) queue[notified++]!.notify();
  if (--depth > 0) return;
  queue = [];
  notified = 0;
}
