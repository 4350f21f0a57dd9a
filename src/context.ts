import { isAbortError } from "./_abort_error.ts";
import { checkName, checkSignal } from "./_check.ts";
import type { TaskError } from "./errors.ts";

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

/** Why tasks are told to stop; one for all of them. */
export interface Stop {
  readonly reason: unknown;
}

/** A manager that runs as a task, and lives and dies with its context. */
export interface NestedRun {
  /** Whether any of its tasks wants to drain. */
  drains(): boolean;
  /** The task is told to stop. */
  told(reason: unknown): void;
  /** The task's signal aborts. */
  aborted(reason: unknown): void;
  /** The contexts of its tasks. */
  contexts(): TaskContext[];
  /** The task is abandoned: ends the run at once. */
  giveUp(cause: DOMException): void;
  /** The errors that nobody was given yet. */
  takeErrors(): TaskError[];
}

/** What a context makes when it is asked for it. */
interface Made {
  draining?: AbortController;
  controller?: AbortController;
  done?: Promise<void>;
  resolveDone?: () => void;
  nested?: Set<NestedRun>;
}

// What only the manager that made a context may do with it: no methods, as they
// are not for the task, and set where they can reach its private members.

/** Tells a task to stop: aborts `draining`. */
export let tell: (context: TaskContext, stop: Stop) => void;

/** Aborts a task's `signal` and resolves `done`, as it was told to stop. */
export let abort: (context: TaskContext, stop: Stop) => void;

/** Whether a task was told to stop. */
export let wasTold: (context: TaskContext) => boolean;

/** Whether a task has asked for time to drain. */
export let hasReadDraining: (context: TaskContext) => boolean;

/**
 * Whether a task that threw this has stopped cleanly: it was told to stop, and
 * threw its signal's reason or an `AbortError`.
 */
export let isCleanStop: (context: TaskContext, thrown: unknown) => boolean;

/**
 * Ties a manager to the context it runs with, and returns what unties it;
 * nothing if that context was given its signal, so that nobody tells it
 * anything else.
 */
export let nest: (
  context: TaskContext,
  nested: NestedRun,
) => (() => void) | undefined;

/**
 * Ends the managers that run with a context at once, the innermost first, so
 * that the stack does not grow with their nesting; returns the errors that
 * nobody was given yet.
 */
export let giveUp: (
  context: TaskContext,
  timeout: DOMException,
) => TaskError[];

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
  readonly name: string;
  #signal: AbortSignal | undefined;
  #from: TaskContext | undefined;
  #stop: Stop | undefined;
  #aborted = false;
  #made: Made | undefined;
  // `#` members are left out of the types that are published. This one stays,
  // so that a look-alike is a type error there, too.
  declare private readonly isTaskContext: true;

  static {
    tell = (context, stop) => {
      if (context.#stop) return;
      context.#stop = stop;
      context.#made?.draining?.abort(stop.reason);
      context.#made?.nested?.forEach((each) => each.told(stop.reason));
    };
    abort = (context, stop) => {
      tell(context, stop);
      if (context.#aborted) return;
      context.#aborted = true;
      const { reason } = context.#stop!;
      context.#made?.controller?.abort(reason);
      context.#made?.resolveDone?.();
      context.#made?.nested?.forEach((each) => each.aborted(reason));
    };
    wasTold = (context) => !!context.#stop;
    hasReadDraining = (context) => {
      const made = context.#made;
      return !!made?.draining ||
        [...made?.nested ?? []].some((each) => each.drains());
    };
    isCleanStop = (context, thrown) =>
      !!context.#stop &&
      (Object.is(thrown, context.#stop.reason) || isAbortError(thrown));
    nest = (context, nested) => {
      const made = context.#made ??= {};
      if (context.#signal && !made.controller) return undefined;
      const all = made.nested ??= new Set();
      all.add(nested);
      if (context.#aborted) nested.aborted(context.#stop?.reason);
      return () => all.delete(nested);
    };
    giveUp = (context, timeout) => {
      const nested = [...context.#made?.nested ?? []];
      const all = [...nested];
      for (const each of all) {
        for (const inner of each.contexts()) {
          all.push(...inner.#made?.nested ?? []);
        }
      }
      for (const each of all.reverse()) each.giveUp(timeout);
      return nested.flatMap((each) => each.takeErrors());
    };
  }

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
    this.#signal = signal;
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
    if (this.#signal) return this.#signal;
    const controller = new AbortController();
    if (this.#aborted) controller.abort(this.#stop!.reason);
    (this.#made ??= {}).controller = controller;
    return this.#signal = controller.signal;
  }

  /**
   * Resolves when {@linkcode TaskContext.signal} aborts, and never rejects.
   * For awaiting once: raced in a loop, every round leaves a reaction behind.
   */
  get done(): Promise<void> {
    const made = this.#made ??= {};
    return made.done ??= new Promise((resolve) => {
      const given = made.controller ? undefined : this.#signal;
      if (this.#aborted || given?.aborted) resolve();
      else if (!given) made.resolveDone = resolve;
      else given.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  /**
   * Aborts when this task is told to stop, before {@linkcode TaskContext.signal}
   * does: from then on take nothing new, and finish what you have.
   *
   * Reading it asks for that time. `signal` follows, with the same reason, when
   * every task that read `draining` has ended or `drainTimeout` is over, which
   * is 0 unless it is set; at once if none read it. Use it for work that is
   * worth finishing, such as requests that were accepted; a task that stops
   * quickly anyway needs `signal` or `done` only.
   *
   * @example Finish what is queued
   * ```ts
   * import { TaskManager } from "@goasync/core";
   * import { assertEquals } from "@std/assert";
   *
   * const queue = ["a", "b", "c"];
   * const sent: string[] = [];
   * const manager = new TaskManager({ drainTimeout: 5_000 });
   * manager.addTask("sender", {
   *   async execute({ draining, signal }) {
   *     while (!draining.aborted || (queue.length > 0 && !signal.aborted)) {
   *       await Promise.resolve();
   *       sent.push(...queue.splice(0, 1));
   *       if (sent.length === 1) manager.stop();
   *     }
   *   },
   * });
   * await manager.run();
   * assertEquals(sent, ["a", "b", "c"]);
   * ```
   */
  get draining(): AbortSignal {
    if (this.#from) return this.#from.draining;
    const made = this.#made ??= {};
    if (this.#signal && !made.controller) return this.#signal;
    if (!made.draining) {
      made.draining = new AbortController();
      if (this.#stop) made.draining.abort(this.#stop.reason);
    }
    return made.draining.signal;
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
   *       context.signal.addEventListener("abort", () => stop.abort());
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
    context.#from = this;
    return context;
  }
}
