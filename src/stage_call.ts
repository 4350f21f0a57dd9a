import {
  type Deferred,
  deferred,
  follow,
  isThenable,
  reject,
} from "./promises.ts";
import type { Stage } from "./states.ts";

/** Who judges how a call has ended. */
export interface CallJudge {
  returned(call: StageCall): void;
  threw(call: StageCall, thrown: unknown): void;
}

/** One call of one stage of one task, which ends once. */
export class StageCall {
  readonly stage: Stage;
  /** Ends the limit that it has now. */
  endLimit: (() => void) | undefined;
  isOver = false;
  readonly #judge: CallJudge;
  #settled: Promise<void> | undefined;
  #over: Deferred | undefined;

  constructor(stage: Stage, judge: CallJudge) {
    this.stage = stage;
    this.#judge = judge;
  }

  /**
   * Calls the stage, and has it judged when what it returns has settled, or, if
   * it ends as it returns, at once. A throw is a rejection.
   */
  make(call: () => unknown, endsAsItReturns: boolean): void {
    // Bound functions take less memory than closures.
    const threw = this.threw.bind(this);
    try {
      const returned = call();
      if (!endsAsItReturns || isThenable(returned)) {
        this.#settled = follow(returned, this.returned.bind(this), threw);
        return;
      }
    } catch (thrown) {
      this.#settled = reject(thrown, threw);
      return;
    }
    this.returned();
  }

  /** Resolves when what it returned has settled, and it was judged. */
  whenSettled(): Promise<void> {
    return this.#settled!;
  }

  /** Resolves when it is over, which is before if it is left behind. */
  whenOver(): Promise<void> {
    const over = this.#over ??= deferred();
    if (this.isOver) over.resolve();
    return over.promise;
  }

  end(): void {
    this.isOver = true;
    this.endLimit?.();
    this.#over?.resolve();
  }

  /** What it returned has settled. */
  returned(): void {
    if (!this.isOver) this.#judge.returned(this);
  }

  /** It has thrown. */
  threw(thrown: unknown): void {
    if (!this.isOver) this.#judge.threw(this, thrown);
  }
}
