import type { ProcessHere } from "./process_here.ts";

/** Under which the process keeps them, for every copy of this package. */
const KEY: unique symbol = Symbol.for("@goasync/core/signals/last-acts");

/** What is done just before a process ends. */
interface LastActs {
  readonly acts: Set<() => void>;
  /** What ends the watch for the end of the process. */
  readonly unwatch: () => void;
}

/** A process that may have something to do before it ends. */
export interface EndingProcess extends ProcessHere {
  [KEY]?: LastActs | undefined;
}

/**
 * Has something done just before the process ends.
 *
 * @param watch Begins to watch for the end, if nobody has yet.
 * @returns What takes it back.
 */
export function addLastAct(
  process: EndingProcess,
  act: () => void,
  watch: () => () => void,
): () => void {
  const last = process[KEY] ??= { acts: new Set(), unwatch: watch() };
  last.acts.add(act);
  return () => {
    if (!last.acts.delete(act) || last.acts.size > 0) return;
    last.unwatch();
    process[KEY] = undefined;
  };
}

/** Does what is to be done before a process ends, which is about to. */
export function actAtEnd(process: EndingProcess): void {
  for (const act of process[KEY]?.acts ?? []) act();
}
