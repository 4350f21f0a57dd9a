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

/** Why tasks are told to stop; one for all of them. */
export interface Stop {
  readonly reason: unknown;
}

/** What a context makes when it is asked for it. */
interface Made {
  controller?: AbortController;
  done?: Promise<void>;
  resolveDone?: () => void;
}

/**
 * Tells the task that a context was made for to stop. Only whoever made the
 * context may do so, which is why this is no method of it.
 */
export let tell: (context: TaskContext, stop: Stop) => void;

/** Whether the task that a context was made for has been told to stop. */
export let wasTold: (context: TaskContext) => boolean;

/**
 * Whether a task that threw this has stopped cleanly: it was told to stop, and
 * threw its signal's reason or an `AbortError`.
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
  readonly #given: AbortSignal | undefined;
  #stop: Stop | undefined;
  #made: Made | undefined;
  // `#` members are left out of the types that are published; this one stays,
  // so that a spread context is a type error there, too.
  declare private readonly isTaskContext: true;

  static {
    tell = (context, stop) => {
      if (context.#stop) return;
      context.#stop = stop;
      context.#made?.controller?.abort(stop.reason);
      context.#made?.resolveDone?.();
    };
    wasTold = (context) => context.#stop !== undefined;
    isCleanStop = (context, thrown) =>
      context.#stop !== undefined &&
      (Object.is(thrown, context.#stop.reason) || isAbortError(thrown));
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
    this.#given = signal;
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
    if (this.#given) return this.#given;
    const made = this.#made ??= {};
    if (!made.controller) {
      made.controller = new AbortController();
      if (this.#stop) made.controller.abort(this.#stop.reason);
    }
    return made.controller.signal;
  }

  /**
   * Resolves when {@linkcode TaskContext.signal} aborts, and never rejects.
   * For awaiting once: raced in a loop, every round leaves a reaction behind.
   */
  get done(): Promise<void> {
    const made = this.#made ??= {};
    return made.done ??= new Promise((resolve) => {
      const given = this.#given;
      if (this.#stop || given?.aborted) resolve();
      else if (!given) made.resolveDone = resolve;
      else given.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  /**
   * Makes the context that a wrapper hands on: the same name, another signal.
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
    checkSignal(`call with() on the context of "${this.name}"`, signal);
    return new TaskContext({ name: this.name, signal });
  }
}
