import {
  abortError,
  checkName,
  checkSignal,
  type Deferred,
  onAbort,
} from "./_basics.ts";
import type { Entry, NestedRun, Stop } from "./_entry.ts";
import type { TaskOutcome } from "./manager.ts";

/** What a {@linkcode TaskContext} is made of. */
export interface TaskContextOptions {
  /** The name of the task. */
  name: string;
  /**
   * The signal that tells the task to stop.
   *
   * @default {a signal that never aborts}
   */
  signal?: AbortSignal | undefined;
}

/** What only some have or ask for, and what is kept for them. */
export interface Extras {
  signal?: AbortController;
  draining?: AbortController;
  done?: Promise<void>;
  resolveDone?: () => void;
  /** The signal that a context was given, and the context it was made with. */
  given?: AbortSignal;
  from?: TaskContext;
  finished?: Deferred<TaskOutcome>;
  /** A stop of its own, not that of all; null for one that is told nothing. */
  stop?: Stop | null;
  /** The managers that run with its context. */
  nested?: Set<NestedRun>;
  /** Ends what watches the stage that it is in. */
  unwatch?: (() => void) | undefined;
}

/**
 * What a task is given: its name, and how it is told to stop.
 *
 * `signal`, `done` and `draining` are the task's own and made when they are
 * first read, so a task that reads none costs none. Destructure what you need.
 * A context cannot be spread, as they are getters: to hand on another signal,
 * call {@linkcode TaskContext.with}.
 *
 * @example Either way of being told to stop
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { delay } from "@std/async";
 *
 * const manager = new TaskManager();
 * manager.addExecuteTask("waits", ({ done }) => done);
 * manager.addExecuteTask("passes it on", ({ signal }) => delay(60_000, { signal }));
 *
 * const run = manager.run();
 * await manager.stop();
 * await run;
 * ```
 */
export class TaskContext {
  /** The name the task was added with. */
  declare readonly name: string;
  // Not a `#` field: those of a parent make each task take a quarter longer.
  // Private, so that a look-alike is a type error.
  declare private extras: Extras | undefined;

  /**
   * Creates a context. The manager makes one for each task; make your own to
   * test a task without a manager.
   *
   * @param init The name of the task and the signal that tells it to stop.
   * @throws {TypeError} If the name is not a non-empty string, or the signal
   * is not an AbortSignal.
   */
  constructor(init: TaskContextOptions) {
    const { name, signal } = init;
    checkName("create a TaskContext", name);
    if (signal !== undefined) checkSignal("create a TaskContext", signal);
    this.name = name;
    this.extras = signal && { given: signal };
  }

  /**
   * Aborts when this task has to stop, and stays live until then, so that what
   * was opened with it may outlive `execute`. The signal of an execute task
   * aborts with an `AbortError` when that task ends, that of a task that
   * overruns a timeout with a `TimeoutError`.
   *
   * Hand it to whatever takes one. An abort listener of your own must not
   * throw: where the host's error event is handled (`error` on the global,
   * `uncaughtException` on Node), everyone else is still told and cleaned up;
   * otherwise it is an uncaught error, which ends a process.
   */
  get signal(): AbortSignal {
    return this.extras?.given ?? signalOf(this, "signal");
  }

  /**
   * Resolves when {@linkcode TaskContext.signal} aborts, and never rejects.
   * For awaiting once: raced in a loop, every round takes memory until then.
   */
  get done(): Promise<void> {
    const extras = ownExtras(this);
    return extras.done ??= new Promise((resolve) => {
      if (extras.given) onAbort(extras.given, () => resolve());
      else if (stopOf(this)?.isAborted) resolve();
      else extras.resolveDone = resolve;
    });
  }

