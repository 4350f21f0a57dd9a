import { startLimit } from "./limits.ts";
import { type Deferred, deferred } from "./promises.ts";
import type { TaskRun } from "./task_run.ts";

/** The drains of tasks that stop together, and who of them is waited for. */
export class Drains {
  readonly #waitsFor: Set<TaskRun>;
  readonly #over: () => void;
  readonly #endLimits = new Map<TaskRun, () => void>();
  #settled: Deferred | undefined;
  #hasBegun = false;
  #isClosed = false;

  /** Calls back when nobody is waited for any more, if that comes later. */
  constructor(runs: Iterable<TaskRun>, over: () => void) {
    this.#waitsFor = new Set([...runs].filter((run) => run.hasDrain));
    this.#over = over;
  }

  /**
   * Calls the drain of everyone who executes, those who are added meanwhile
   * included; the others' when they do.
   *
   * @returns Whether nobody is waited for.
   */
  callAll(): boolean {
    for (const run of this.#waitsFor) {
      if (!run.isToExecute) this.#call(run);
    }
    this.#hasBegun = true;
    if (this.#waitsFor.size > 0) return false;
    this.#settled?.resolve();
    return true;
  }

  /** One was executed: its turn to drain has come, if it has not drained. */
  executed(run: TaskRun): void {
    if (this.#hasBegun) this.#call(run);
    else if (run.hasDrain) this.#waitsFor.add(run);
  }

  #call(run: TaskRun): void {
    if (this.#isClosed || run.isDraining) return;
    const settled = run.drain();
    if (!settled || this.#isClosed) return this.release(run);
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
    const wasWaitedFor = this.#waitsFor.delete(run);
    if (!wasWaitedFor || this.#waitsFor.size > 0 || !this.#hasBegun) return;
    this.#settled?.resolve();
    this.#over();
  }

  /** Waits no longer for those that set no limit of their own. */
  releaseUnlimited(): void {
    for (const run of this.#waitsFor) {
      if (run.limits.drainTimeout === undefined) this.release(run);
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
}
