/** Counts the timers that are running, from now until it is disposed of. */
export class CountedTimers {
  readonly #timers = new Set<unknown>();
  readonly #setTimeout = globalThis.setTimeout;
  readonly #clearTimeout = globalThis.clearTimeout;
  #started = 0;

  constructor() {
    const start = this.#setTimeout;
    const stop = this.#clearTimeout;
    const set = (callback: () => void, ms?: number) => {
      const timer = start(() => {
        this.#timers.delete(timer);
        callback();
      }, ms);
      this.#started++;
      this.#timers.add(timer);
      return timer;
    };
    globalThis.setTimeout = set as typeof setTimeout;
    globalThis.clearTimeout = (timer) => {
      this.#timers.delete(timer);
      stop(timer);
    };
  }

  /** How many are running. */
  get running(): number {
    return this.#timers.size;
  }

  /** How many were ever started. */
  get started(): number {
    return this.#started;
  }

  [Symbol.dispose](): void {
    globalThis.setTimeout = this.#setTimeout;
    globalThis.clearTimeout = this.#clearTimeout;
  }
}
