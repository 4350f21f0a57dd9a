import type { TaskContext } from "../mod.ts";
import { startTimer } from "../src/timers.ts";
import type { Lock } from "./_lease_lock.ts";
import { unlessTold } from "./_told.ts";

/** How long to wait once a lock may be free, so that one that errs is not asked without a pause. */
const SPACING = 20;

/** Hears when a lock may be free, if the lock says that. */
export class Vacancy {
  readonly #lock: Lock;
  readonly #over = new AbortController();
  #isListening = false;
  #hasHeard = false;
  #wake = () => {};

  constructor(lock: Lock) {
    this.#lock = lock;
  }

  /** Listens, so that nothing is missed from now on. */
  listen(): void {
    this.#hasHeard = false;
    if (this.#isListening || !this.#lock.wait) return;
    this.#isListening = true;
    void this.#wait(this.#lock.wait.bind(this.#lock));
  }

  /** Waits until the lock may be free, or that long; or the task is told. */
  async next(context: TaskContext, ms: number): Promise<void> {
    await unlessTold(context, (callback) => {
      let end = startTimer(this.#hasHeard ? SPACING : ms, callback);
      this.#wake = () => {
        end();
        end = startTimer(SPACING, callback);
      };
      return () => {
        this.#wake = () => {};
        end();
      };
    });
  }

  /** Listens no more. */
  end(): void {
    this.#over.abort();
  }

  async #wait(wait: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
    try {
      await wait(this.#over.signal);
      this.#hasHeard = true;
      this.#wake();
    } catch {
      // The lock is asked now and then all the same.
    } finally {
      this.#isListening = false;
    }
  }
}
