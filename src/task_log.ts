import { describe, messageOf } from "./messages.ts";
import type {
  ExecuteTaskReport,
  LimitReport,
  NoteReport,
  NotesReport,
  Report,
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

/** How many notes of a task a report keeps. */
const KEPT = 20;

/** What is written down of a task: its stages, its notes, what went wrong. */
export class TaskLog {
  readonly #stages: StageReport[] = [];
  #notes: NoteReport[] | undefined;
  #earlierNotes = 0;
  #error: TaskError | undefined;
  /** The limits of the stages that last. */
  #limits: Map<Stage, LimitReport> | undefined;

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
    this.#limits?.delete(stage);
    const report = this.#find(stage);
    if (!report) return null;
    report.endedAt = endedAt;
    report.outcome = outcome;
    if (error) report.error = error.toJSON();
    return endedAt - report.startedAt;
  }

  /** From now on a stage is under a limit. */
  limit(stage: Stage, limit: LimitReport): void {
    this.#limits ??= new Map();
    this.#limits.set(stage, limit);
  }

  /** Returns whether that is news. */
  cutShort(): boolean {
    const report = this.#find("drain")!;
    const isNews = !report.cutShort;
    report.cutShort = true;
    return isNews;
  }

  note(at: number, message: string, details?: object): void {
    const note = { at, message };
    const notes = this.#notes ??= [];
    notes.push(details ? { ...note, details: plain(details) } : note);
    if (notes.length > KEPT) {
      notes.shift();
      this.#earlierNotes++;
    }
  }

  ofTask(
    name: string,
    type: TaskType,
    state: TaskState,
    managers: Report[] | undefined,
  ): TaskReport {
    return {
      name,
      type,
      state,
      stages: this.#stages.map((report) => this.#withLimit(report)),
      ...this.#notesReport(),
      ...managers && { managers },
    };
  }

  ofExecuteTask(
    name: string,
    type: ExecuteTaskType,
    state: TaskState,
    managers: Report[] | undefined,
  ): ExecuteTaskReport {
    const execute = this.#find("execute");
    const drain = this.#find("drain");
    const limit = this.#limits?.get("execute");
    return {
      name,
      type,
      state,
      ...execute && { execute },
      ...limit && { limit },
      ...drain && { drain: this.#withLimit(drain) },
      ...this.#error && { error: this.#error.toJSON() },
      ...this.#notesReport(),
      ...managers && { managers },
    };
  }

  #withLimit(report: StageReport): StageReport {
    const limit = this.#limits?.get(report.stage);
    return limit ? { ...report, limit } : report;
  }

  #notesReport(): NotesReport {
    return {
      ...this.#notes && { notes: [...this.#notes] },
      ...this.#earlierNotes > 0 && { earlierNotes: this.#earlierNotes },
    };
  }

  #find(stage: Stage): StageReport | undefined {
    return this.#stages.find((report) => report.stage === stage);
  }
}

/** A copy of details that survives JSON, whatever they are. */
function plain(details: object): Record<string, unknown> {
  try {
    const entries = Object.entries(details);
    return Object.fromEntries(
      entries.map(([key, value]) => [key, plainValue(value)]),
    );
  } catch {
    return {}; // They cannot even be read.
  }
}

function plainValue(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value, withMessage));
  } catch {
    return describe(value); // It has a cycle, a bigint, or throws.
  }
}

/** An error has nothing but its message to say in JSON. */
function withMessage(_key: string, value: unknown): unknown {
  return value instanceof Error ? messageOf(value) : value;
}
