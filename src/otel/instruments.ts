import type { Counter, Histogram, Meter } from "./api.ts";

/** What the measurements are written to. */
export interface Instruments {
  readonly active: Counter;
  readonly restart: Counter;
  readonly duration: Histogram;
  readonly cutShort: Counter;
  readonly leftBehind: Counter;
}

/** Where the buckets of durations end, in seconds: from a blink to a day. */
const BUCKETS = [
  0.001,
  0.01,
  0.1,
  0.5,
  1,
  2,
  5,
  10,
  30,
  60,
  600,
  3_600,
  86_400,
];

/** Makes the instruments. Units are as the semantic conventions have them. */
export function instrumentsOf(meter: Meter): Instruments {
  return {
    active: meter.createUpDownCounter("goasync.task.active", {
      description: "Tasks that execute",
      unit: "{task}",
    }),
    restart: meter.createCounter("goasync.task.restart", {
      description: "Restarts that tasks have noted",
      unit: "{restart}",
    }),
    duration: meter.createHistogram("goasync.stage.duration", {
      description: "How long stages of tasks took",
      unit: "s",
      advice: { explicitBucketBoundaries: BUCKETS },
    }),
    cutShort: meter.createCounter("goasync.drain.cut_short", {
      description: "Drains that had not ended when every signal aborted",
      unit: "{drain}",
    }),
    leftBehind: meter.createCounter("goasync.task.left_behind", {
      description: "Tasks that were not waited for any longer",
      unit: "{task}",
    }),
  };
}
