import { wrong } from "./_check.ts";
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

/** Whether a task sets a limit of its own: most do not, and cost nothing. */
export function setsLimits(options: TaskManagerOptions): boolean {
  return options.initializeTimeout !== undefined ||
    options.stopTimeout !== undefined ||
    options.cleanupTimeout !== undefined ||
    options.drainTimeout !== undefined;
}

/** What is given, with the limits that options set. */
export function limitsOf<Given extends Limits>(
  action: string,
  options: TaskManagerOptions,
  given: Given = DEFAULTS as Given,
): Given {
  const limits: { -readonly [Key in keyof Limits]: number } = { ...given };
  for (const key of Object.keys(DEFAULTS) as (keyof Limits)[]) {
    const ms = options[key];
    if (ms === undefined) continue;
    if (typeof ms !== "number" || !(ms >= 0)) {
      const expected = `'${key}' must be a number of milliseconds from 0 up`;
      throw wrong(action, expected, ms, RangeError);
    }
    limits[key] = ms;
  }
  return limits as Given;
}
