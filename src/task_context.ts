import { abortError, isAbortError } from "./abort_errors.ts";
import {
  checkFunction,
  checkName,
  checkOptions,
  checkSignal,
  isSignal,
  wrong,
} from "./arguments.ts";
import { ContextOwner, ReroutedOwner } from "./context_owner.ts";
import type { InnerManager } from "./inner_manager.ts";
import { nothing } from "./promises.ts";
import { showAs } from "./shown.ts";
import {
  abortAll,
  GivenStop,
  Stop,
  type Stoppable,
  tellAll,
} from "./stop_tree.ts";

/** What a {@linkcode TaskContext} is made of. */
export interface TaskContextOptions {
  /** The name of the task. */
  name: string;
  /**
   * The signal that says that the task has to stop.
   *
   * @default {a signal that never aborts}
   */
  signal?: AbortSignal | undefined;
  /**
   * The signal that says that the task is told to stop.
   *
   * @default {the `signal`}
   */
  draining?: AbortSignal | undefined;
  /**
   * The signal that says that the task is left behind.
   *
   * @default {a signal that never aborts}
   */
  abandoned?: AbortSignal | undefined;
  /**
   * Is called with each note; with those of the tasks of a manager that runs
   * with the context, too, and the path to such a task from that manager.
   *
   * @default {notes are dropped}
   */
  onNote?:
    | ((
      message: string,
      details?: Record<string, unknown>,
      path?: readonly string[],
    ) => void)
    | undefined;
}

// The one door into a context, for the manager that runs with it.
let open: (context: TaskContext) => ContextOwner;

/** The task whose context it is. */
export function ownerOf(context: TaskContext): ContextOwner {
  return open(context);
}

/** A context; one of another copy of the package as if it were made by hand. */
export function ownContextOf(context: TaskContextOptions): TaskContext {
  if (context instanceof TaskContext) return context;
  if (isSignal(Object(context).draining)) return new TaskContext(context);
  const expected = "it must be given the TaskContext of its task";
  throw wrong("drain a TaskManager", expected, context);
}

const ACTION = "create a TaskContext";

