import { wrongMessage } from "./_check.ts";
import type { TaskManagerOptions } from "./manager.ts";

/** How long things may take, in milliseconds. */
export type Limits = { readonly [Key in keyof TaskManagerOptions]-?: number };

const DEFAULTS: Limits = {
  initializeTimeout: Infinity,
  stopTimeout: Infinity,
  cleanupTimeout: Infinity,
  drainTimeout: 0,
  shutdownTimeout: Infinity,
};

/** Whether options set any limit: most set none, and cost nothing then. */
export function setsLimits(options: TaskManagerOptions): boolean {
  return options.initializeTimeout !== undefined ||
    options.stopTimeout !== undefined ||
    options.cleanupTimeout !== undefined ||
    options.drainTimeout !== undefined;
}

/** The limits that options set, and the given ones for the rest. */
export function limitsOf(
  action: string,
  options: TaskManagerOptions,
  others: Limits = DEFAULTS,
): Limits {
  let limits = others;
  for (const key of Object.keys(DEFAULTS) as (keyof Limits)[]) {
    const ms = options[key];
    if (ms === undefined) continue;
    if (typeof ms !== "number" || !(ms >= 0)) {
      const expected = `'${key}' must be a number of milliseconds from 0 up`;
      throw new RangeError(wrongMessage(action, expected, ms));
    }
    limits = { ...limits, [key]: ms };
  }
  return limits;
}
