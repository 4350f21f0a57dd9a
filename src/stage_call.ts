import {
  type Deferred,
  deferred,
  follow,
  isThenable,
  reject,
} from "./promises.ts";
import type { StageReport } from "./report_types.ts";
import type { Stage, TaskOutcome } from "./states.ts";
import type { TaskError } from "./task_error.ts";

/** Who judges how a call has ended. */
export interface CallJudge {
  returned(call: StageCall): void;
  threw(call: StageCall, thrown: unknown): void;
}

/** One call of one stage of one task, which ends once. */
export class StageCall {
  readonly stage: Stage;
  /** When it was called; not known of an execute task that nobody watches. */
  readonly startedAt: number | undefined;
  readonly report: StageReport | undefined;
  /** Ends the limit that it has now. */
  endLimit: (() => void) | undefined;
  readonly #judge: CallJudge;
  #isOver = false;
  /** Resolves when what it returned has settled, and it was judged. */
  #settled: Promise<void> | undefined;
  /** Resolves when it is over, which may be before. */
  #over: Deferred | undefined;

  constructor(
    stage: Stage,
    judge: CallJudge,
    startedAt: number | undefined,
    report: StageReport | undefined,
  ) {
    this.stage = stage;
    this.#judge = judge;
    this.startedAt = startedAt;
    this.report = report;
  }

  /**
   * Calls the stage, and has it judged when what it returns has settled, or, if
   * it ends as it returns, at once. A throw is a rejection.
   */
  make(call: () => unknown, endsAsItReturns: boolean): void {
    // Bound functions take less memory than closures.
    const threw = this.#threw.bind(this);
    try {
      const returned = call();
      if (!endsAsItReturns || isThenable(returned)) {
        this.#settled = follow(returned, this.#returned.bind(this), threw);
        return;
      }
    } catch (thrown) {
      this.#settled = reject(thrown, threw);
      return;
    }
    this.#returned();
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Resolves when it is over: at the latest when its limit is, if it has one. */
  whenOver(): Promise<void> {
    if (!this.endLimit && this.#settled) return this.#settled;
    const over = this.#over ??= deferred();
    if (this.#isOver) over.resolve();
    return over.promise;
  }

  end(now: number, outcome: TaskOutcome, error: TaskError | undefined): void {
    this.#isOver = true;
    this.endLimit?.();
    this.#over?.resolve();
    if (!this.report) return;
    this.report.endedAt = now;
    this.report.outcome = outcome;
    if (error) this.report.error = error.toJSON();
  }

  #returned(): void {
    if (!this.#isOver) this.#judge.returned(this);
  }

  #threw(thrown: unknown): void {
    if (!this.#isOver) this.#judge.threw(this, thrown);
  }
}
