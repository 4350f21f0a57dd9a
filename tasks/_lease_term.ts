import type { Task, TaskContext, TaskTimeouts } from "../mod.ts";
import { messageOf } from "../src/messages.ts";
import { onAbort } from "../src/on_abort.ts";
import { isThenable, whenSettled } from "../src/promises.ts";
import { Generation } from "./_generation.ts";
import { isTold } from "./_told.ts";
import { execute } from "./_wrapped.ts";

/** The task of one term, from its initialize to the end of its cleanup. */
export class Term extends Generation {
  readonly #parent: TaskContext;
  /** What has been begun and has not ended, be it left behind or not. */
  readonly #begun: Set<unknown>;
  /** Its drain, once that was begun, and what was thrown there. */
  #drained: unknown;
  #yielded: Promise<void> | undefined;
  /** Whether it was told alone, other than by its own failure. */
  #isToldAlone = false;

  constructor(task: Task, parent: TaskContext, limits: TaskTimeouts) {
    const begun = new Set<unknown>();
    super(watched(task, begun), parent, limits);
    this.#parent = parent;
    this.#begun = begun;
  }

  /** Whether anything of it still goes on, once it is over. */
  get isLeftBehind(): boolean {
    return this.#begun.size > 0;
  }

  /**
   * Lives to the end of its cleanup. Throws what was not a clean stop.
   *
   * @returns Whether it has ended before it was told to.
   */
  async live(): Promise<boolean> {
    const errors: unknown[] = [];
    const keep = (error: unknown) => void errors.push(error);
    await this.#work().catch((error) => {
      if (!this.#isCleanStop(error)) keep(error);
      this.stop(error);
    });
    const hasReturned = !isTold(this.context);
    await this.#yielded?.catch(keep);
    await Promise.resolve(this.#drained).catch(() => {}); // Is thrown by `drain`.
    this.stop(overError());
    await this.cleanUpBetween(this.#parent).catch(keep);
    const [first, ...others] = errors;
    for (const error of others) {
      this.#parent.note(`failed, too: ${messageOf(error)}`);
    }
    if (errors.length > 0) throw first;
    return hasReturned;
  }

  override async initialize(): Promise<void> {
    // It has nothing to drain.
    const { draining } = this.context;
    const unlisten = onAbort(draining, () => this.stop(draining.reason));
    try {
      await this.stopsInTime(super.initialize());
    } finally {
      unlisten();
    }
  }

  /** Drains it once, while it executes. */
  override drain(): unknown {
    if (!this.isExecuting) return this.#drained;
    return this.#drained ??= super.drain();
  }

  /** Drains and stops it. */
  yield(reason: unknown): void {
    if (isTold(this.context)) return;
    this.#isToldAlone = true;
    this.tell(reason);
    this.#yielded = this.#drainAndStop(reason);
    this.#yielded.catch(() => {}); // It is thrown at the end.
  }

  /** Stops it, as its lock is lost. */
  lose(reason: unknown): void {
    this.#isToldAlone = true;
    this.stop(reason);
  }

  /** Its own failure stops it, too, which is not clean. */
  #isCleanStop(error: unknown): boolean {
    const wasTold = this.#isToldAlone || isTold(this.#parent);
    return wasTold && this.context.isCleanStop(error);
  }

  async #work(): Promise<void> {
    await this.initialize();
    if (!isTold(this.context)) await this.execute();
  }

  async #drainAndStop(reason: unknown): Promise<void> {
    try {
      await this.drain();
    } catch (error) {
      if (!this.context.isCleanStop(error)) throw error;
    } finally {
      this.stop(reason);
    }
  }
}

/** The same task, of which is known what has not ended. */
function watched(task: Task, begun: Set<unknown>): Task {
  const watch = (returned: unknown) => {
    if (!isThenable(returned)) return returned;
    // Whose `then` may be called but once.
    const promise = Promise.resolve(returned);
    const end = () => void begun.delete(promise);
    begun.add(promise);
    whenSettled(promise, end, end);
    return promise;
  };
  return {
    initialize: (context) => watch(task.initialize?.(context)),
    execute: (context) => watch(execute(task, context)),
    drain: (context) => watch(task.drain?.(context)),
    cleanup: (context) => watch(task.cleanup?.(context)),
  };
}

function overError(): DOMException {
  return new DOMException("The term is over", "AbortError");
}
