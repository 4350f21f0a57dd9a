import type { Entry } from "./_entry.ts";
import type { Stop } from "./_stoppable.ts";
import { notifyAll } from "./_notify_all.ts";
import { startTimer } from "./_time.ts";

/**
 * How tasks are stopped: they are told, those who want to drain have their
 * time, then every signal aborts, and from then on each has its time to end.
 */
export class Stopping implements Stop {
  readonly reason: unknown;
  readonly isCancel: boolean;
  isAborted = false;
  readonly #entries: readonly Entry[];
  #draining = 0;

  constructor(entries: readonly Entry[], reason: unknown, isCancel = false) {
    this.#entries = entries;
    this.reason = reason;
    this.isCancel = isCancel;
  }

  begin(): void {
    for (const entry of this.#entries) entry.stop = this;
    const draining = this.#entries.filter((entry) => entry.wantsToDrain());
    if (draining.length === 0) return this.abort();
    for (const entry of draining) this.#drain(entry);
    notifyAll(this.#entries);
  }

  /** Aborts every signal, whoever still drains. */
  abort(): void {
    if (this.isAborted) return;
    this.isAborted = true;
    for (const entry of this.#entries) {
      if (entry.stage === "execute") entry.limit("execute");
    }
    notifyAll(this.#entries);
  }

  #drain(entry: Entry): void {
    this.#draining++;
    const { drainTimeout } = entry.terms.limits;
    const stopTimer = startTimer(drainTimeout, () => entry.watch());
    entry.watch(() => {
      stopTimer();
      if (--this.#draining === 0) this.abort();
    });
  }
}
