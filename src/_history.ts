import { messageOf } from "./_describe.ts";
import type { Entry } from "./_entry.ts";
import type { ManagerState, TaskOutcome } from "./manager.ts";
import type { Report, StopReport } from "./report.ts";
import type { Stage } from "./task.ts";

/** What has happened in a run, for its report. */
export class History {
  #startedAt: number | null = null;
  #begin = 0;
  /** When the run came to where it is: a stage begins where another ended. */
  #at = 0;
  #stop: StopReport | null = null;
  /** How the execute tasks have ended that are forgotten but for this. */
  readonly counts = { clean: 0, "never-started": 0 };
  #final: object | undefined;

  begins(): void {
    this.#startedAt = Date.now();
    this.#begin = performance.now();
  }

  /** The run has come to other stages. */
  goesOn(): void {
    this.#at = this.#now();
  }

  stops(by: StopReport["by"], reason: unknown, taskName: string | null): void {
    this.#stop = { at: this.#now(), by, taskName, reason: messageOf(reason) };
  }

  /** A task comes to a stage. */
  enters(stage: Stage, { stages }: Entry): void {
    stages?.push({ stage, startedAt: this.#at, endedAt: null, outcome: null });
  }

  /** It leaves that stage. */
  leaves({ stages }: Entry, outcome: TaskOutcome): void {
    const report = stages?.at(-1);
    if (!report) return;
    this.goesOn();
    report.endedAt = this.#at;
    report.outcome = outcome;
  }

  /** The run is over, and everything is forgotten but for this. */
  ends(entries: readonly Entry[]): void {
    this.#final = this.#data("finished", entries);
  }

  /** A copy, as plain data. */
  report(state: ManagerState, entries: readonly Entry[]): Report {
    const data = this.#final ?? this.#data(state, entries);
    return JSON.parse(JSON.stringify(data));
  }

  #data(state: ManagerState, entries: readonly Entry[]): object {
    return {
      state,
      startedAt: this.#startedAt,
      duration: this.#now(),
      stop: this.#stop,
      tasks: entries.filter(({ stages }) => stages).map((entry) => ({
        ...reportOf(entry),
        stages: entry.stages,
      })),
      executeTasks: entries.filter((entry) => !entry.stages && isListed(entry))
        .map(reportOf),
      counts: this.counts,
    };
  }

  #now(): number {
    return this.#startedAt === null ? 0 : performance.now() - this.#begin;
  }
}

/** Whether a report lists an execute task, which it only counts otherwise. */
export function isListed({ at }: Entry): boolean {
  return at !== "clean" && at !== "never-started";
}

/** What a report says of any task. */
function reportOf({ name, terms: { type }, state }: Entry): object {
  return { name, type, state };
}
