import { checkName, checkSignal } from "./_check.ts";
import { onAbort } from "./_waiting.ts";
import { Entry } from "./_entry.ts";

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

/** What a context shows. */
type Source = Pick<Entry, "name" | "signal" | "draining" | "done">;

/** A signal that a context was given, and what that one shows which it is from. */
class Given implements Source {
  readonly name: string;
  readonly signal: AbortSignal;
  readonly #from: Source | undefined;
  #done: Promise<void> | undefined;

  constructor(name: string, signal: AbortSignal, from?: Source) {
    this.name = name;
    this.signal = signal;
    this.#from = from;
  }

  get draining(): AbortSignal {
    return this.#from?.draining ?? this.signal;
  }

  get done(): Promise<void> {
    return this.#done ??= new Promise((resolve) => {
      onAbort(this.signal, () => resolve());
    });
  }
}

// No method, as it is not for the task, and set where it can reach a private
// member.

/** The task that a value is the context of, if it is one. */
export let entryOf: (value: object) => Entry | undefined;

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
  readonly #source: Source;
  // `#` members are left out of the types that are published. This one stays,
  // so that a look-alike is a type error there, too.
  declare private readonly isTaskContext: true;

  static {
    entryOf = (value) => {
      const source = #source in value && value.#source;
      return source instanceof Entry ? source : undefined;
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
    this.#source = init instanceof Entry || init instanceof Given
      ? init
      : sourceOf(init);
  }

  /** The name the task was added with. */
  get name(): string {
    return this.#source.name;
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
    return this.#source.signal;
  }

  /**
   * Resolves when {@linkcode TaskContext.signal} aborts, and never rejects.
   * For awaiting once: raced in a loop, every round leaves a reaction behind.
   */
  get done(): Promise<void> {
    return this.#source.done;
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
    return this.#source.draining;
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
    return new TaskContext(new Given(this.name, signal, this.#source));
  }
}

function sourceOf(init: TaskContextOptions): Source {
  const { name, signal = new AbortController().signal } = init;
  checkName("create a TaskContext", name);
  checkSignal("create a TaskContext", signal);
  return new Given(name, signal);
}
