import type { Entry } from "./_entry.ts";
import type { Stop, TaskContext } from "./context.ts";

/** Tasks that are being told something, and how many of them have been. */
interface Telling {
  readonly entries: readonly Entry[];
  readonly stop: Stop;
  readonly tell: (context: TaskContext, stop: Stop) => void;
  told: number;
}

/** More than anyone nests by hand, and far less than a stack can take. */
const MAX_DEPTH = 16;

const queue: Telling[] = [];
let depth = 0;

/**
 * Tells tasks something, in order, before it returns.
 *
 * Telling one may run abort listeners that tell others, as a manager within a
 * manager does. All share one queue, which the innermost call works off, so
 * each call still returns with everyone told. Only calls deeper than
 * `MAX_DEPTH` leave the queue to those above them, so that the stack does not
 * grow with the nesting of managers.
 */
export function tellAll(
  entries: readonly Entry[],
  stop: Stop,
  tell: (context: TaskContext, stop: Stop) => void,
): void {
  queue.push({ entries, stop, tell, told: 0 });
  if (depth === MAX_DEPTH) return;
  depth++;
  try {
    for (let first = queue[0]; first; first = queue[0]) {
      const entry = first.entries[first.told++];
      if (entry) first.tell(entry.context, first.stop);
      else queue.shift();
    }
  } finally {
    depth--;
  }
}
