import { LONGEST_TIMEOUT } from "../timers.ts";

/**
 * Calls back once after that many milliseconds, but at most 25 days, unless
 * that is prevented. Where the runtime can do so, it keeps no process alive.
 *
 * @returns What prevents it.
 */
export function startIdleTimer(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, Math.min(ms, LONGEST_TIMEOUT));
  Object(timer).unref?.();
  return () => clearTimeout(timer);
}
