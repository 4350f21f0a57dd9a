import { messageOf } from "./_basics.ts";
import type { ManagerState, TaskState } from "./manager.ts";
import type { ExecuteTaskType, Stage, TaskType } from "./task.ts";

/**
 * Why a task counts as failed.
 *
 * - `"FAILED"`: it threw, or its promise rejected.
 * - `"UNEXPECTED_STOP"`: it is `"strict"` and returned from `execute` before
 *   it was told to stop.
 * - `"TIMEOUT"`: it overran a timeout, or was abandoned when the whole shutdown
 *   did.
 */
export type TaskErrorCode = "FAILED" | "UNEXPECTED_STOP" | "TIMEOUT";

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
   * What the task threw, unchanged; for `"TIMEOUT"` a `TimeoutError`
   * `DOMException` that names the limit, or the errors of the manager that was
   * abandoned.
   *
   * @default {none}
   */
  cause?: unknown;
}

// No methods, as they are not for users, and set where they can reach private
// members.

/** What failed in a manager that was a task, if the cause is that. */
let leavesOf: (cause: unknown) => readonly TaskError[];

/** What `run` rejects with; its message is that of the first error. */
export let toAggregateError: (errors: readonly TaskError[]) => AggregateError;

/**
 * A task that failed: which one, at which stage, and why.
 *
 * `run` rejects with an `AggregateError` of these, `runSettled` resolves with
 * them, in the order in which they happened.
 * Their stack is their message alone: where it happened is in the stack of
 * `cause`.
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
 *
 * @example A task of a manager that is a task itself
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { assertEquals } from "@std/assert";
 *
 * const payments = new TaskManager();
 * payments.addExecuteTask("consumer", () => {
 *   throw new Error("Connection lost");
 * });
 * const manager = new TaskManager();
 * manager.addExecuteTask("payments", payments);
 *
 * const [error] = await manager.runSettled();
 * assertEquals(error?.path, ["payments", "consumer"]);
 * assertEquals(error?.message, 'Task "payments/consumer" failed in execute: Connection lost');
 * ```
 */
export class TaskError extends Error {
  static {
    this.prototype.name = "TaskError";
    leavesOf = (cause) => {
      try {
        // In an array of our own, as anything may be thrown.
        const { errors } = cause as { errors: TaskError };
        return ([] as TaskError[]).concat(errors)
          .flatMap((error) => error.#leaves);
      } catch {
        // It has no errors, or others, or getters and proxies that throw.
        return [];
      }
    };
    toAggregateError = (errors) => {
      const leaves = leavesOf({ errors });
      const first = leaves[0]!;
      const message = summary(first.#path, first.#event, leaves.length);
      return new AggregateError(errors, message);
    };
  }
  /** The name the task was added with. */
  declare readonly taskName: string;
  /** The method that failed. */
  declare readonly stage: Stage;
  /** The type the task was added with. */
  declare readonly taskType: TaskType | ExecuteTaskType;
  /** Why the task counts as failed. */
  declare readonly code: TaskErrorCode;
  /** Those that failed first: itself, or what failed in a manager within. */
  readonly #leaves: readonly TaskError[];
  /** What happened. */
  readonly #event: string;
  #path: readonly string[] = [];

  /**
   * Creates an error; the manager does this for you.
   *
   * @param options What the error is made of.
   */
  constructor(options: TaskErrorOptions) {
    const { cause, ...given } = options;
    const leaves = leavesOf(cause);
    const [first] = leaves;
    const event = first ? first.#event : eventOf(options);
    const path = [given.taskName, ...first ? first.#path : []];
    super(
      summary(path, event, leaves.length),
      given.code === "UNEXPECTED_STOP" ? undefined : { cause },
    );
    Object.assign(this, given);
    this.#event = event;
    this.#leaves = first ? leaves : [this];
    for (const leaf of this.#leaves) {
      leaf.#path = [given.taskName, ...leaf.#path];
    }
  }

  /**
   * The names that lead to the task that failed: from a task of the outermost
   * manager that the error has reached, through the managers within, down to
   * the task itself, or to the first one if several have failed.
   */
  get path(): readonly string[] {
    return this.#leaves[0]!.#path;
  }
}

/** What happened to the first that failed, and how many more there are. */
function summary(
  path: readonly string[],
  event: string,
  count: number,
): string {
  return `Task "${path.join("/")}" ${event}` +
    (count > 1 ? ` (and ${count - 1} more)` : "");
}

function eventOf({ code, stage, cause }: TaskErrorOptions): string {
  if (code === "UNEXPECTED_STOP") {
    return `returned from execute before it was told to stop: use type "error" for a task that may end`;
  }
  const event = code === "TIMEOUT" ? "timed out" : "failed";
  return `${event} in ${stage}: ${messageOf(cause)}`;
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
  taskName?: string | undefined;
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
  declare readonly state: ManagerState;
  /** The task that was to be added, if the call was to add one. */
  declare readonly taskName?: string | undefined;

  /**
   * Creates an error; the manager does this for you.
   *
   * @param message What cannot be done, and in which states it can.
   * @param options What the error is made of.
   */
  constructor(message: string, options: InvalidStateErrorOptions) {
    super(message);
    Object.assign(this, options);
  }
}

/** Whether a task has ended, and nothing went wrong. */
export function isWell(
  state: TaskState,
): state is "clean" | "never-started" {
  return state === "clean" || state === "never-started";
}
