import type { ManagerState, TaskOutcome, TaskState } from "./manager.ts";
import type { ExecuteTaskType, Stage, TaskType } from "./task.ts";

/** One stage of one task: when it was called, and how it has ended. */
export interface StageReport {
  /** Which stage it is. */
  stage: Stage;
  /** When it was called, in milliseconds from the start of the run. */
  startedAt: number;
  /** When it ended, likewise; null while it lasts. */
  endedAt: number | null;
  /** How it has ended; null while it lasts. */
  outcome: TaskOutcome | null;
}

/** What became of one task. */
export interface TaskReport {
  /** The name it was added with. */
  name: string;
  /** The type it was added with. */
  type: TaskType;
  /** Where it is in its life, or how its execute has ended. */
  state: TaskState;
  /** Its stages, in the order in which they were called. */
  stages: StageReport[];
}

/** What became of one execute task. */
export interface ExecuteTaskReport {
  /** The name it was added with. */
  name: string;
  /** The type it was added with. */
  type: ExecuteTaskType;
  /** Where it is in its life, or how its execute has ended. */
  state: TaskState;
}

/** What started a stop, and when. */
export interface StopReport {
  /** When it began, in milliseconds from the start of the run. */
  at: number;
  /**
   * What started it: the caller's signal, a call of `stop`, the task that
   * `taskName` names, or the last of the stop-group.
   */
  by: "signal" | "stop" | "task" | "stop-group";
  /** The task that started it; null if it was none. */
  taskName: string | null;
  /** The message of its reason. */
  reason: string;
}

/** What a manager has done, as plain data. */
export interface Report {
  /** Where the manager is in its life. */
  state: ManagerState;
  /** When the run started, in milliseconds since the epoch; null before. */
  startedAt: number | null;
  /** How long it has taken so far, in milliseconds. */
  duration: number;
  /** What started the stop; null before. */
  stop: StopReport | null;
  /** Every task, in the order added. */
  tasks: TaskReport[];
  /**
   * The execute tasks that wait, run, failed, stopped unexpectedly, timed out
   * or were abandoned, one by one.
   */
  executeTasks: ExecuteTaskReport[];
  /** How many of the other execute tasks have ended how. */
  counts: { clean: number; "never-started": number };
}
