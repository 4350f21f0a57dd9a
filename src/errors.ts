import { messageOf } from "./_describe.ts";
import type { ManagerState } from "./manager.ts";
import type { ExecuteTaskType, Stage, TaskType } from "./task.ts";

/**
 * Why a task counts as failed.
 *
 * - `"FAILED"`: it threw, or its promise rejected.
 * - `"UNEXPECTED_STOP"`: it is `"strict"` and returned from `execute` before
 *   it was told to stop.
 */
export type TaskErrorCode = "FAILED" | "UNEXPECTED_STOP";

/** What a {@linkcode TaskError} is made of. */
export interface TaskErrorOptions {
  /** The name the task was added with. */
  taskName: string;
  /** The method that failed. */
  stage: Stage;
  /** The type the task was added with. */
  taskType: TaskType | ExecuteTaskType;
  /** Why the task counts as failed. */
  code: TaskErrorCode;
  /**
   * What the task threw, unchanged.
   *
   * @default {none}
   */
  cause?: unknown;
}

/**
 * A task that failed: which one, at which stage, and why.
 *
 * `run` rejects with an `AggregateError` of these, `runSettled` resolves with
 * them, in the order in which they happened.
 *
 * @example Find out which task failed
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { assertEquals } from "@std/assert";
 *
 * const manager = new TaskManager();
 * manager.addExecuteTask("api", () => {
 *   throw new Error("Port 8000 is in use");
 * });
 *
 * const [error] = await manager.runSettled();
 * assertEquals(error?.taskName, "api");
 * assertEquals(error?.stage, "execute");
 * assertEquals(error?.code, "FAILED");
 * assertEquals(error?.message, 'Task "api" failed in execute: Port 8000 is in use');
 * ```
 */
export class TaskError extends Error {
  static {
    this.prototype.name = "TaskError";
  }
  /** The name the task was added with. */
  readonly taskName: string;
  /** The method that failed. */
  readonly stage: Stage;
  /** The type the task was added with. */
  readonly taskType: TaskType | ExecuteTaskType;
  /** Why the task counts as failed. */
  readonly code: TaskErrorCode;

  /**
   * Creates an error; the manager does this for you.
   *
   * @param options What the error is made of.
   */
  constructor(options: TaskErrorOptions) {
    super(
      options.code === "UNEXPECTED_STOP"
        ? `Task "${options.taskName}" returned from execute before it was told to stop: it is "strict", use type "error" for a task that may end`
        : `Task "${options.taskName}" failed in ${options.stage}: ${
          messageOf(options.cause)
        }`,
      "cause" in options ? { cause: options.cause } : undefined,
    );
    this.taskName = options.taskName;
    this.stage = options.stage;
    this.taskType = options.taskType;
    this.code = options.code;
  }
}

/** What an {@linkcode InvalidStateError} is made of. */
export interface InvalidStateErrorOptions {
  /** The state the manager was in. */
  state: ManagerState;
  /**
   * The task that was to be added.
   *
   * @default {none}
   */
  taskName?: string;
}

/**
 * A call that the manager cannot take in the state it is in. The call changed
 * nothing.
 *
 * @example Adding a task too late
 * ```ts
 * import { InvalidStateError, TaskManager } from "@goasync/core";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const manager = new TaskManager();
 * await manager.stop();
 *
 * const error = assertThrows(
 *   () => manager.addExecuteTask("late", () => {}),
 *   InvalidStateError,
 * );
 * assertEquals(error.state, "finished");
 * assertEquals(error.taskName, "late");
 * ```
 */
export class InvalidStateError extends Error {
  static {
    this.prototype.name = "InvalidStateError";
  }
  /** The state the manager was in. */
  readonly state: ManagerState;
  /** The task that was to be added, if the call was to add one. */
  readonly taskName?: string;

  /**
   * Creates an error; the manager does this for you.
   *
   * @param message What cannot be done, and in which states it can.
   * @param options What the error is made of.
   */
  constructor(message: string, options: InvalidStateErrorOptions) {
    super(message);
    this.state = options.state;
    if (options.taskName !== undefined) this.taskName = options.taskName;
  }
}

/** What `run` rejects with: one error that says how many there are. */
export function toAggregateError(errors: TaskError[]): AggregateError {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  return new AggregateError(errors, `${first?.message}${more}`);
}
