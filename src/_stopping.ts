import type { Entry, Stop } from "./_entry.ts";
import { notifyAll } from "./_notify_all.ts";
import { startTimer } from "./_time.ts";

/**
 * The stop of those who stop together: they are told, those who want to drain
 * have their time, then every signal aborts, and each has its time to end.
 */
export class Stopping implements Stop {
  readonly reason: unknown;
  readonly isCancel: boolean;
  isAborted = false;
  #entries: readonly Entry[];
  #draining = 0;

  constructor(entries: readonly Entry[], reason: unknown, isCancel = false) {
    this.#entries = entries;
    this.reason = reason;
    this.isCancel = isCancel;
  }

  /** Tells all whose stop it is. */
  begin(): void {
    const told = this.#told();
    const drainers = told.filter((entry) => entry.wantsToDrain());
    this.#draining = drainers.length;
    for (const entry of drainers) {
      const { drainTimeout } = entry.terms;
      const stopTimer = startTimer(drainTimeout, () => entry.watch());
      entry.watch(() => {
        stopTimer();
        if (--this.#draining === 0) this.abort();
      });
    }
    if (drainers.length === 0) this.#abort(told);
    else notifyAll(told);
  }

  abort(): void {
    if (!this.isAborted) this.#abort(this.#told());
  }

  #abort(told: readonly Entry[]): void {
    this.isAborted = true;
    this.#entries = [];
    notifyAll(told);
  }

  /** Those to whom it makes a difference. */
  #told(): Entry[] {
    return this.#entries.filter((entry) =>
      entry.hasToKnow() && entry.stop === this
    );
  }
}
