import type { Deferred } from "./_deferred.ts";
import type { NestedRun } from "./_leave_behind.ts";
import type { TaskOutcome } from "./manager.ts";

/** Why a task has to stop. */
export interface Stop {
  readonly reason: unknown;
  /** Whether it is for one task alone, whose end means nothing to others. */
  readonly isCancel: boolean;
  /** Whether signals are aborted, too; until then there is time to drain. */
  readonly isAborted: boolean;
  /** Ends that time. */
  abort?(): void;
}

/** What only some ask for, and what is kept for them. */
interface Extras {
  signal?: AbortController;
  draining?: AbortController;
  done?: Promise<void>;
  resolveDone?: () => void;
  /** A stop of its own, not that of all. */
  stop?: Stop | undefined;
  /** The managers that run with its context. */
  nested?: Set<NestedRun>;
  finished?: Deferred<TaskOutcome> | undefined;
  /** Ends what watches the stage that it is in. */
  unwatch?: (() => void) | undefined;
}

/** What can be told to stop, as its context shows it. */
export class Stoppable {
  readonly name: string;
  extras: Extras | undefined;

  constructor(name: string) {
    this.name = name;
    this.extras = undefined;
  }

  /** Why it has to stop, once it has to. */
  get stop(): Stop | undefined {
    return this.extras?.stop;
  }

  get signal(): AbortSignal {
    const { stop } = this;
    return (this.withExtras().signal ??= controllerOf(
      stop?.isAborted ? stop : undefined,
    )).signal;
  }

  get draining(): AbortSignal {
    const { stop } = this;
    return (this.withExtras().draining ??= controllerOf(stop)).signal;
  }

  get done(): Promise<void> {
    const { stop } = this;
    const extras = this.withExtras();
    return extras.done ??= new Promise((resolve) => {
      if (stop?.isAborted) resolve();
      else extras.resolveDone = resolve;
    });
  }

  withExtras(): Extras {
    return this.extras ??= {};
  }

  /** Whether it, or a task of a manager that runs with it, wants to drain. */
  wantsToDrain(): boolean {
    const { draining, nested } = this.extras ?? {};
    return !!draining || !!nested && [...nested].some((each) => each.drains());
  }

  /** Passes on what it was told to those who have asked. */
  notify(): void {
    const { extras, stop } = this;
    if (!extras || !stop) return;
    const { reason, isAborted } = stop;
    extras.draining?.abort(reason);
    if (isAborted) {
      extras.signal?.abort(reason);
      extras.resolveDone?.();
    }
    extras.nested?.forEach((each) => each.told(stop));
  }

  /** Aborts this one alone, with the reason that it was told before, if any. */
  abort(reason: unknown): void {
    const { stop } = this;
    if (stop?.isAborted) return;
    const isCancel = false;
    this.withExtras().stop = { reason, isCancel, ...stop, isAborted: true };
    this.notify();
  }
}

function controllerOf(stop: Stop | undefined): AbortController {
  const controller = new AbortController();
  if (stop) controller.abort(stop.reason);
  return controller;
}
