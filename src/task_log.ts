import { Notes } from "./notes.ts";
import type {
  ExecuteTaskReport,
  StageReport,
  TaskReport,
} from "./report_types.ts";
import type {
  ExecuteTaskType,
  Stage,
  TaskOutcome,
  TaskState,
  TaskType,
} from "./states.ts";
import type { TaskError } from "./task_error.ts";

/** What is written down of a task: its stages, its notes, what went wrong. */
export class TaskLog {
  readonly #stages: StageReport[] = [];
  #notes: Notes | undefined;
  #error: TaskError | undefined;

  begin(stage: Stage, startedAt: number): void {
    this.#stages.push({ stage, startedAt, endedAt: null, outcome: null });
  }

  /** Returns how long the stage took, in milliseconds. */
  end(
    stage: Stage,
    endedAt: number,
    outcome: TaskOutcome,
    error: TaskError | undefined,
  ): number | null {
    if (error) this.#error ??= error;
    const report = this.#find(stage);
    if (!report) return null;
    report.endedAt = endedAt;
    report.outcome = outcome;
    if (error) report.error = error.toJSON();
    return endedAt - report.startedAt;
  }

  cutShort(): void {
    this.#find("drain")!.cutShort = true;
  }

  note(at: number, message: string, details?: object): void {
    (this.#notes ??= new Notes()).add(at, message, details);
  }

  ofTask(name: string, type: TaskType, state: TaskState): TaskReport {
    return {
      name,
      type,
      state,
      stages: this.#stages,
      ...this.#notes?.report(),
    };
  }

  ofExecuteTask(
    name: string,
    type: ExecuteTaskType,
    state: TaskState,
  ): ExecuteTaskReport {
    const drain = this.#find("drain");
    return {
      name,
      type,
      state,
      ...drain && { drain },
      ...this.#error && { error: this.#error.toJSON() },
      ...this.#notes?.report(),
    };
  }

  #find(stage: Stage): StageReport | undefined {
    return this.#stages.find((report) => report.stage === stage);
  }
}
