import { onAbort } from "../src/on_abort.ts";
import { isThenable } from "../src/promises.ts";

/** What prevents something that was begun, if anything was. */
type Prevent = (() => void) | undefined;

/**
 * Hands on what a stage returned; if it is a promise, one that rejects when that
 * comes too late.
 *
 * @param watch Is given what says that it is too late, and returns what ends
 * the watch.
 */
export function inTime(
  returned: unknown,
  watch: (late: (error: unknown) => void) => Prevent,
): unknown {
  if (!isThenable(returned)) return returned;
  let unwatch: Prevent;
  const late = new Promise<never>((_, reject) => unwatch = watch(reject));
  return Promise.race([returned, late]).finally(() => unwatch?.());
}

/**
 * Begins something once a signal aborts.
 *
 * @returns What prevents both.
 */
export function onceAborted(
  signal: AbortSignal,
  begin: () => Prevent,
): Prevent {
  let prevent: Prevent;
  // Not by `done`, which keeps what awaits it until the task is stopped.
  const unlisten = onAbort(signal, () => prevent = begin());
  return () => {
    unlisten();
    prevent?.();
  };
}
