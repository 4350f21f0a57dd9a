import { deferred } from "./promises.ts";
import type { RunList } from "./run_list.ts";
import { abortAll, type Follower, tellAll } from "./stop.ts";
import type { TaskRun } from "./task_run.ts";
import { startTimer } from "./timers.ts";

/** How all tasks of a manager are stopped. */
export interface StoppingOptions {
  readonly reason: unknown;
  /** Whether drains get their time. */
  readonly drains: boolean;
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
  readonly reason: unknown;
  isAborted = false;
  /** Settles with the last drain; nothing if there is none to wait for. */
  drained: Promise<void> | undefined;
  /** What is waited for before every signal aborts. */
  readonly #drains: Promise<void>[] = [];
  /** Resolves when the time of drains is over that set no limit. */
  readonly #drainTime = deferred();
  #endDrainTime: (() => void) | undefined;
  #wereAllTold = false;

  constructor(runs: RunList, options: StoppingOptions) {
    this.#runs = runs;
    this.#options = options;
    this.reason = options.reason;
  }

  /** Whether drains get their time. */
  get isDraining(): boolean {
    return this.#options.drains && !this.isAborted;
  }

  /** Tells everyone in the order added, and goes on from there. */
  tell(): void {
    tellAll(this.#runs, this.reason, this.isDraining);
    this.allTold();
  }

  /** Everyone was told: drains are called, or every signal aborts at once. */
  allTold(): void {
    if (this.#wereAllTold) return;
    this.#wereAllTold = true;
    for (const run of this.#runs) this.drain(run);
    const isMore = this.isDraining &&
      this.#runs.some((run) => run.isWaiting && run.hasDrain);
    if (this.#drains.length > 0 || isMore) {
      this.drained = this.#waitForDrains();
    } else this.#allDrained();
    this.#limitDrains();
  }

  /** Calls the drain of one who executes, once everyone was told. */
  drain(run: TaskRun): void {
    if (!this.isDraining || !this.#wereAllTold || run.isCancelled) return;
    const drained = run.drain(this.#drainTime.promise);
    if (drained) this.#drains.push(drained);
  }

  /** Aborts every signal in the order added, whoever still drains. */
  abort(): void {
    abortAll(this.beginAbort(), this.reason);
  }

  /** Every signal is about to abort; returns whose. */
  beginAbort(): Iterable<Follower> {
    if (this.isAborted) return this.#runs;
    this.isAborted = true;
    this.close();
    this.#options.onAbort();
    return this.#runs;
  }

  /** Lets go of its timer. */
  close(): void {
    this.#endDrainTime?.();
  }

  /** Waits for the drains, and for those of tasks that were added meanwhile. */
  async #waitForDrains(): Promise<void> {
    do await Promise.allSettled(this.#drains.splice(0)); while (
      this.#drains.length > 0
    );
    this.#allDrained();
  }

  /** None is waited for any more, but that of a task that was cancelled. */
  #allDrained(): void {
    if (this.isAborted || this.#options.isHeld) return;
    this.beginAbort();
    abortAll(this.#runs.filter((run) => !drainsAlone(run)), this.reason);
  }

  #limitDrains(): void {
    const { drainTime } = this.#options;
    if (drainTime === Infinity || !this.#runs.some((run) => run.isDraining)) {
      return;
    }
    this.#endDrainTime = startTimer(drainTime, () => {
      this.#drainTime.resolve();
      const late = this.#runs.filter((run) =>
        drainsAlone(run) && run.limits.drainTimeout === undefined
      );
      abortAll(late, this.reason);
    });
  }
}

function drainsAlone(run: TaskRun): boolean {
  return run.isCancelled && run.isDraining;
}
