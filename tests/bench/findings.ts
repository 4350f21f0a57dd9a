import type { FirstRun } from "./fresh_processes.ts";
import type { Growth } from "./growth.ts";
import type { Measurement } from "./measure.ts";

/** What was found on one runtime. */
export interface Findings {
  measurements: Measurement[];
  growth: Growth[];
  firstRuns: FirstRun[];
  /** By how many megabytes the heap has grown over a million tasks. */
  million?: number;
  /** How many milliseconds an import takes in a fresh process. */
  importTime?: number;
  /** How many bytes mod.ts is with all it loads, minified and compressed. */
  size?: number;
}
