import { replaceGlobal } from "./replaced_global.ts";

/** Counts the timers that are running, from now until it is disposed of. */
export class CountedTimers {
  readonly #timers = new Set<unknown>();
  readonly #replaced: readonly Disposable[];
  #started = 0;
  #longest = 0;

  constructor() {
    const { setTimeout: start, clearTimeout: stop } = globalThis;
    const set = (
      callback: (...args: unknown[]) => void,
      ms = 0,
      ...args: unknown[]
    ) => {
      const timer = start(() => {
        this.#timers.delete(timer);
        callback(...args);
      }, ms);
      this.#started++;
      this.#longest = Math.max(this.#longest, ms);
      this.#timers.add(timer);
      return timer;
    };
    const clear: typeof clearTimeout = (timer) => {
      this.#timers.delete(timer);
      stop(timer);
    };
    this.#replaced = [
      replaceGlobal("setTimeout", set),
      replaceGlobal("clearTimeout", clear),
    ];
  }

  /** How many are running. */
  get running(): number {
    return this.#timers.size;
  }

  /** How many were ever started. */
  get started(): number {
    return this.#started;
  }

  /** The most milliseconds that any was started with. */
  get longest(): number {
    return this.#longest;
  }

  [Symbol.dispose](): void {
    for (const each of this.#replaced) each[Symbol.dispose]();
  }
}
