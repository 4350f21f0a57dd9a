import type { Stoppable } from "./_stoppable.ts";

/** Those who are being told, and how many of them have been. */
interface Telling {
  readonly stoppables: readonly Stoppable[];
  told: number;
}

/** More than anyone nests by hand, and far less than a stack can take. */
const MAX_DEPTH = 16;

const queue: Telling[] = [];
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
export function notifyAll(stoppables: readonly Stoppable[]): void {
  queue.push({ stoppables, told: 0 });
  if (depth === MAX_DEPTH) return;
  depth++;
  try {
    for (let first = queue[0]; first; first = queue[0]) {
      const stoppable = first.stoppables[first.told++];
      if (stoppable) stoppable.notify();
      else queue.shift();
    }
  } finally {
    depth--;
  }
}
