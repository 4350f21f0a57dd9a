import type { TaskTimeouts } from "../mod.ts";
import { checkMilliseconds, checkOptions, wrong } from "../src/arguments.ts";
import { checkLimit, limitsOf } from "../src/limits.ts";

/** How a lease behaves. All times are in milliseconds. */
export interface LeaseOptions {
  /**
   * For how long the lock is taken, and renewed, each time. The shorter, the
   * sooner another replica takes over from one that has died.
   *
   * @default {15_000}
   */
  ttl?: number | undefined;
  /**
   * How long after one renewal the next one follows. Who waits asks twice in
   * that time.
   *
   * @default {a third of the ttl}
   */
  renewEvery?: number | undefined;
  /**
   * How long before the end of the ttl a term that was not renewed is over. At
   * least `stopTimeout`, `cleanupTimeout` and a tenth of the ttl together, the
   * last of which is for clocks that run at different rates; and short enough
   * that what is left of the ttl is longer than `renewEvery`.
   *
   * @default {the least that it may be}
   */
  margin?: number | undefined;
  /**
   * How long `initialize` of a term may take. Its signal aborts with a
   * `TimeoutError` then, and the term has failed.
   *
   * @default {Infinity}
   */
  initializeTimeout?: number | undefined;
  /**
   * How long a term may go on once its signal has aborted: its `initialize`, or
   * its `execute` and `drain`.
   *
   * @default {a tenth of the ttl}
   */
  stopTimeout?: number | undefined;
  /**
   * How long `cleanup` of a term may take.
   *
   * @default {a tenth of the ttl}
   */
  cleanupTimeout?: number | undefined;
  /**
   * After how long without any answer of the lock, other than errors, the task
   * fails; `Infinity` for never.
   *
   * @default {Infinity}
   */
  giveUpAfter?: number | undefined;
}

/** What options say. */
export interface LeaseRules {
  readonly ttl: number;
  readonly renewEvery: number;
  /** How long a term lasts from one renewal on, if no other one follows. */
  readonly lifetime: number;
  /** How long an answer of the lock is waited for. */
  readonly patience: number;
  readonly giveUpAfter: number;
  readonly limits: TaskTimeouts;
}

const ACTION = "make a lease";
/** The least that a margin may be, which it is if it is left out. */
const LEAST =
  "'stopTimeout', 'cleanupTimeout' and a tenth of the 'ttl' together";

/** What options say. Throws if they are wrong. */
export function leaseRulesOf(options: LeaseOptions): LeaseRules {
  checkOptions(ACTION, options);
  const { ttl = 15_000 } = options;
  checkTime(ttl, "ttl", 1);
  const { renewEvery = ttl / 3 } = options;
  checkTime(renewEvery, "renewEvery", 1);
  checkBelow(renewEvery, "'renewEvery'", ttl, "the 'ttl'");
  const { stopTimeout = ttl / 10, cleanupTimeout = ttl / 10 } = options;
  checkTime(stopTimeout, "stopTimeout", 0);
  checkTime(cleanupTimeout, "cleanupTimeout", 0);
  const { initializeTimeout, giveUpAfter = Infinity } = options;
  const limits = limitsOf(ACTION, {
    initializeTimeout,
    stopTimeout,
    cleanupTimeout,
  });
  const least = stopTimeout + cleanupTimeout + ttl / 10;
  const { margin = least } = options;
  checkMargin(margin, least, ttl - renewEvery);
  checkLimit(ACTION, giveUpAfter, "giveUpAfter");
  const lifetime = ttl - margin;
  // So that a renewal without an answer leaves time for another one.
  const patience = (lifetime - renewEvery) / 2;
  return { ttl, renewEvery, lifetime, patience, giveUpAfter, limits };
}

function checkTime(ms: unknown, key: string, least: number): void {
  checkMilliseconds(ACTION, ms, key);
  if (ms as number >= least) return;
  throw wrong(ACTION, `'${key}' must be at least ${least}`, ms, RangeError);
}

function checkMargin(margin: unknown, least: number, most: number): void {
  checkMilliseconds(ACTION, margin, "margin");
  if (margin as number < least) {
    const expected = `'margin' must be at least ${least}, which is ${LEAST}`;
    throw wrong(ACTION, expected, margin, RangeError);
  }
  const what = margin === least ? LEAST : "'margin'";
  checkBelow(margin as number, what, most, "the 'ttl' without 'renewEvery'");
}

function checkBelow(ms: number, what: string, most: number, why: string): void {
  if (ms < most) return;
  const expected = `${what} must be below ${most}, which is ${why}`;
  throw wrong(ACTION, expected, ms, RangeError);
}
