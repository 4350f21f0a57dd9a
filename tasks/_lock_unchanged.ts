/** Watches for how long something has not changed, by a clock that is never set. */
export class Unchanged {
  #seen: string | undefined;
  #since = 0;

  /** Whether it was that whenever it was seen, for so many milliseconds. */
  isFor(ms: number, seen: string): boolean {
    const now = performance.now();
    if (seen !== this.#seen) {
      this.#seen = seen;
      this.#since = now;
    }
    return now - this.#since >= ms;
  }
}
