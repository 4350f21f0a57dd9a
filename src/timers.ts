/** What a timer can wait for in one piece: about 25 days. */
export const LONGEST_TIMEOUT: number = 2 ** 31 - 1;

/**
 * Calls back once after that many milliseconds, in pieces if need be.
 *
 * @returns What prevents it.
 */
export function startTimer(ms: number, callback: () => void): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const wait = (ms: number) => {
    timer = ms > LONGEST_TIMEOUT
      ? setTimeout(wait, LONGEST_TIMEOUT, ms - LONGEST_TIMEOUT)
      : setTimeout(callback, ms);
  };
  wait(ms);
  return () => clearTimeout(timer);
}
