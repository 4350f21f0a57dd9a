import { Drains } from "./drains.ts";
import type { RunList } from "./run_list.ts";
import { abortAll, type Follower, tellAll } from "./stop.ts";
import type { TaskRun } from "./task_run.ts";
import { startTimer } from "./timers.ts";

/** How all tasks of a manager are stopped. */
export interface StoppingOptions {
  readonly reason: unknown;
  /** Whether drains get their time. */
  readonly drains: boolean;
  /** Whether anybody may have a drain that holds the others up. */
  readonly mayDrain: boolean;
  /** For how many milliseconds drains may be waited for that set no limit. */
  readonly drainTime: number;
  /** Whether signals stay live until what the manager runs in aborts. */
  readonly isHeld: boolean;
  /** Is called before every signal aborts. */
  readonly onAbort: () => void;
}

/** One stop of all tasks of a manager: they are told, they drain, they abort. */
export class Stopping {
  readonly #runs: RunList;
  readonly #options: StoppingOptions;
  readonly #drains: Drains | undefined;
  #endDrainTime: (() => void) | undefined;
  #wereAllTold = false;
  #isAborted = false;

  constructor(runs: RunList, options: StoppingOptions) {
    this.#runs = runs;
    this.#options = options;
    const { drains, mayDrain } = options;
    if (drains && mayDrain) {
      this.#drains = new Drains(runs, () => this.#drained());
    }
  }

  get reason(): unknown {
    return this.#options.reason;
  }

  /** Whether drains hold the others up. */
  get isDraining(): boolean {
    return this.#drains !== undefined && !this.#isAborted;
  }

  get isAborted(): boolean {
    return this.#isAborted;
  }

  /** Settles with the last drain; nothing if there is none to wait for. */
  get drained(): Promise<void> | undefined {
    return this.#drains?.settled;
  }

  /** Tells everyone in the order added; returns whose signals abort now. */
  tell(): Iterable<Follower> {
    tellAll(this.#runs, this.reason, this.isDraining);
    return this.allTold();
  }

  /**
   * Everyone was told: drains are called; returns whose signals abort now. What
   * is told in another loop meanwhile may say so too early.
   */
  allTold(): Iterable<Follower> {
    const isEarly = [...this.#runs].some((run) => !run.stop.isTold);
    if (this.#wereAllTold || isEarly) return [];
    this.#wereAllTold = true;
    const { isHeld } = this.#options;
    const isOver = this.#drains?.callAll() ?? true;
    if (!isOver || isHeld || this.#someDrainAlone) this.#limitDrains();
    return isOver && !isHeld ? this.#beginAbortTogether() : [];
  }

  /** One was executed that was told before. */
  executed(run: TaskRun): void {
    this.#drains?.executed(run);
  }

  /** Aborts every signal in the order added, whoever still drains. */
  abort(): void {
    abortAll(this.beginAbort(), this.reason);
  }

  /** Every signal is about to abort; returns whose. */
  beginAbort(): Iterable<Follower> {
    if (this.#isAborted) return this.#runs;
    this.#isAborted = true;
    this.#drains?.close();
    if (!this.#someDrainAlone) this.#endDrainTime?.();
    this.#options.onAbort();
    return this.#runs;
  }

  /** Lets go of its timers. */
  close(): void {
    this.#drains?.close();
    this.#endDrainTime?.();
  }

  get #someDrainAlone(): boolean {
    return [...this.#runs].some(drainsAlone);
  }

  /** Nobody is waited for any more. */
  #drained(): void {
    if (this.#options.isHeld) return;
    abortAll(this.#beginAbortTogether(), this.reason);
  }

  /** The same for all but those who were cancelled and have time to drain. */
  #beginAbortTogether(): Iterable<Follower> {
    this.beginAbort();
    const { drains } = this.#options;
    return [...this.#runs].filter((run) => !drains || !drainsAlone(run));
  }

  #limitDrains(): void {
    const { drainTime } = this.#options;
    if (drainTime === Infinity) return;
    this.#endDrainTime = startTimer(drainTime, () => {
      this.#drains?.releaseUnlimited();
      const late = [...this.#runs].filter((run) =>
        drainsAlone(run) && run.limits.drainTimeout === undefined
      );
      abortAll(late, this.reason);
    });
  }
}

function drainsAlone(run: TaskRun): boolean {
  return run.isCancelled && run.isDraining;
}
