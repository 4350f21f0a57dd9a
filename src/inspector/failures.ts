import type { ManagerEvent } from "../events.ts";
import { fieldOf, messageOf } from "../messages.ts";
import type { Stage, TaskErrorCode } from "../states.ts";
import type { TaskError } from "../task_error.ts";

/** How many failures are kept, and how long a stack may be, in characters. */
const [KEPT, LONGEST_STACK] = [200, 20_000];

/** How many causes of causes are shown. */
const MAX_CAUSES = 5;

/** What went wrong, and where that was thrown. */
export interface Failure {
  /** When, in milliseconds since the epoch. */
  readonly at: number;
  readonly path: readonly string[];
  readonly stage: Stage;
  readonly code: TaskErrorCode;
  readonly message: string;
  readonly stack: string;
}

/** What went wrong so far: a report has no stacks. */
export class Failures {
  /** The first ones, in order. */
  readonly kept: Failure[] = [];
  /** How many came after those. */
  more = 0;
  readonly #errors = new WeakSet<TaskError>();

  /** Takes in what has happened. */
  hear(event: ManagerEvent): void {
    if (event.type !== "stage-end" && event.type !== "left-behind") return;
    const { at, path, stage, error } = event;
    if (!error || this.#errors.has(error)) return;
    this.#errors.add(error);
    if (hasErrors(error.cause) && this.#isKnownWithin(path)) return;
    if (this.kept.length >= KEPT) return void this.more++;
    const { code, message } = error;
    const stack = stackOf(error);
    this.kept.push({ at, path, stage, code, message, stack });
  }

  /** Whether what went wrong in a manager within was heard of there. */
  #isKnownWithin(path: readonly string[]): boolean {
    return this.kept.some((each) =>
      each.path.length > path.length &&
      path.every((name, index) => name === each.path[index])
    );
  }
}

/** Where it was thrown, with what has caused it. */
function stackOf(error: TaskError): string {
  const { cause, code } = error;
  // Of a manager within, its own stack ends with that of the innermost cause.
  const thrown = hasErrors(cause) || code !== "FAILED" ? error : cause;
  return textOf(thrown, MAX_CAUSES).slice(0, LONGEST_STACK);
}

function textOf(thrown: unknown, causes: number): string {
  const [stack, cause] = [fieldOf(thrown, "stack"), fieldOf(thrown, "cause")];
  const text = typeof stack === "string" && stack !== ""
    ? stack
    : messageOf(thrown);
  if (cause === undefined || causes === 0 || hasErrors(cause)) return text;
  return `${text}\nCaused by: ${textOf(cause, causes - 1)}`;
}

function hasErrors(thrown: unknown): boolean {
  const errors = fieldOf(thrown, "errors");
  return typeof errors === "object" &&
    typeof fieldOf(errors, "length") === "number"; // Of a proxy, too.
}
