import { timeoutError } from "./abort_errors.ts";
import { wrong } from "./arguments.ts";
import { startTimer } from "./timers.ts";

/**
 * How long each stage of a task may take, in milliseconds from 0 up; `Infinity`
 * is no limit. A task that overruns one of them is left behind, which is
 * recorded as a `TaskError` with the code `"TIMEOUT"`, and everything goes on
 * without it. Left out, or `undefined`, the manager's holds.
 */
export interface TaskTimeouts {
  /**
   * How long `initialize` may take. Its signal aborts with a `TimeoutError`
   * then, and everything is stopped.
   *
   * @default {Infinity}
   */
  initializeTimeout?: number | undefined;
  /**
   * How long the task's own `drain` may hold the others up. It tells the task
   * nothing: every `signal` aborts together, when no drain is waited for any
   * more, and what has not drained until then goes on under its `stopTimeout`.
   * Must be below the `shutdownTimeout`, if there is one.
   *
   * @default {half of the shutdownTimeout}
   */
  drainTimeout?: number | undefined;
  /**
   * How long `execute` and `drain` may take from the abort of their signal on.
   *
   * @default {Infinity}
   */
  stopTimeout?: number | undefined;
  /**
   * How long `cleanup` may take. Its signal aborts with a `TimeoutError` then,
   * and the next cleanup starts.
   *
   * @default {Infinity}
   */
  cleanupTimeout?: number | undefined;
}

/** The limits of a task, and that of the whole stop, in milliseconds. */
export interface Limits extends TaskTimeouts {
  shutdownTimeout?: number | undefined;
}

const KEYS = [
  "initializeTimeout",
  "drainTimeout",
  "stopTimeout",
  "cleanupTimeout",
] as const;

/** The limits that options set, over those that hold where they set none. */
export function limitsOf(
  action: string,
  options: Limits,
  inherited: Limits = {},
): Limits {
  const limits = { ...inherited };
  for (const key of KEYS) {
    limits[key] = limitOf(action, options, key, inherited);
  }
  checkDrainTimeout(action, limits);
  return limits;
}

/** Whether options set any limit of a task. */
export function setsLimits(options: Limits): boolean {
  const { initializeTimeout, drainTimeout, stopTimeout, cleanupTimeout } =
    options;
  return initializeTimeout !== undefined || drainTimeout !== undefined ||
    stopTimeout !== undefined || cleanupTimeout !== undefined;
}

/** The limits that hold for all tasks of a manager. */
export function managerLimitsOf(action: string, options: Limits): Limits {
  const shutdownTimeout = limitOf(action, options, "shutdownTimeout", {});
  return limitsOf(action, options, { shutdownTimeout });
}

function limitOf(
  action: string,
  options: Limits,
  key: keyof Limits,
  inherited: Limits,
): number | undefined {
  const ms = options[key];
  if (ms === undefined) return inherited[key];
  checkLimit(action, ms, key);
  return ms;
}

/** Throws unless a value is a limit in milliseconds, be it `Infinity`. */
export function checkLimit(action: string, ms: unknown, key: string): void {
  if (typeof ms === "number" && ms >= 0) return;
  throw wrong(action, `'${key}' must be a number from 0 up`, ms, RangeError);
}

function checkDrainTimeout(action: string, limits: Limits): void {
  const { drainTimeout, shutdownTimeout = Infinity } = limits;
  if (drainTimeout === undefined || shutdownTimeout === Infinity) return;
  if (drainTimeout < shutdownTimeout) return;
  const expected =
    `'drainTimeout' must be below the 'shutdownTimeout' of ${shutdownTimeout} ms`;
  throw wrong(action, expected, drainTimeout, RangeError);
}

/**
 * Calls back when a limit is over, with an error that names it, unless that is
 * prevented.
 *
 * @returns What prevents it; nothing without a limit.
 */
export function startLimit(
  limits: Limits,
  key: keyof Limits,
  callback: (timeout: DOMException) => void,
): (() => void) | undefined {
  const ms = limits[key];
  if (ms === undefined || ms === Infinity) return;
  return startTimer(
    ms,
    () => callback(timeoutError(`${key} of ${ms} ms is over`)),
  );
}
