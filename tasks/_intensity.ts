import { checkMilliseconds, checkOptions, wrong } from "../src/arguments.ts";
import { startTimer } from "../src/timers.ts";

/** How often a task may be restarted in which time. */
export interface RestartIntensity {
  /** At most so many restarts: a whole number from 0 up. */
  restarts: number;
  /** In any time of that many milliseconds, finite and not negative. */
  within: number;
}

/** Counts restarts in a time that slides, whatever the clock says. */
export class Intensity {
  readonly restarts: number;
  readonly within: number;
  /** What ends the timers of those within the time. */
  readonly #counted = new Set<() => void>();

  constructor(action: string, intensity: RestartIntensity) {
    checkOptions(action, intensity, "'intensity' must be an object");
    const { restarts, within } = intensity;
    if (!Number.isSafeInteger(restarts) || restarts < 0) {
      const expected = "'restarts' must be a whole number from 0 up";
      throw wrong(action, expected, restarts, RangeError);
    }
    checkMilliseconds(action, within, "within");
    this.restarts = restarts;
    this.within = within;
  }

  /** Counts one more; returns whether that is too many. */
  isExceeded(): boolean {
    if (this.#counted.size >= this.restarts) return true;
    const endTimer = startTimer(
      this.within,
      () => this.#counted.delete(endTimer),
    );
    this.#counted.add(endTimer);
    return false;
  }

  /** Ends the timers. */
  release(): void {
    for (const endTimer of this.#counted) endTimer();
    this.#counted.clear();
  }
}
