import type {
  ExecuteTaskType,
  ManagerState,
  Stage,
  StopCause,
  TaskErrorCode,
  TaskOutcome,
  TaskState,
  TaskType,
} from "./states.ts";

/** What `JSON.stringify` shows of a `TaskError`. */
export interface TaskErrorData {
  /** Always `"TaskError"`. */
  name: string;
  /** What happened, for a person. */
  message: string;
  /** Why the task counts as failed. */
  code: TaskErrorCode;
  /** The method that failed. */
  stage: Stage;
  /** The names that lead to the task that failed. */
  path: readonly string[];
  /** The message of the cause; null without one. */
  cause: string | null;
}

/** How long something may take that lasts. */
export interface LimitReport {
  /** Which limit it is. */
  name:
    | "initializeTimeout"
    | "drainTimeout"
    | "stopTimeout"
    | "cleanupTimeout"
    | "shutdownTimeout";
  /** How long it is, in milliseconds. */
  ms: number;
  /** When it is over, in milliseconds from the start of the run. */
  endsAt: number;
}

/** One stage of one task: when it was called, and how it has ended. */
export interface StageReport {
  /** Which stage it is. */
  stage: Stage;
  /**
   * When its turn began, in milliseconds from the start of the run: tasks that
   * start to execute in one turn have one time.
   */
  startedAt: number;
  /** When it ended, likewise; null while it lasts. */
  endedAt: number | null;
  /** How it has ended; null while it lasts. */
  outcome: TaskOutcome | null;
  /**
   * The limit that it is under, while it lasts: for execute and drain, the
   * `stopTimeout` from the abort of their signal on.
   *
   * @default {not there}
   */
  limit?: LimitReport;
  /**
   * That it had not ended when its signal aborted; only a drain has this.
   *
   * @default {not there}
   */
  cutShort?: true;
  /**
   * What went wrong, if it did not end well. A task that is left behind in its
   * execute and its drain at once has one error, which is in its execute.
   *
   * @default {not there}
   */
  error?: TaskErrorData;
}

/** What a task had to say. */
export interface NoteReport {
  /** When, in milliseconds from the start of the run. */
  at: number;
  /** What it said. */
  message: string;
  /**
   * What it added, as plain data.
   *
   * @default {not there}
   */
  details?: Record<string, unknown>;
}

/** What a task has noted, if it has noted anything. */
export interface NotesReport {
  /**
   * The last 20 notes of the task, in order.
   *
   * @default {not there}
   */
  notes?: NoteReport[];
  /**
   * How many notes there were before those.
   *
   * @default {not there}
   */
  earlierNotes?: number;
}

/** What runs within a task, if anything does. */
export interface WithinReport {
  /**
   * The reports of the managers that run within the task now. Their times are
   * from the start of their own run.
   *
   * @default {not there}
   */
  managers?: Report[];
}

/** What became of one task. */
export interface TaskReport extends NotesReport, WithinReport {
  /** The name it was added with. */
  name: string;
  /** The type it was added with. */
  type: TaskType;
  /** Where it is in its life, or how it has ended. */
  state: TaskState;
  /**
   * Its stages, in the order in which they were called; not among them is a
   * cleanup that was not called, as the time for the shutdown was over.
   */
  stages: StageReport[];
}

/** What became of one execute task. */
export interface ExecuteTaskReport extends NotesReport, WithinReport {
  /** The name it was added with. */
  name: string;
  /** The type it was added with. */
  type: ExecuteTaskType;
  /** Where it is in its life, or how it has ended. */
  state: TaskState;
  /**
   * Its execute, if it was called while somebody listened to the manager, or to
   * one above: otherwise nothing is written down of it.
   *
   * @default {not there}
   */
  execute?: StageReport;
  /**
   * The limit that its execute is under, which it is from the abort of its
   * signal on.
   *
   * @default {not there}
   */
  limit?: LimitReport;
  /**
   * Its drain, if it was called.
   *
   * @default {not there}
   */
  drain?: StageReport;
  /**
   * What went wrong, if it did not end well.
   *
   * @default {not there}
   */
  error?: TaskErrorData;
}

/** What started a stop, and when. */
export interface StopReport {
  /** When it began, in milliseconds from the start of the run. */
  at: number;
  /**
   * What started it: the caller's signal, a call of `stop`, the task that
   * `taskName` names, the last of the stop-group, or an error of no task.
   */
  by: StopCause;
  /** The task that started it; null if it was none. */
  taskName: string | null;
  /** The message of its reason. */
  reason: string;
  /**
   * The limit of the whole stop, until the run is over.
   *
   * @default {not there}
   */
  limit?: LimitReport;
}

/** What a manager has done, as plain data. */
export interface Report {
  /** Where the manager is in its life. */
  state: ManagerState;
  /** When it came to that state, in milliseconds from the start of the run. */
  since: number;
  /** When the run started, in milliseconds since the epoch; null before. */
  startedAt: number | null;
  /** How long it has taken so far, in milliseconds. */
  duration: number;
  /** What started the stop; null before. */
  stop: StopReport | null;
  /**
   * The first 20 errors of no task that came when a stop had begun.
   *
   * @default {not there}
   */
  laterStops?: StopReport[];
  /** Every task, in the order added. */
  tasks: TaskReport[];
  /**
   * The execute tasks that wait, run, failed, stopped unexpectedly, timed out
   * or were abandoned, one by one, in the order added.
   */
  executeTasks: ExecuteTaskReport[];
  /** How many of the other execute tasks have ended how. */
  counts: { clean: number; "never-started": number };
}
