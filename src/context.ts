import { isAbortError } from "./_abort_error.ts";
import { checkName, checkSignal } from "./_check.ts";

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

/**
 * Tells the task that a context was made for to stop. Only whoever made the
 * context may do so, which is why this is no method of it.
 */
export let tell: (context: TaskContext, reason: unknown) => void;

/** Whether the task that a context was made for has been told to stop. */
export let wasTold: (context: TaskContext) => boolean;

/**
 * Whether a task that was told to stop and then threw this has stopped
 * cleanly: it threw its signal's reason or an `AbortError`.
 */
export let isCleanStop: (context: TaskContext, thrown: unknown) => boolean;

/**
 * What a task is given: its name, and how it is told to stop.
 *
 * `signal` and `done` are the task's own and made when they are first read, so
 * a task that reads neither costs neither. Destructure what you need. A
 * context cannot be spread, as both are getters: to hand on another signal,
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
  #controller: AbortController | undefined;
  #done: Promise<void> | undefined;
  #resolveDone: (() => void) | undefined;
  #told = false;
  #reason: unknown;
  // Types made from this file leave `#` members out; this one stays.
  declare private readonly made: true;

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

  static {
    tell = (context, reason) => {
      if (context.#told) return;
      context.#told = true;
      context.#reason = reason;
      context.#controller?.abort(reason);
      context.#resolveDone?.();
    };
    wasTold = (context) => context.#told;
    isCleanStop = (context, thrown) =>
      context.#told &&
      (Object.is(thrown, context.#reason) || isAbortError(thrown));
  }

  /**
   * Aborts when this task is told to stop, and stays live until then, so that
   * what was opened with it may outlive `execute`. The signal of an execute
   * task aborts with an `AbortError` when that task ends.
   *
   * Hand it to whatever takes one. An abort listener of your own must not
   * throw: that is an uncaught error, which ends a process.
   */
  get signal(): AbortSignal {
    return this.#signal ??= this.#told
      ? AbortSignal.abort(this.#reason)
      : (this.#controller = new AbortController()).signal;
  }

  /**
   * Resolves when {@linkcode TaskContext.signal} aborts, and never rejects.
   * For awaiting once: raced in a loop, every round leaves a reaction behind.
   */
  get done(): Promise<void> {
    return this.#done ??= new Promise((resolve) => {
      const given = this.#controller ? undefined : this.#signal;
      if (this.#told || given?.aborted) resolve();
      else if (given) {
        given.addEventListener("abort", () => resolve(), { once: true });
      } else this.#resolveDone = resolve;
    });
  }

  /**
   * Makes the context that a wrapper hands on: the same name, another signal.
   *
   * @example Give a task at most a second
   * ```ts
   * import type { ExecuteTask } from "@goasync/core";
   *
   * function atMostASecond(task: ExecuteTask): ExecuteTask {
   *   return {
   *     execute: (context) =>
   *       task.execute(context.with({ signal: AbortSignal.timeout(1000) })),
   *   };
   * }
   * ```
   *
   * @param init The signal that tells the wrapped task to stop.
   * @returns A new context.
   * @throws {TypeError} If the signal is not an AbortSignal.
   */
  with(init: { signal: AbortSignal }): TaskContext {
    const { signal } = init;
    checkSignal(`call with() on the context of "${this.name}"`, signal);
    return new TaskContext({ name: this.name, signal });
  }
}
