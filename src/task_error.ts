import { escapeControls, messageOf } from "./messages.ts";
import type { TaskErrorData } from "./report_types.ts";
import type {
  ExecuteTaskType,
  Stage,
  TaskErrorCode,
  TaskType,
} from "./states.ts";

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
   * `DOMException` that names the limit, or the errors of the managers within
   * that were left behind with the task.
   *
   * @default {none}
   */
  cause?: unknown;
}

/** `inspect` of Node or of Deno. */
type Inspect = (value: unknown, options: object) => string;

/** What has failed first, and how it is said. */
interface Failure {
  /** The names that lead to it. */
  readonly path: readonly string[];
  /** What happened to it. */
  readonly event: string;
  /** How many have failed. */
  readonly count: number;
  /** What it has thrown. */
  readonly thrown: unknown;
}

// The one door into an error, for the one that it is the cause of.
let failureOf: (error: TaskError) => Failure;

/**
 * A task that failed: which one, at which stage, and why.
 *
 * `run` rejects with an `AggregateError` of these, `runSettled` resolves with
 * them, in the order in which they happened. Where it happened is in the stack
 * of `cause`; its own stack is its message alone, or, if it failed in a manager
 * within, ends with the stack of what was thrown there.
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
    failureOf = (error) => error.#failure;
  }
  readonly #options: Omit<TaskErrorOptions, "cause">;
  readonly #failure: Failure;

  /**
   * Creates an error; the manager does this for you.
   *
   * @param options What the error is made of.
   */
  constructor({ cause, ...options }: TaskErrorOptions) {
    const within = errorsWithin(cause);
    const failure = within
      ? combine([options.taskName], within)
      : failureItself(options, cause);
    const hasCause = options.code !== "UNEXPECTED_STOP";
    super(summary(failure), hasCause ? { cause } : undefined);
    this.#options = options;
    this.#failure = failure;
    // Its own frames would tell nothing of the task, and keep hold of it.
    this.stack = within ? `${this}${stackOf(failure.thrown)}` : `${this}`;
    if (within) showWithin(this, within);
  }

  /** The name the task was added with. */
  get taskName(): string {
    return this.#options.taskName;
  }

  /** The method that failed. */
  get stage(): Stage {
    return this.#options.stage;
  }

  /** The type the task was added with. */
  get taskType(): TaskType | ExecuteTaskType {
    return this.#options.taskType;
  }

  /** Why the task counts as failed. */
  get code(): TaskErrorCode {
    return this.#options.code;
  }

  /**
   * The names that lead to the task that failed: from a task of the manager
   * that reported this error, through the managers within, down to the task
   * itself, or to the first one if several have failed.
   */
  get path(): readonly string[] {
    return this.#failure.path;
  }

  /**
   * What `JSON.stringify` shows of the error.
   *
   * @returns Plain data.
   */
  toJSON(): TaskErrorData {
    const { name, message, code, stage, path } = this;
    const cause = "cause" in this
      ? escapeControls(messageOf(this.cause))
      : null;
    return { name, message, code, stage, path, cause };
  }
}

/** What `run` rejects with; its message is that of the first error. */
export function toAggregateError(
  errors: readonly TaskError[],
): AggregateError {
  return new AggregateError(errors, summary(combine([], errors)));
}

/** The cause of the error of a task that is left behind, with what is in it. */
export function causeOf(
  timeout: DOMException,
  within: readonly TaskError[],
): DOMException | AggregateError {
  return within.length > 0 ? toAggregateError(within) : timeout;
}

/** The errors of a manager within, if that is what was thrown. */
export function errorsWithin(
  thrown: unknown,
): readonly TaskError[] | undefined {
  try {
    const { errors } = thrown as AggregateError;
    if (!Array.isArray(errors) || errors.length === 0) return;
    if (errors.every((error) => error instanceof TaskError)) return errors;
  } catch {
    return; // Getters and proxies may throw.
  }
}

/** How many tasks have failed, in the managers within, too. */
export function failuresIn(error: TaskError): number {
  return failureOf(error).count;
}

function failureItself(
  { taskName, stage, code }: TaskErrorOptions,
  thrown: unknown,
): Failure {
  const failed = code === "TIMEOUT" ? "timed out" : "failed";
  const event = code === "UNEXPECTED_STOP"
    ? 'returned from execute before it was told to stop: use type "error" for a task that may end'
    : `${failed} in ${stage}: ${messageOf(thrown)}`;
  return { path: Object.freeze([taskName]), event, count: 1, thrown };
}

/** What failed first of several, and how many they are. */
function combine(
  names: readonly string[],
  errors: readonly TaskError[],
): Failure {
  const { path, event, thrown } = failureOf(errors[0]!);
  const count = errors.reduce((sum, each) => sum + failureOf(each).count, 0);
  return { path: Object.freeze([...names, ...path]), event, count, thrown };
}

function summary({ path, event, count }: Failure): string {
  const more = count > 1 ? ` (and ${count - 1} more)` : "";
  return escapeControls(`Task "${path.join("/")}" ${event}${more}`);
}

/** The stack of what was thrown, to stand below a message. */
function stackOf(thrown: unknown): string {
  try {
    const { stack } = thrown as Error;
    return typeof stack === "string" ? `\n${stack}` : "";
  } catch {
    return ""; // Getters and proxies may throw.
  }
}

/**
 * Has inspectors show the errors of all managers within, each once: by
 * themselves they do not go as deep as managers do, and repeat the stack that
 * ends with that of the innermost.
 */
function showWithin(error: TaskError, within: readonly TaskError[]): void {
  const show = (inspect: Inspect, options: object) =>
    `${error} ${inspect(innermost(within), options)}`;
  const showOnNode = (_depth: number, options: object, inspect: Inspect) =>
    show(inspect, options);
  Object.defineProperties(error, {
    [Symbol.for("Deno.customInspect")]: { value: show },
    [Symbol.for("nodejs.util.inspect.custom")]: { value: showOnNode },
  });
}

/** Those of the errors, and of the errors within these, with none within. */
function innermost(errors: readonly TaskError[]): readonly TaskError[] {
  const all = [...errors];
  const found: TaskError[] = [];
  for (const error of all) {
    const within = errorsWithin(error.cause);
    if (within) all.push(...within);
    else found.push(error);
  }
  return found;
}
