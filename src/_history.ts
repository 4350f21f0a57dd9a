import { messageOf } from "./_describe.ts";
import { type Entry, TaskEntry } from "./_entry.ts";
import { isFailure } from "./_outcome.ts";
import type { ManagerState, TaskOutcome } from "./manager.ts";
import type { Report, StopReport } from "./report.ts";
import type { Stage } from "./task.ts";

/** What has happened in a run, for its report. */
export class History {
  #startedAt: number | null = null;
  #begin = 0;
  #at = 0;
  #stop: StopReport | null = null;
  readonly #failed: object[] = [];
  readonly #counts = { clean: 0, "never-started": 0 };
  #final: object | undefined;

  runs(): void {
    this.#startedAt = Date.now();
    this.#begin = performance.now();
  }

  stops(by: StopReport["by"], reason: unknown, taskName?: string): void {
    this.#stop = {
      at: this.#now(),
      by,
      taskName: taskName ?? null,
      reason: messageOf(reason),
    };
  }

  /** The run has come to other stages, which start now or one by one. */
  goesOn(): void {
    this.#at = this.#now();
  }

  /** A stage of a task is called, right after the one before it. */
  enters(stage: Stage, entry: Entry): void {
    if (!(entry instanceof TaskEntry)) return;
    const startedAt = this.#at;
    const report = { stage, startedAt, endedAt: null, outcome: null };
    entry.stages = [...entry.stages, report];
  }

  /** The stage that a task was in has ended. */
  leaves(entry: Entry, outcome: TaskOutcome): void {
    if (!(entry instanceof TaskEntry)) return;
    const stage = entry.stages.at(-1)!;
    this.goesOn();
    stage.endedAt = this.#at;
    stage.outcome = outcome;
  }

  /** An execute task has ended, and is forgotten but for this. */
  forgets(entry: Entry, outcome: TaskOutcome): void {
    if (isFailure(outcome)) this.#failed.push(reportOf(entry));
    else this.#counts[outcome]++;
  }

  /** The run is over, and every task is forgotten but for this. */
  ends(entries: readonly Entry[]): void {
    this.#final = this.#data("finished", entries);
  }

  /** A copy, as plain data. */
  report(state: ManagerState, entries: readonly Entry[]): Report {
    const data = this.#final ?? this.#data(state, entries);
    return JSON.parse(JSON.stringify(data));
  }

  #data(state: ManagerState, entries: readonly Entry[]): object {
    const executeTasks = entries.filter((entry) =>
      !(entry instanceof TaskEntry) && !entry.outcome
    );
    return {
      state,
      startedAt: this.#startedAt,
      duration: this.#now(),
      stop: this.#stop,
      tasks: entries.filter((entry) => entry instanceof TaskEntry).map(
        reportOf,
      ),
      executeTasks: [...this.#failed, ...executeTasks.map(reportOf)],
      counts: this.#counts,
    };
  }

  #now(): number {
    return this.#startedAt === null ? 0 : performance.now() - this.#begin;
  }
}

/** What a report says of a task; of an execute task, without its stages. */
function reportOf(entry: Entry): object {
  const { name, terms: { type }, state } = entry;
  const { stages } = entry as Partial<TaskEntry>;
  return { name, type, state, stages };
}
