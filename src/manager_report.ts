import type { Report, StopReport } from "./report_types.ts";
import type { RunList } from "./run_list.ts";
import { isWell, type ManagerState } from "./states.ts";

/** How many stops are kept that came later than the first. */
const KEPT = 20;

/** When a run began, what has stopped it, and what it came to. */
export class ManagerReport {
  #startedAt: number | null = null;
  #begin: number | undefined;
  /** When the turn began that is now: where the one before has ended. */
  turn = 0;
  #stop: StopReport | null = null;
  readonly #laterStops: StopReport[] = [];
  #final: Report | undefined;

  /** Starts the clock. */
  start(): void {
    this.#startedAt = Date.now();
    this.#begin = performance.now();
  }

  /** How many milliseconds the run has lasted. */
  now(): number {
    if (this.#begin === undefined) return 0;
    return this.turn = performance.now() - this.#begin;
  }

  /** A turn begins that does not follow another; returns when. */
  beginTurn(): number {
    return this.now();
  }

  /** Writes down what has begun the stop, or would have, had none begun. */
  stop(stop: Omit<StopReport, "at">): void {
    const report = { at: this.now(), ...stop };
    if (!this.#stop) this.#stop = report;
    else if (this.#laterStops.length < KEPT) this.#laterStops.push(report);
  }

  /** The run is over, and its tasks are forgotten. */
  finish(runs: RunList): void {
    this.#final = this.#read("finished", runs);
  }

  /** A copy of what there is to say now. */
  read(state: ManagerState, runs: RunList): Report {
    return structuredClone(this.#final ?? this.#read(state, runs));
  }

  #read(state: ManagerState, runs: RunList): Report {
    return {
      state,
      startedAt: this.#startedAt,
      duration: this.now(),
      stop: this.#stop,
      ...this.#laterStops.length > 0 && { laterStops: this.#laterStops },
      tasks: runs.tasks.map((run) => run.report()),
      executeTasks: runs
        .filter((run) => run.isExecuteTask && !isWell(run.state))
        .map((run) => run.executeTaskReport()),
      counts: runs.counts,
    };
  }
}
