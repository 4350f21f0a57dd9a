import type { Growth } from "./growth.ts";
import type { Measurement } from "./measure.ts";
import type { Rate } from "./repeat.ts";

/** What the program found, on one runtime. */
export interface Findings {
  measurements: Measurement[];
  growth: Growth[];
  rates: Rate[];
  /** How many ticks a timer is late after ten seconds. */
  lateness?: number;
  /** By how many megabytes the heap has grown over a million tasks. */
  million?: number;
  /** How many milliseconds an import takes in a fresh process. */
  importTime?: number;
}
