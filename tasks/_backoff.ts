import { checkMilliseconds, checkOptions, wrong } from "../src/arguments.ts";

/** How long to wait after one failure, and after the next. */
export interface BackoffOptions {
  /**
   * The wait after the first failure, in milliseconds.
   *
   * @default {100}
   */
  min?: number | undefined;
  /**
   * The longest wait, in milliseconds.
   *
   * @default {30_000, or `min` if that is more}
   */
  max?: number | undefined;
  /**
   * By how much each wait is longer than the one before: a number from 1 up.
   *
   * @default {2}
   */
  factor?: number | undefined;
  /**
   * How much of each wait is left to chance, from 0 to 1, so that those who
   * failed together do not come back together: with 0.5 it takes 50 to 100 % of
   * its time.
   *
   * @default {0.5}
   */
  jitter?: number | undefined;
}

/** Waits that grow with each failure in a row. */
export class Backoff {
  readonly #options: Required<{ [Key in keyof BackoffOptions]: number }>;
  #next: number;

  constructor(action: string, options: BackoffOptions) {
    checkOptions(action, options, "'backoff' must be an object or false");
    const { min = 100, factor = 2, jitter = 0.5 } = options;
    checkMilliseconds(action, min, "min");
    const { max = Math.max(min, 30_000) } = options;
    checkMilliseconds(action, max, "max");
    if (max < min) {
      throw wrong(action, `'max' must be at least ${min}`, max, RangeError);
    }
    if (typeof factor !== "number" || !(factor >= 1 && factor < Infinity)) {
      throw wrong(
        action,
        "'factor' must be a finite number from 1 up",
        factor,
        RangeError,
      );
    }
    if (typeof jitter !== "number" || !(jitter >= 0 && jitter <= 1)) {
      throw wrong(
        action,
        "'jitter' must be a number from 0 to 1",
        jitter,
        RangeError,
      );
    }
    this.#options = { min, max, factor, jitter };
    this.#next = min;
  }

  /** How many milliseconds to wait after one more failure. */
  next(): number {
    const { max, factor, jitter } = this.#options;
    const ms = this.#next;
    this.#next = Math.min(max, ms * factor);
    return ms * (1 - jitter * Math.random());
  }

  /** Something worked: the next failure is the first again. */
  reset(): void {
    this.#next = this.#options.min;
  }
}

/** A backoff by what an option says, if it says that there is one. */
export function backoffOf(
  action: string,
  options: BackoffOptions | false = {},
): Backoff | undefined {
  return options === false ? undefined : new Backoff(action, options);
}
