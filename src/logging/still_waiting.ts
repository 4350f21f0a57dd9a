import type { ObservedManager } from "../manager_types.ts";
import type { ManagerState } from "../states.ts";
import { stillWaitingText, waitedFor } from "../waited_for.ts";
import type { Line } from "./line.ts";

/** Says now and then, while a stop lasts, who is waited for. */
export class StillWaiting {
  readonly #manager: ObservedManager;
  readonly #interval: number | false;
  readonly #write: (line: Line) => void;
  #timer: ReturnType<typeof setInterval> | undefined;
  #isOver = false;

  constructor(
    manager: ObservedManager,
    interval: number | false,
    write: (line: Line) => void,
  ) {
    this.#manager = manager;
    this.#interval = interval;
    this.#write = write;
    this.look();
  }

  /** Something was told to stop, or comes to another state. */
  look(): void {
    if (this.#isOver) return; // The logger may have ended it, as it wrote.
    const { state } = this.#manager;
    if (state === "finished") this.end();
    else if (this.#interval !== false && isStopping(state)) {
      this.#timer ??= setInterval(() => this.#say(), this.#interval);
    }
  }

  end(): void {
    this.#isOver = true;
    clearInterval(this.#timer);
  }

  #say(): void {
    const waiting = waitedFor(this.#manager.report());
    if (waiting.length === 0) return;
    const text = stillWaitingText(waiting);
    this.#write({
      level: "warn",
      text,
      data: {
        event: "still-waiting",
        count: waiting.length,
        waiting: waiting.slice(0, 3),
      },
    });
  }
}

function isStopping(state: ManagerState): boolean {
  return state === "draining" || state === "stopping" ||
    state === "cleaning-up";
}
