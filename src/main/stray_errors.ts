import { catchStrayErrors } from "../signals/process_here.ts";
import { print } from "./print.ts";

/** How many stray errors are printed. */
const MAX_PRINTED = 20;

/** Errors that nobody has caught: they are printed, and stop the manager. */
export class StrayErrors {
  #count = 0;
  readonly #onError: (error: unknown) => void;
  #end = () => {};

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** How many there were. */
  get count(): number {
    return this.#count;
  }

  catch(): void {
    this.#end = catchStrayErrors((error) => {
      this.#count++;
      if (this.#count <= MAX_PRINTED) print("Stray error:", error);
      this.#onError(error);
    });
  }

  /** Leaves them to the runtime again. */
  end(): void {
    this.#end();
  }

  /** Says how many were not printed. */
  printRest(): void {
    const more = this.#count - MAX_PRINTED;
    if (more > 0) print(`Stray errors: ${more} more`);
  }
}
