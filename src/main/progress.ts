import type { ManagerEvent } from "../events.ts";
import { escapeControls, messageOf } from "../messages.ts";
import { showDuration } from "../report/duration.ts";
import { LONGEST_TIMEOUT } from "../timers.ts";
import { print } from "./print.ts";
import type { Waits } from "./waits.ts";

/** Prints who is waited for while a stop lasts. */
export class Progress {
  readonly #waits: Waits;
  readonly #interval: number | false;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(waits: Waits, interval: number | false) {
    this.#waits = waits;
    this.#interval = interval;
  }

  /** Takes in what has happened. */
  hear(event: ManagerEvent): void {
    if (event.path.length > 0 || event.type !== "told") return;
    if (this.#interval === false) return;
    const { at, reason } = event;
    this.#timer = setInterval(
      () => this.#print(at, reason),
      Math.min(this.#interval, LONGEST_TIMEOUT),
    );
  }

  /** The run is over. */
  end(): void {
    clearInterval(this.#timer);
  }

  #print(since: number, reason: unknown): void {
    const { text, shutdownTimeout } = this.#waits;
    const limit = shutdownTimeout === Infinity
      ? ""
      : ` of shutdownTimeout ${showDuration(shutdownTimeout)}`;
    const time = showDuration(Date.now() - since) + limit;
    const why = escapeControls(messageOf(reason));
    print(`Stopping for ${time} (${why}), waits for ${text}`);
  }
}
