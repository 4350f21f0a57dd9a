import type { Report, StopReport } from "./report_types.ts";
import type { InnerManagers } from "./inner_managers.ts";
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
  /** When the state began that is now. */
  #since = 0;
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

  /** Another state begins. */
  enter(): void {
    this.#since = this.now();
  }

  /**
   * Writes down what has begun the stop, and how long it may take; or what would
   * have, had none begun.
   */
  stop(stop: Omit<StopReport, "at">, ms: number = Infinity): void {
    const at = this.now();
    const report = { at, ...stop };
    if (this.#stop) {
      if (this.#laterStops.length < KEPT) this.#laterStops.push(report);
      return;
    }
    this.#since = at;
    this.#stop = report;
    const name = "shutdownTimeout";
    if (ms < Infinity) this.#stop.limit = { name, ms, endsAt: at + ms };
  }

  /** The run is over, and its tasks are forgotten. */
  finish(runs: RunList): void {
    this.enter();
    delete this.#stop?.limit;
    this.#final = this.read("finished", runs);
  }

  /** What there is to say now. */
  read(state: ManagerState, runs: RunList, within?: InnerManagers): Report {
    if (this.#final) return this.#final;
    const managers = within?.reports();
    return {
      state,
      since: this.#since,
      startedAt: this.#startedAt,
      duration: this.now(),
      stop: this.#stop,
      ...this.#laterStops.length > 0 && { laterStops: this.#laterStops },
      tasks: runs.tasks.map((run) => run.report(managers?.get(run))),
      executeTasks: runs
        .filter((run) => run.isExecuteTask && !isWell(run.state))
        .map((run) => run.executeTaskReport(managers?.get(run))),
      counts: runs.counts,
    };
  }
}
