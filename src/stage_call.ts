import { type Deferred, deferred } from "./promises.ts";
import type { StageReport } from "./report_types.ts";
import type { Stage, TaskOutcome } from "./states.ts";
import type { TaskError } from "./task_error.ts";

/** One call of one stage of one task, which ends once. */
export class StageCall {
  readonly stage: Stage;
  readonly report: StageReport | undefined;
  /** When it was called; not known of an execute task that nobody watches. */
  readonly startedAt: number | undefined;
  /** Whether the stage was called: what listens to events is called before. */
  isMade = false;
  /** Ends the limit that holds for this call alone. */
  endLimit: (() => void) | undefined;
  #isOver = false;
  #over: Deferred | undefined;

  constructor(
    stage: Stage,
    startedAt: number | undefined,
    report: StageReport | undefined,
  ) {
    this.stage = stage;
    this.startedAt = startedAt;
    this.report = report;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Resolves when it is over. */
  whenOver(): Promise<void> {
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
}
