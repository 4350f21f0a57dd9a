import type { WorkloadId } from "./contender.ts";

/** What is to be done, and how much of it at a time. */
export interface Workload {
  /** What all others are multiples of. */
  readonly base: "bare" | "by hand";
  /** How many tasks. */
  readonly count: number;
  /** How often in a row it is done for one sample. */
  readonly times: number;
  /** Whether tasks wait, so that their heap can be measured. */
  readonly waits: boolean;
}

const returning: Workload = {
  base: "bare",
  count: 100_000,
  times: 5,
  waits: false,
};
const waiting: Workload = { ...returning, waits: true };

/** What is measured; README.md says what each is. */
export const workloads: Readonly<Record<WorkloadId, Workload>> = {
  A: returning,
  B: waiting,
  "B'": waiting,
  C: returning,
  "C'": returning,
  D: { base: "by hand", count: 1_000, times: 50, waits: false },
};
