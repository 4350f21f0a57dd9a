import { startLimit } from "./limits.ts";
import { type Deferred, deferred } from "./promises.ts";
import type { TaskRun } from "./task_run.ts";

/** The drains of tasks that stop together, and who of them is waited for. */
export class Drains {
  readonly #waitsFor: Set<TaskRun>;
  readonly #called = new Set<TaskRun>();
  readonly #over: () => void;
  readonly #endLimits = new Map<TaskRun, () => void>();
  #settled: Deferred | undefined;
  #hasBegun = false;
  #isClosed = false;
  /** Whether those are waited for that set no limit of their own. */
  #allowsUnlimited = true;

  /** Calls back when nobody is waited for any more. */
  constructor(runs: Iterable<TaskRun>, over: () => void) {
    this.#waitsFor = new Set([...runs].filter((run) => run.hasDrain));
    this.#over = over;
  }

  /** Calls the drain of everyone who executes; the others' when they do. */
  callAll(): void {
    this.#hasBegun = true;
    if (this.#waitsFor.size === 0) return this.#end();
    for (const run of this.#waitsFor) {
      if (!run.isUncalled) this.call(run);
    }
  }

  /** Calls the drain of one who executes, if it has one. */
  call(run: TaskRun): void {
    if (this.#isClosed || this.#called.has(run)) return;
    if (!this.#hasBegun) {
      if (run.hasDrain) this.#waitsFor.add(run);
      return;
    }
    this.#called.add(run);
    const settled = run.drain();
    if (!settled) return this.release(run);
    if (!this.#allowsUnlimited && isUnlimited(run)) return;
    this.#waitsFor.add(run);
    const endLimit = startLimit(
      run.limits,
      "drainTimeout",
      () => this.release(run),
    );
    if (endLimit) this.#endLimits.set(run, endLimit);
    void settled.then(() => this.release(run));
  }

  /** Waits for this one no longer. */
  release(run: TaskRun): void {
    this.#endLimits.get(run)?.();
    this.#endLimits.delete(run);
    if (this.#waitsFor.delete(run) && this.#waitsFor.size === 0) this.#end();
  }

  /** Waits no longer for those that set no limit of their own. */
  releaseUnlimited(): void {
    this.#allowsUnlimited = false;
    for (const run of this.#waitsFor) {
      if (isUnlimited(run)) this.release(run);
    }
  }

  /** Waits for nobody any longer, and does not call back. */
  close(): void {
    this.#isClosed = true;
    for (const endLimit of this.#endLimits.values()) endLimit();
    this.#endLimits.clear();
    this.#waitsFor.clear();
    this.#settled?.resolve();
  }

  /** Settles with the last drain; nothing if there is none to wait for. */
  get settled(): Promise<void> | undefined {
    if (this.#waitsFor.size === 0) return;
    return (this.#settled ??= deferred()).promise;
  }

  #end(): void {
    this.#settled?.resolve();
    this.#over();
  }
}

/** Whether its drain may take as long as those of all may. */
export function isUnlimited({ limits }: TaskRun): boolean {
  return limits.drainTimeout === undefined;
}
