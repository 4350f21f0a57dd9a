import type { WorkloadId } from "./contender.ts";

/** What is to be done, and how much of it at a time. */
export interface Workload {
  readonly title: string;
  /** How many tasks. */
  readonly count: number;
  /** How often in a row it is done for one sample. */
  readonly times: number;
  /** Whether tasks wait, so that their heap can be measured. */
  readonly waits: boolean;
}

const COUNT = 100_000;

/** What is measured. */
export const workloads: Readonly<Record<WorkloadId, Workload>> = {
  A: {
    title: "start and finish tasks that return at once",
    count: COUNT,
    times: 5,
    waits: false,
  },
  B: {
    title: "start tasks that wait for their signal, and stop",
    count: COUNT,
    times: 5,
    waits: true,
  },
  "B'": {
    title: "start tasks that await done, and stop",
    count: COUNT,
    times: 5,
    waits: true,
  },
  C: {
    title: "add tasks that return at once while it runs",
    count: COUNT,
    times: 5,
    waits: false,
  },
  "C'": {
    title: "add tasks that return no promise while it runs",
    count: COUNT,
    times: 5,
    waits: false,
  },
  D: {
    title: "tasks with initialize and cleanup, one after another",
    count: 1_000,
    times: 50,
    waits: false,
  },
};
