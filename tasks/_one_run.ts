/** What a task has for one run at a time, from its initialize to its cleanup. */
export class OneRun<Run> {
  #current: Run | undefined;
  /** How many runs were refused and are yet to be cleaned up. */
  #refused = 0;

  /** That of the run that goes on, if there is one. */
  get current(): Run | undefined {
    return this.#current;
  }

  /** Makes one for a task of that name. Throws if there is one. */
  begin(make: () => Run, name: string): Run {
    if (!this.#current) return this.#current = make();
    this.#refused++;
    throw inRunError("initialize", name);
  }

  /** Ends it; returns nothing where it was refused or never begun. */
  end(): Run | undefined {
    if (this.#refused > 0) {
      this.#refused--;
      return;
    }
    const ended = this.#current;
    this.#current = undefined;
    return ended;
  }
}

/** The error of a task that is in two runs at once. */
export function inRunError(verb: string, name: string): Error {
  return new Error(
    `Cannot ${verb} task "${name}" as it is in a run already: make one for each`,
  );
}
