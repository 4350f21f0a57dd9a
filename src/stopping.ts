import { type Deferred, deferred } from "./promises.ts";
import type { RunList } from "./run_list.ts";
import { abortAll, type Follower, tellAll } from "./stop_tree.ts";
import type { TaskRun } from "./task_run.ts";
import { startTimer } from "./timers.ts";

/** How all tasks of a manager are stopped. */
export interface StoppingOptions {
  readonly reason: unknown;
  /** Whether drains get their time; else every signal aborts at once. */
  readonly drains: boolean;
  /** Whether there are any, or a manager above says when they are over. */
  readonly startsDraining: boolean;
  /** For how many milliseconds drains may be waited for that set no limit. */
  readonly drainTime: number;
  /** Whether signals stay live until what the manager runs in aborts. */
  readonly isHeld: boolean;
  /** Is called before every signal aborts. */
  readonly onAbort: () => void;
}

/**
 * One stop of all tasks of a manager, in three steps.
 *
 * 1. Everyone is told: every `draining` aborts (`tell`, or the loop of the
 *    manager above, which ends with `allTold`).
 * 2. Drains are called, and every `signal` stays live while `#waitsFor` has
 *    anybody; in a manager within, until the task aborts that it is (`isHeld`).
 * 3. Everyone is aborted: every `signal` aborts (`beginAbort` says whose).
 */
export class Stopping {
  readonly reason: unknown;
  isAborted = false;
  readonly #runs: RunList;
  readonly #options: StoppingOptions;
  /** Whose drains are waited for before every signal aborts. */
  readonly #waitsFor = new Set<TaskRun>();
  /** Whether those are waited for that set no limit of their own. */
  #allowsUnlimited = true;
  #drained: Deferred | undefined;
  #endDrainTime: (() => void) | undefined;
  /** Until others are told, too, a listener may say that all were. */
  #isTelling = true;
  /** While drains are still called, the first may have settled already. */
  #isCalling = false;
  #wereAllTold = false;

  constructor(runs: RunList, options: StoppingOptions) {
    this.#runs = runs;
    this.#options = options;
    this.reason = options.reason;
  }

  /** Whether drains have their time now. */
  get isDraining(): boolean {
    return this.#options.startsDraining && !this.isAborted;
  }

  /** Settles with the last drain; nothing if there is none to wait for. */
  get drained(): Promise<void> | undefined {
    const mayCome = this.isDraining && !this.#wereAllTold;
    return mayCome || this.#waitsFor.size > 0
      ? (this.#drained ??= deferred()).promise
      : undefined;
  }

  /** Tells everyone in the order added; returns whose signals abort now. */
  tell(): Iterable<Follower> {
    tellAll(this.#runs, this.reason, this.isDraining);
    this.#isTelling = false;
    return this.allTold();
  }

  /** Whom the loop of the manager above tells, until it says `allTold`. */
  toldFromAbove(): Iterable<Follower> {
    this.#isTelling = false;
    return this.#runs;
  }

  /** Everyone was told: drains are called. Returns whose signals abort now. */
  allTold(): Iterable<Follower> {
    if (this.#isTelling || this.#wereAllTold) return [];
    this.#wereAllTold = true;
    const { drains, isHeld } = this.#options;
    if (!drains) return isHeld ? [] : this.beginAbort();
    const draining = this.#runs.filter((run) =>
      this.isDraining && run.hasDrain
    );
    for (const run of draining) this.#waitsFor.add(run);
    this.#isCalling = true;
    for (const run of draining) this.drain(run);
    this.#isCalling = false;
    const isOver = this.#waitsFor.size === 0;
    const aborted = isOver ? this.#allDrained() : [];
    this.#limitDrains();
    return aborted;
  }

  /** Calls the drain of a task, once everyone was told and it executes. */
  drain(run: TaskRun): void {
    if (!this.isDraining || !this.#wereAllTold) return;
    if (run.isWaiting || run.isDraining) return;
    const drained = run.hasDrain
      ? run.drain(() => this.#release(run))
      : undefined;
    const isLate = !this.#allowsUnlimited && isUnlimited(run);
    if (!drained || isLate) return this.#release(run);
    this.#waitsFor.add(run);
    void drained.then(() => this.#release(run));
  }

  /** Aborts every signal in the order added, whoever still drains. */
  abort(): void {
    abortAll(this.beginAbort(), this.reason);
  }

  /** Every signal is about to abort; returns whose. */
  beginAbort(): Iterable<Follower> {
    this.close();
    this.#markAborted();
    return this.#runs;
  }

  /** Lets go of its timer. */
  close(): void {
    this.#endDrainTime?.();
  }

  #release(run: TaskRun): void {
    if (!this.#waitsFor.delete(run)) return;
    if (this.#waitsFor.size > 0 || this.#isCalling) return;
    abortAll(this.#allDrained(), this.reason);
  }

  /** Nobody is waited for any more; returns whose signals abort now. */
  #allDrained(): Iterable<Follower> {
    this.#drained?.resolve();
    if (this.#options.isHeld || this.isAborted) return [];
    if (!this.#runs.some(drainsAlone)) return this.beginAbort();
    this.#markAborted();
    return this.#runs.filter((run) => !drainsAlone(run));
  }

  #markAborted(): void {
    if (this.isAborted) return;
    this.isAborted = true;
    this.#waitsFor.clear();
    this.#drained?.resolve();
    this.#options.onAbort();
  }

  #limitDrains(): void {
    const { drainTime } = this.#options;
    if (drainTime === Infinity) return;
    if (!this.isDraining && !this.#runs.some(drainsAlone)) return;
    this.#endDrainTime = startTimer(drainTime, () => {
      this.#allowsUnlimited = false;
      abortAll(
        this.#runs.filter((run) => drainsAlone(run) && isUnlimited(run)),
        this.reason,
      );
      const late = [...this.#waitsFor].filter(isUnlimited);
      late.forEach((run) => this.#release(run));
    });
  }
}

/** Whether it was cancelled and has time to drain, which aborts it alone. */
function drainsAlone(run: TaskRun): boolean {
  return run.isCancelled && run.isDraining && !run.stop.isAborted;
}

/** Whether its drain may take as long as those of all may. */
function isUnlimited({ limits }: TaskRun): boolean {
  return limits.drainTimeout === undefined;
}
