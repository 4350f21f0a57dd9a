import { messageOf } from "./_describe.ts";
import type { Entry } from "./_entry.ts";
import { isFailure } from "./_outcome.ts";
import type { ManagerState, TaskOutcome } from "./manager.ts";
import type { Report, StopReport } from "./report.ts";
import type { Stage } from "./task.ts";

/** What has happened in a run, for its report. */
export class History {
  #startedAt: number | null = null;
  #begin = 0;
  #stop: StopReport | null = null;
  readonly #failed: object[] = [];
  readonly #counts = { clean: 0, "never-started": 0 };
  #final: Report | undefined;

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

  /** A stage of a task is called. */
  enters(stage: Stage, entry: Entry): void {
    const startedAt = this.#now();
    entry.stages?.push({ stage, startedAt, endedAt: null, outcome: null });
  }

  /** The stage that a task was in has ended. */
  leaves(entry: Entry, outcome: TaskOutcome): void {
    const stage = entry.stages?.at(-1);
    if (stage?.endedAt === null) {
      Object.assign(stage, { endedAt: this.#now(), outcome });
    }
  }

  /** An execute task has ended, and is forgotten but for this. */
  forgets(entry: Entry, outcome: TaskOutcome): void {
    if (isFailure(outcome)) this.#failed.push(reportOf(entry));
    else this.#counts[outcome]++;
  }

  /** The run is over, and every task is forgotten but for this. */
  ends(entries: readonly Entry[]): void {
    this.#final = this.report("finished", entries);
  }

  /** A copy, as plain data. */
  report(state: ManagerState, entries: readonly Entry[]): Report {
    const tasks = entries.filter(({ stages }) => stages);
    const executeTasks = entries.filter(({ stages }) => !stages);
    return JSON.parse(JSON.stringify(
      this.#final ?? {
        state,
        startedAt: this.#startedAt,
        duration: this.#now(),
        stop: this.#stop,
        tasks: tasks.map(reportOf),
        executeTasks: [...this.#failed, ...executeTasks.map(reportOf)],
        counts: this.#counts,
      },
    ));
  }

  #now(): number {
    return this.#startedAt === null ? 0 : performance.now() - this.#begin;
  }
}

/** What a report says of a task; of an execute task, without its stages. */
function reportOf({ name, type, state, stages }: Entry): object {
  return { name, type, state, stages };
}
