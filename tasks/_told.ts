import type { TaskContext } from "../mod.ts";
import { onAbort } from "../src/on_abort.ts";
import { startTimer } from "../src/timers.ts";

/** Whether a task was told to begin nothing new. */
export function isTold({ draining, signal }: TaskContext): boolean {
  return draining.aborted || signal.aborted;
}

/**
 * Calls back when a task is told, and once more when it is aborted after that.
 *
 * @returns What prevents it.
 */
export function onTold(
  { draining, signal }: TaskContext,
  callback: () => void,
): () => void {
  const unlistens = [draining, signal].map((each) => onAbort(each, callback));
  return () => unlistens.forEach((unlisten) => unlisten());
}

/**
 * Resolves when something calls back, or as soon as a task is told.
 *
 * @param begin Is given the callback, and returns what prevents it.
 */
export function unlessTold(
  context: TaskContext,
  begin: (callback: () => void) => () => void,
): Promise<void> {
  const { draining, signal } = context;
  return new Promise((resolve) => {
    const wake = () => {
      draining.removeEventListener("abort", wake);
      signal.removeEventListener("abort", wake);
      stop();
      resolve();
    };
    const stop = begin(wake);
    if (isTold(context)) return wake();
    draining.addEventListener("abort", wake);
    signal.addEventListener("abort", wake);
  });
}

/** Resolves after that many milliseconds, or as soon as a task is told. */
export function pause(context: TaskContext, ms: number): Promise<void> {
  return unlessTold(context, (callback) => startTimer(ms, callback));
}
