import { wrong } from "./_check.ts";

/** What a timer can wait for in one piece: about 25 days. */
export const LONGEST_TIMEOUT: number = 2 ** 31 - 1;

/** Throws unless a value is a time in milliseconds. */
export function checkMilliseconds(
  action: string,
  ms: unknown,
  key = "ms",
): void {
  if (typeof ms === "number" && ms >= 0 && ms < Infinity) return;
  const expected = `'${key}' must be a finite number that is not negative`;
  throw wrong(action, expected, ms, RangeError);
}

/**
 * Calls back once after that many milliseconds, and never after Infinity.
 *
 * @returns What prevents it.
 */
export function startTimer(ms: number, callback: () => void): () => void {
  if (ms === Infinity) return () => {};
  let timer: ReturnType<typeof setTimeout>;
  const wait = (ms: number) => {
    timer = ms > LONGEST_TIMEOUT
      ? setTimeout(wait, LONGEST_TIMEOUT, ms - LONGEST_TIMEOUT)
      : setTimeout(callback, ms);
  };
  wait(ms);
  return () => clearTimeout(timer);
}