  /**
   * Aborts when this task is told to stop, before {@linkcode TaskContext.signal}
   * does: from then on take nothing new, and finish what you have.
   *
   * Reading it asks for that time. `signal` follows, with the same reason, when
   * every task that had read `draining` has ended, or `drainTimeout` is over,
   * which is 0 unless it is set, or the manager is stopped again; at once if
   * none had read it. Use it for work that is worth finishing, such as requests
   * that were accepted; a task that stops quickly anyway needs `signal` or
   * `done` only. In a context made by hand it is the `signal`.
   *
   * @example Finish what is queued
   * ```ts
   * import { TaskManager } from "@goasync/core";
   * import { assertEquals } from "@std/assert";
   * import { delay } from "@std/async";
   *
   * const queue = ["a", "b", "c"];
   * const sent: string[] = [];
   * const manager = new TaskManager({ drainTimeout: 5_000 });
   * manager.addTask("sender", {
   *   async execute({ draining, signal }) {
   *     while (!draining.aborted || (queue.length > 0 && !signal.aborted)) {
   *       sent.push(...queue.splice(0, 1));
   *       await delay(1);
   *       if (sent.length === 1) manager.stop();
   *     }
   *   },
   * });
   * await manager.run();
   * assertEquals(sent, ["a", "b", "c"]);
   * ```
   */
  get draining(): AbortSignal {
    const { given, from } = this.extras ?? {};
    return from?.draining ?? given ?? signalOf(this, "draining");
  }

  /**
   * Makes the context that a wrapper hands on: the same name and `draining`,
   * another signal.
   *
   * @example Stop a task early, without stopping the others
   * ```ts
   * import { type Task, TaskManager } from "@goasync/core";
   *
   * function stoppable(task: Task, stop: AbortController): Task {
   *   return {
   *     async execute(context) {
   *       context.done.then(() => stop.abort(context.signal.reason));
   *       await task.execute(context.with({ signal: stop.signal }));
   *     },
   *   };
   * }
   *
   * const stop = new AbortController();
   * const task: Task = { execute: ({ done }) => done };
   * const manager = new TaskManager();
   * manager.addTask("first", stoppable(task, stop), { type: "error" });
   * manager.addExecuteTask("stop it", () => stop.abort(), { type: "error" });
   * const run = manager.run();
   * await manager.stop();
   * await run;
   * ```
   *
   * @param init The signal that tells the wrapped task to stop.
   * @returns A new context.
   * @throws {TypeError} If the signal is not an AbortSignal.
   */
  with(init: { signal: AbortSignal }): TaskContext {
    const { signal } = init;
    checkSignal("create a TaskContext", signal);
    const context = new TaskContext({ name: this.name, signal });
    ownExtras(context).from = this;
    return context;
  }
}

// What follows are no methods, as they are not for the task.

/** The extras of a context, if it has any. */
export function extrasOf(context: TaskContext): Extras | undefined {
  return context["extras"];
}

/**
 * What all execute tasks share that have ended and never asked for anything.
 * Made here, as an error keeps hold of whoever's method it was made in.
 */
export const ENDED: Extras & { readonly stop: Stop } = {
  stop: { reason: abortError("The task has ended"), isAborted: true },
};

/** The extras of a context, which has its own from now on. */
export function ownExtras(context: TaskContext): Extras {
  const extras = extrasOf(context);
  return extras && extras !== ENDED
    ? extras
    : context["extras"] = { ...extras };
}

/** Why a context has to stop, once it has to. */
export function stopOf(context: TaskContext): Stop | undefined {
  const stop = extrasOf(context)?.stop;
  return stop === undefined
    ? (context as Entry).terms?.manager.stopping
    : stop ?? undefined;
}

/** A signal of its own, which is aborted if it should have been. */
function signalOf(
  context: TaskContext,
  key: "signal" | "draining",
): AbortSignal {
  const stop = stopOf(context);
  const extras = ownExtras(context);
  if (!extras[key]) {
    extras[key] = new AbortController();
    const isLate = key === "draining" ? stop : stop?.isAborted;
    if (isLate) extras[key].abort(stop!.reason);
  }
  return extras[key].signal;
}
