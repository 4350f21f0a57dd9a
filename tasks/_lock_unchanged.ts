import { onAbort } from "../src/on_abort.ts";
import { startTimer } from "../src/timers.ts";

/** Watches for how long something has not changed, by a clock that is never set. */
export class Unchanged {
  #seen: string | undefined;
  /** When it will have been that for long enough. */
  #end = 0;

  /** Whether it was that whenever it was seen, for so many milliseconds. */
  isFor(ms: number, seen: string): boolean {
    const now = performance.now();
    if (seen !== this.#seen) {
      this.#seen = seen;
      this.#end = now + ms;
    }
    return now >= this.#end;
  }

  /** Resolves when it may have been that for long enough, as last seen. */
  wait(signal: AbortSignal): Promise<void> {
    const left = Math.max(0, Math.ceil(this.#end - performance.now()));
    return new Promise((resolve) => {
      const end = startTimer(left, () => {
        unlisten();
        resolve();
      });
      const unlisten = onAbort(signal, end);
    });
  }
}
