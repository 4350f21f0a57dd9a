import type { ManagerEvent } from "../events.ts";
import { escapeControls, messageOf } from "../messages.ts";
import { showDuration } from "../report/duration.ts";
import { LONGEST_TIMEOUT } from "../timers.ts";
import { stillWaitingText, waitedFor } from "../waited_for.ts";
import type { MainManager } from "./options.ts";
import { print } from "./print.ts";

/** Prints who is waited for while a stop lasts. */
export class Progress {
  readonly #manager: MainManager;
  readonly #interval: number | false;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(manager: MainManager, interval: number | false) {
    this.#manager = manager;
    this.#interval = interval;
  }

  /** Takes in what has happened. */
  hear(event: ManagerEvent): void {
    if (event.path.length > 0 || event.type !== "told") return;
    if (this.#interval === false) return;
    const { reason } = event;
    this.#timer = setInterval(
      () => this.#print(reason),
      Math.min(this.#interval, LONGEST_TIMEOUT),
    );
  }

  /** The run is over. */
  end(): void {
    clearInterval(this.#timer);
  }

  #print(reason: unknown): void {
    const report = this.#manager.report();
    const { at, limit } = report.stop!;
    const of = limit ? ` of shutdownTimeout ${showDuration(limit.ms)}` : "";
    const time = showDuration(report.duration - at) + of;
    const why = escapeControls(messageOf(reason));
    const who = stillWaitingText(waitedFor(report));
    print(`Stopping for ${time} (${why}): ${who}`);
  }
}
