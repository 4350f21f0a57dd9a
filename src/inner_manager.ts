import type { EventStream } from "./event_stream.ts";
import type { Report } from "./report_types.ts";
import type { TaskError } from "./task_error.ts";

/** A manager that runs within a task of another, and ends with it. */
export interface InnerManager {
  readonly events: EventStream;
  /** Those that run within its own tasks. */
  readonly within: Iterable<InnerManager>;
  /** Whether a task of its own has a drain that is to be called, or goes on. */
  readonly hasDrains: boolean;
  /** What it has done so far. */
  report(): Report;
  /** Leaves everything behind that still runs: the run is over. */
  giveUp(timeout: DOMException): void;
  /** The errors that nobody was given yet. */
  takeErrors(): TaskError[];
}
