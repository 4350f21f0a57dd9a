import {
  type Deferred,
  deferred,
  isThenable,
  rejectLater,
  whenSettled,
} from "./promises.ts";
import type { Stage } from "./states.ts";
import type { TaskContext } from "./task_context.ts";

/** Who calls a stage, and judges how it has ended. */
export interface StageOwner {
  callStage(stage: Stage, context: TaskContext): unknown;
  returned(call: StageCall): void;
  threw(call: StageCall, thrown: unknown): void;
}

/** One call of one stage of one task, which ends once. */
export class StageCall {
  readonly stage: Stage;
  /** Ends the limit that it has now. */
  endLimit: (() => void) | undefined;
  isOver = false;
  readonly #owner: StageOwner;
  #settled: Promise<void> | undefined;
  #over: Deferred | undefined;

  constructor(stage: Stage, owner: StageOwner) {
    this.stage = stage;
    this.#owner = owner;
  }

  /**
   * Calls the stage, and has it judged when what it returns has settled, or, if
   * it ends as it returns, at once. A throw is a rejection.
   */
  begin(context: TaskContext, endsAsItReturns: boolean): void {
    // Bound functions take less memory than closures.
    const threw = this.threw.bind(this);
    try {
      const returned = this.#owner.callStage(this.stage, context);
      if (!endsAsItReturns || isThenable(returned)) {
        this.#settled = whenSettled(returned, this.returned.bind(this), threw);
        return;
      }
    } catch (thrown) {
      this.#settled = rejectLater(thrown, threw);
      return;
    }
    this.returned();
  }

  /** Resolves when what it returned has settled, and it was judged. */
  whenSettled(): Promise<void> {
    return this.#settled!;
  }

  /** The same, or before if it is left behind while others go on. */
  whenOver(): Promise<void> {
    if (!this.endLimit && this.#settled) return this.#settled;
    return this.whenLeft();
  }

  /** Resolves when it is over, whatever ends it. */
  whenLeft(): Promise<void> {
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
    if (!this.isOver) this.#owner.returned(this);
  }

  /** It has thrown. */
  threw(thrown: unknown): void {
    if (!this.isOver) this.#owner.threw(this, thrown);
  }
}