/**
 * What a task is given: its name, and how it is told to stop.
 *
 * First a task is told: `draining` aborts. Then, when no drain is waited for any
 * more, it is aborted: `signal` aborts and `done` resolves. If it does not end
 * in time, it is left behind: `abandoned` aborts. The signals are the task's own
 * and made when they are first read; reading them changes nothing. Destructure
 * what you need, but for `isCleanStop`, `with` and `fork`, which are called on
 * the context. It cannot be spread, as the signals are getters: to hand on
 * others, call {@linkcode TaskContext.with} or {@linkcode TaskContext.fork}.
 *
 * @example Either way of being stopped
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
  static {
    open = (context) => context.#owner;
    showAs("TaskContext", this.prototype);
  }
  readonly #owner: ContextOwner;

  /**
   * Creates a context. The manager makes one for each task; make your own to
   * test a task without a manager.
   *
   * @param init The name of the task, and the signals that stop it.
   * @throws {TypeError} If the name is not a non-empty string, a signal is not
   * an AbortSignal, or `onNote` is not a function.
   */
  constructor(init: TaskContextOptions) {
    this.#owner = init instanceof ContextOwner ? init : new OwnerByHand(init);
  }

  /** The name the task was added with. */
  get name(): string {
    return this.#owner.name;
  }

  /**
   * Aborts when this task is told to stop: from then on take nothing new, and
   * finish what you have. {@linkcode TaskContext.signal} follows, with the same
   * reason, when no `drain` of any task is waited for any more: at once if
   * nobody has one. In a context made by hand it is the `signal`, unless it was
   * given another.
   *
   * Reading it asks for nothing. A task that needs time to finish has a
   * `drain`, which is what the others wait for.
   *
   * @example Finish what is queued
   * ```ts
   * import { TaskManager } from "@goasync/core";
   * import { graceful } from "@goasync/core/tasks/graceful";
   * import { assertEquals } from "@std/assert";
   * import { delay } from "@std/async";
   *
   * const queue = ["a", "b", "c"];
   * const sent: string[] = [];
   * const manager = new TaskManager({ drainTimeout: 5_000 });
   * const sender = graceful(async ({ draining, signal }) => {
   *   while (!draining.aborted || (queue.length > 0 && !signal.aborted)) {
   *     sent.push(...queue.splice(0, 1));
   *     await delay(1);
   *     if (sent.length === 1) manager.stop();
   *   }
   * });
   * manager.addTask("sender", sender);
   * await manager.run();
   * assertEquals(sent, ["a", "b", "c"]);
   * ```
   */
  get draining(): AbortSignal {
    return this.#owner.stop.draining;
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
    return this.#owner.stop.signal;
  }

  /**
   * Resolves when {@linkcode TaskContext.signal} aborts, and never rejects.
   * For awaiting once: raced in a loop, every round takes memory until then.
   */
  get done(): Promise<void> {
    return this.#owner.stop.done;
  }

  /**
   * Aborts when the manager leaves this task behind, because it overran its
   * `stopTimeout` or another limit: terminate, kill, hang up. In a context made
   * by hand it never does, unless it was given one that does.
   */
  get abandoned(): AbortSignal {
    return this.#owner.abandoned;
  }

  /**
   * Takes a note: `note(message, details)` tells those who listen to the
   * manager or to one above it, and the report, which has the last 20 of each
   * task, their details as plain data: JSON, or a text of what can be none.
   * Works destructured. It does nothing once the task has been cleaned up, or,
   * of an execute task, has ended.
   *
   * @example What a report has of it
   * ```ts
   * import { TaskManager } from "@goasync/core";
   * import { assertEquals } from "@std/assert";
   *
   * const manager = new TaskManager();
   * manager.addTask("api", {
   *   initialize: ({ note }) => note("listening", { port: 8000 }),
   *   execute: () => void manager.stop(),
   * });
   * await manager.run();
   * const [note] = manager.report().tasks[0]?.notes ?? [];
   * assertEquals(note?.message, "listening");
   * assertEquals(note?.details, { port: 8000 });
   * ```
   *
   * @returns What takes a note. It throws a `TypeError` if the message is no
   * string.
   */
  get note(): (message: string, details?: Record<string, unknown>) => void {
    const owner = this.#owner;
    return (message, details) => {
      if (typeof message !== "string") {
        const action = `note something of task "${owner.name}"`;
        throw wrong(action, "the message must be a string", message);
      }
      owner.note(message, details);
    };
  }

  /**
   * Says whether a task that throws this has stopped cleanly: it was told to
   * stop, and this is the reason or an `AbortError`. For wrappers, which have to
   * tell a failure from a stop as the manager does.
   *
   * @example A wrapper that counts failures
   * ```ts
   * import { type ExecuteFunction, TaskContext } from "@goasync/core";
   * import { assertEquals, assertRejects } from "@std/assert";
   *
   * let failures = 0;
   * const counting = (execute: ExecuteFunction): ExecuteFunction => async (context) => {
   *   try {
   *     await execute(context);
   *   } catch (error) {
   *     if (!context.isCleanStop(error)) failures++;
   *     throw error;
   *   }
   * };
   *
   * const task = counting(({ signal }) => signal.throwIfAborted());
   * const stopped = new TaskContext({ name: "it", signal: AbortSignal.abort() });
   * await assertRejects(async () => await task(stopped), DOMException);
   * assertEquals(failures, 0);
   * ```
   *
   * @param thrown What the task has thrown.
   * @returns Whether that is a clean stop.
   */
  isCleanStop(thrown: unknown): boolean {
    const { stop } = this.#owner;
    return stop.isTold &&
      (Object.is(thrown, stop.reason) || isAbortError(thrown));
  }

  /**
   * Makes the same context with other signals, for a wrapper to hand on. What
   * is left out stays as it is. With an `abandoned` of its own, a wrapper can
   * leave a task behind as the manager does.
   *
   * @example Abort a task with a signal of its own
   * ```ts
   * import { type Task, TaskManager } from "@goasync/core";
   * import { assertEquals } from "@std/assert";
   *
   * const task: Task = { execute: ({ done }) => done };
   * const stop = new AbortController();
   * const manager = new TaskManager();
   * manager.addTask("it", {
   *   execute: (context) => task.execute?.(context.with({ signal: stop.signal })),
   * }, { type: "stop-group" });
   * manager.addExecuteTask("stop it", () => stop.abort(), { type: "error" });
   * assertEquals(await manager.runSettled(), []);
   * ```
   *
   * @param init The other signals.
   * @returns A new context.
   * @throws {TypeError} If a signal is not an AbortSignal, or there is none.
   */
  with(
    init: {
      signal?: AbortSignal | undefined;
      draining?: AbortSignal | undefined;
      abandoned?: AbortSignal | undefined;
    },
  ): TaskContext {
    checkOptions(
      ACTION,
      init,
      "it must be given signals as in with({ signal })",
    );
    checkSignals(init);
    const { signal, draining, abandoned } = init;
    if (!draining && !abandoned) checkSignal(ACTION, signal);
    const stop = signal || draining
      ? new GivenStop({ signal, draining }, this.#owner.stop)
      : undefined;
    return new TaskContext(new ReroutedOwner(this.#owner, stop, abandoned));
  }

  /**
   * Makes a context that follows this one and can be drained and stopped alone,
   * as Go's `WithCancel` does. Dispose it when nothing uses it any more.
   *
   * @example Stop a task, and start it anew
   * ```ts
   * import { type ForkedContext, TaskContext } from "@goasync/core";
   * import { assertEquals } from "@std/assert";
   *
   * const context = new TaskContext({ name: "it" });
   * using first: ForkedContext = context.fork();
   * first.stop("reload");
   * assertEquals(first.signal.reason, "reload");
   *
   * using second = context.fork();
   * assertEquals(second.signal.aborted, false);
   * ```
   *
   * @returns A new context.
   */
  fork(): ForkedContext {
    const fork = new Stop();
    const unfollow = this.#owner.stop.follow(fork);
    return forkOf(new ReroutedOwner(this.#owner, fork), fork, unfollow);
  }

  /**
   * What the context shows of itself.
   *
   * @returns The name, and how far its stop has come.
   */
  toJSON(): { name: string; isTold: boolean; isAborted: boolean } {
    const { name, stop } = this.#owner;
    return { name, isTold: stop.isTold, isAborted: stop.isAborted };
  }
}

// The one door to a forked context, for the context that it follows.
let forkOf: (
  owner: ContextOwner,
  fork: Stop,
  unfollow: () => void,
) => ForkedContext;

/**
 * A context that follows another one, and can be told and stopped alone.
 * {@linkcode TaskContext.fork} makes one.
 */
export class ForkedContext extends TaskContext {
  static {
    forkOf = (owner, fork, unfollow) =>
      new ForkedContext(owner, fork, unfollow);
    showAs("ForkedContext", this.prototype);
  }
  readonly #fork: Stop;
  readonly #unfollow: () => void;

  private constructor(owner: ContextOwner, fork: Stop, unfollow: () => void) {
    super(owner);
    this.#fork = fork;
    this.#unfollow = unfollow;
  }

  /**
   * Tells those who use it to stop: `draining` aborts. Once told, it changes
   * nothing.
   *
   * @param reason The reason of the signals; an `AbortError` if it is left out.
   */
  drain(reason: unknown = abortError("The fork was drained")): void {
    tellAll([this.#fork], reason, true);
  }

  /**
   * Stops those who use it: `draining` and `signal` abort, with the reason of
   * `drain` if that was called before. Once stopped, it changes nothing.
   *
   * @param reason The reason of the signals; an `AbortError` if it is left out.
   */
  stop(reason: unknown = abortError("The fork was stopped")): void {
    tellAll([this.#fork], reason, false);
    abortAll([this.#fork], reason);
  }

  /** Follows the other context no more. What has aborted stays so. */
  [Symbol.dispose](): void {
    this.#unfollow();
  }
}

/** Who has a context that was made without a manager. */
class OwnerByHand extends ContextOwner {
  readonly name: string;
  readonly stop: Stoppable;
  readonly abandoned: AbortSignal;
  readonly note: NonNullable<TaskContextOptions["onNote"]>;

  constructor(init: TaskContextOptions) {
    checkOptions(ACTION, init, "it must be given an object as { name }");
    const { name, signal, draining = signal, onNote = nothing } = init;
    checkName(ACTION, name);
    checkSignals(init);
    checkFunction(ACTION, onNote, "onNote");
    super();
    this.name = name;
    this.stop = new GivenStop({ signal, draining });
    this.abandoned = init.abandoned ?? new AbortController().signal;
    this.note = onNote;
  }

  adopt({ events }: InnerManager): (() => void) | undefined {
    if (this.note === nothing) return;
    return events.subscribe((event) => {
      if (event.type !== "note") return;
      this.note(event.message, event.details ?? undefined, event.path);
    }, {});
  }
}

const SIGNALS = ["signal", "draining", "abandoned"] as const;

function checkSignals(
  init: Pick<TaskContextOptions, typeof SIGNALS[number]>,
): void {
  for (const key of SIGNALS) {
    if (init[key] !== undefined) checkSignal(ACTION, init[key], key);
  }
}
