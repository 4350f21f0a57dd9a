import { Drains, isUnlimited } from "./drains.ts";
import type { RunList } from "./run_list.ts";
import { abortAll, type Follower, tellAll } from "./stop.ts";
import type { TaskRun } from "./task_run.ts";
import { startTimer } from "./timers.ts";

/** How all tasks of a manager are stopped. */
export interface StoppingOptions {
  readonly reason: unknown;
  /** Whether drains get their time. */
  readonly drains: boolean;
  /** Whether there are any that do. */
  readonly hasDrains: boolean;
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
  #isTelling = false;
  #wereAllTold = false;
  #isAborted = false;

  constructor(runs: RunList, options: StoppingOptions) {
    this.#runs = runs;
    this.#options = options;
    if (options.hasDrains) {
      this.#drains = new Drains(runs, () => this.#drained());
    }
  }

  get reason(): unknown {
    return this.#options.reason;
  }

  /** Whether drains get their time. */
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

  /** Tells everyone in the order added, and goes on from there. */
  tell(): void {
    this.#isTelling = true;
    tellAll(this.#runs, this.reason, this.isDraining);
    this.#isTelling = false;
    this.allTold();
  }

  /** Everyone was told: drains are called, or every signal aborts at once. */
  allTold(): void {
    if (this.#isTelling || this.#wereAllTold) return;
    this.#wereAllTold = true;
    const { drains, isHeld } = this.#options;
    if (this.isDraining) this.#drains!.callAll();
    else if (drains) this.#drained();
    else if (!isHeld) this.abort();
    this.#limitDrains();
  }

  /** One was executed that was told before. */
  executed(run: TaskRun): void {
    this.#drains?.call(run);
  }

  /** Aborts every signal in the order added, whoever still drains. */
  abort(): void {
    abortAll(this.beginAbort(), this.reason);
  }

  /** Every signal is about to abort; returns whose. */
  beginAbort(): Iterable<Follower> {
    this.#endDrainTime?.();
    this.#endDraining();
    return this.#runs;
  }

  /** Lets go of its timers. */
  close(): void {
    this.#drains?.close();
    this.#endDrainTime?.();
  }

  /** Nobody is waited for any more, but those who were cancelled and drain. */
  #drained(): void {
    if (this.#options.isHeld) return;
    if (this.#alone.length === 0) return this.abort();
    this.#endDraining();
    abortAll([...this.#runs].filter((run) => !drainsAlone(run)), this.reason);
  }

  #endDraining(): void {
    if (this.#isAborted) return;
    this.#isAborted = true;
    this.#drains?.close();
    this.#options.onAbort();
  }

  get #alone(): TaskRun[] {
    return [...this.#runs].filter(drainsAlone);
  }

  #limitDrains(): void {
    const { drainTime } = this.#options;
    if (drainTime === Infinity) return;
    if (!this.isDraining && this.#alone.length === 0) return;
    this.#endDrainTime = startTimer(drainTime, () => {
      this.#drains?.releaseUnlimited();
      abortAll(this.#alone.filter(isUnlimited), this.reason);
    });
  }
}

/** Whether it was cancelled and has time to drain, which aborts it alone. */
function drainsAlone(run: TaskRun): boolean {
  return run.isCancelled && run.isDraining && !run.stop.isAborted;
}
