import { startTimer } from "../src/timers.ts";

/** How long it may take to notice that a machine has slept, in milliseconds. */
const LOOK_AGAIN = 500;

/**
 * The time since it was made, by whichever clock says more: `performance.now`
 * stands still while a machine sleeps, `Date.now` can be put back.
 */
export class Since {
  readonly #steady = performance.now();
  readonly #wall = Date.now();

  get ms(): number {
    return Math.max(
      performance.now() - this.#steady,
      Date.now() - this.#wall,
    );
  }
}

/**
 * Calls back once that many milliseconds have passed since then.
 *
 * @returns What prevents it.
 */
export function oncePassed(
  since: Since,
  ms: number,
  callback: () => void,
): () => void {
  let stop = () => {};
  const look = () => {
    const left = Math.ceil(ms - since.ms);
    if (left <= 0) callback();
    else stop = startTimer(Math.min(left, LOOK_AGAIN), look);
  };
  look();
  return () => stop();
}
