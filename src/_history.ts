import { messageOf } from "./_describe.ts";
import type { Entry } from "./_entry.ts";
import type { ManagerState, TaskOutcome } from "./manager.ts";
import type { Report, StageReport, StopReport } from "./report.ts";
import type { ExecuteTaskType, Stage, Task } from "./task.ts";

/** What has happened in a run, for its report. */
export class History {
  #startedAt: number | null = null;
  #begin = 0;
  #stop: StopReport | null = null;
  readonly #troubled: Report["executeTasks"] = [];
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
  forgets(entry: Entry): void {
    const { outcome } = entry;
    if (outcome === "clean" || outcome === "never-started") {
      this.#counts[outcome]++;
    } else this.#troubled.push(executeTaskReport(entry));
  }

  /** The run is over, and every task is forgotten but for this. */
  ends(tasks: readonly Entry<Task>[]): void {
    this.#final = this.report("finished", tasks, []);
  }

  report(
    state: ManagerState,
    tasks: readonly Entry<Task>[],
    executeTasks: readonly Entry[],
  ): Report {
    return structuredClone(
      this.#final ?? {
        state,
        startedAt: this.#startedAt,
        duration: this.#now(),
        stop: this.#stop,
        tasks: tasks.map(({ name, type, state, stages }) => ({
          name,
          type,
          state,
          stages: stages as StageReport[],
        })),
        executeTasks: [
          ...this.#troubled,
          ...executeTasks.map(executeTaskReport),
        ],
        counts: this.#counts,
      },
    );
  }

  #now(): number {
    return this.#startedAt === null ? 0 : performance.now() - this.#begin;
  }
}

function executeTaskReport(
  { name, type, state }: Entry,
): Report["executeTasks"][number] {
  return { name, type: type as ExecuteTaskType, state };
}
