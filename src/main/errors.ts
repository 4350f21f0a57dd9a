import { escapeControls } from "../messages.ts";
import type { TaskError } from "../task_error.ts";
import { print } from "./print.ts";

/** How many stray errors are printed. */
const MAX_PRINTED = 20;

/** The errors of tasks, and those that nobody has caught, each printed once. */
export class Errors {
  /** How many nobody has caught. */
  strays = 0;
  readonly #printed = new Set<unknown>();

  /** Prints an error that nobody has caught. */
  addStray(error: unknown): void {
    this.strays++;
    if (this.strays > MAX_PRINTED) return;
    this.#printed.add(error);
    print("Stray error:", error);
  }

  /** Prints the errors of tasks, and how many strays were not printed. */
  print(errors: readonly TaskError[]): void {
    for (const error of errors) {
      print(`${error}`);
      this.#printCause(error, error.taskName);
    }
    const more = this.strays - MAX_PRINTED;
    if (more > 0) print(`Stray errors: ${more} more`);
  }

  /**
   * Prints what was thrown, in whatever manager within: the message above it is
   * that of the first one.
   */
  #printCause({ cause, code }: TaskError, place: string): void {
    const within = errorsWithin(cause);
    within.forEach((error, index) => {
      if (index > 0) print(`In ${escapeControls(place)}: ${error}`);
      this.#printCause(error, `${place}/${error.taskName}`);
    });
    // Of a timeout, and of a text, the message has said all.
    if (within.length > 0 || code !== "FAILED" || cause !== Object(cause)) {
      return;
    }
    if (this.#printed.has(cause)) return;
    this.#printed.add(cause);
    print(cause);
  }
}

/** The errors of the manager within that has thrown this, if one has. */
function errorsWithin(thrown: unknown): readonly TaskError[] {
  try {
    const { errors } = Object(thrown);
    const isOfTasks = Array.isArray(errors) &&
      errors.every(({ name }) => name === "TaskError");
    return isOfTasks ? errors : [];
  } catch {
    return []; // Getters and proxies may throw.
  }
}
