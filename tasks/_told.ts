import { isAbortError } from "../src/_basics.ts";
import type { TaskContext } from "../mod.ts";

/** Whether a task was told to begin nothing new. */
export function isTold(
  { draining, signal }: Pick<TaskContext, "draining" | "signal">,
): boolean {
  return draining.aborted || signal.aborted;
}

/** Whether a task that threw this was told to stop, and has stopped cleanly. */
export function isCleanStop(context: TaskContext, thrown: unknown): boolean {
  if (!isTold(context)) return false;
  const { reason } = context.draining.aborted
    ? context.draining
    : context.signal;
  return Object.is(thrown, reason) || isAbortError(thrown);
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
    if (isTold({ draining, signal })) return wake();
    draining.addEventListener("abort", wake);
    signal.addEventListener("abort", wake);
  });
}
