import { timeoutError } from "./_abort_error.ts";
import type { Entry } from "./_entry.ts";
import { tellAll } from "./_telling.ts";
import { startTimer } from "./_time.ts";
import { abort, hasReadDraining, type Stop, tell } from "./context.ts";

/**
 * How tasks are stopped: they are told, those who want to drain have their
 * time, then every signal aborts, and from then on each has its time to end.
 */
export class Stopping {
  readonly #entries: readonly Entry[];
  readonly #stop: Stop;
  #draining = 0;
  #isAborted = false;

  constructor(entries: readonly Entry[], stop: Stop) {
    this.#entries = entries;
    this.#stop = stop;
  }

  begin(): void {
    const draining = this.#entries.filter(wantsToDrain);
    if (draining.length === 0) return this.abort();
    for (const entry of draining) this.#drain(entry);
    tellAll(this.#entries, this.#stop, tell);
  }

  /** Aborts every signal, whoever still drains. */
  abort(): void {
    if (this.#isAborted) return;
    this.#isAborted = true;
    for (const entry of this.#entries) {
      entry.onEnd?.();
      const { stopTimeout } = entry.limits;
      if (!mayExecute(entry) || stopTimeout === Infinity) continue;
      entry.onEnd = startTimer(stopTimeout, () => {
        const overrun =
          `Still executing ${stopTimeout} ms after its signal aborted`;
        entry.leaveBehind("timed-out", timeoutError(overrun));
      });
    }
    tellAll(this.#entries, this.#stop, abort);
  }

  #drain(entry: Entry): void {
    this.#draining++;
    const onEnd = () => {
      stopTimer();
      entry.onEnd = undefined;
      if (--this.#draining === 0) this.abort();
    };
    const stopTimer = startTimer(entry.limits.drainTimeout, onEnd);
    entry.onEnd = onEnd;
  }
}

/** Whether a task executes, or will in this turn. */
function mayExecute({ state, outcome }: Entry): boolean {
  return state !== "initializing" && !outcome;
}

/** Whether a task has asked for time to drain, and has some. */
export function wantsToDrain(entry: Entry): boolean {
  return entry.state === "executing" && entry.limits.drainTimeout > 0 &&
    hasReadDraining(entry.context);
}
