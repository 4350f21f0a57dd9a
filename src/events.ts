import type { ManagerState, Stage, StopCause, TaskOutcome } from "./states.ts";
import type { TaskError } from "./task_error.ts";

/** What every {@linkcode ManagerEvent} has. */
export interface EventBase {
  /** When it happened, in milliseconds since the epoch. */
  readonly at: number;
  /**
   * Whom it happened to: the names that lead to a task, or to a manager within,
   * from the outermost manager down; `[]` is that manager itself.
   */
  readonly path: readonly string[];
}

/** A manager came to another state. */
export interface StateEvent extends EventBase {
  /** Which event it is. */
  readonly type: "state";
  /** The state it is in now. */
  readonly state: ManagerState;
}

/** A stage of a task is about to be called. */
export interface StageStartEvent extends EventBase {
  /** Which event it is. */
  readonly type: "stage-start";
  /** Which stage it is. */
  readonly stage: Stage;
  /** Whether the task is an execute task. */
  readonly isExecuteTask: boolean;
}

/** A stage of a task has ended. */
export interface StageEndEvent extends EventBase {
  /** Which event it is. */
  readonly type: "stage-end";
  /** Which stage it is. */
  readonly stage: Stage;
  /** Whether the task is an execute task. */
  readonly isExecuteTask: boolean;
  /** How it has ended. */
  readonly outcome: TaskOutcome;
  /**
   * How long it took, in milliseconds; null for an execute task that nobody
   * listened to when it started.
   */
  readonly duration: number | null;
  /** What went wrong; null if nothing did. */
  readonly error: TaskError | null;
}

/** A manager was told to stop, or one of its tasks was cancelled. */
export interface ToldEvent extends EventBase {
  /** Which event it is. */
  readonly type: "told";
  /** What started it; `"cancel"` for a task that was cancelled. */
  readonly by: StopCause | "cancel";
  /** The task that started it; null if it was none. */
  readonly taskName: string | null;
  /** The reason of the signals. */
  readonly reason: unknown;
}

/** Every signal has aborted, and a drain had not ended. */
export interface DrainCutShortEvent extends EventBase {
  /** Which event it is. */
  readonly type: "drain-cut-short";
}

/** A stage is not waited for any longer, or is not begun any more. */
export interface LeftBehindEvent extends EventBase {
  /** Which event it is. */
  readonly type: "left-behind";
  /** The stage that had not ended, or was not begun. */
  readonly stage: Stage;
  /** The error that is recorded. */
  readonly error: TaskError;
}

/** A task has something to say. */
export interface NoteEvent extends EventBase {
  /** Which event it is. */
  readonly type: "note";
  /** What it says. */
  readonly message: string;
  /** What it adds; null if that is nothing. */
  readonly details: Readonly<Record<string, unknown>> | null;
}

/** What happens in a manager and in the managers within it, as it happens. */
export type ManagerEvent =
  | StateEvent
  | StageStartEvent
  | StageEndEvent
  | ToldEvent
  | DrainCutShortEvent
  | LeftBehindEvent
  | NoteEvent;

/** Is called with each event. What it throws or rejects with is ignored. */
export type EventListener = (event: ManagerEvent) => unknown;

/** How many execute tasks have begun and ended. */
export interface ExecuteTaskTally {
  /** How many were called. */
  started: number;
  /** How many of those have ended well. */
  ended: number;
}

/** How somebody listens. */
export interface SubscribeOptions {
  /**
   * Counts here which execute tasks begin and end well, in place of an event
   * for each: for those that come by the thousands, as an event that nobody
   * wants is not made. All else is heard of them. It can be set and taken away
   * while the listener listens.
   *
   * @default {each is an event}
   */
  tally?: ExecuteTaskTally | undefined;
}
