import { abortAll, Stop } from "./stop_tree.ts";

/** How a task stops: it is told, then aborted, and left behind in the end. */
export class TaskStop extends Stop {
  #abandoned: Stop | undefined;

  /** Aborts when it is left behind. */
  get abandoned(): AbortSignal {
    return this.#leftBehind.signal;
  }

  leaveBehind(timeout: DOMException): void {
    abortAll([this.#leftBehind], timeout);
  }

  get #leftBehind(): Stop {
    return this.#abandoned ??= new Stop();
  }
}
