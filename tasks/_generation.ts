import type { Task, TaskContext, TaskTimeouts } from "../mod.ts";
import { startLimit } from "../src/limits.ts";
import { onAbort } from "../src/on_abort.ts";
import { inTime, onceAborted } from "./_in_time.ts";
import { OwnContext } from "./_own_context.ts";
import { execute } from "./_wrapped.ts";

/** A task from one initialize to its cleanup, with a context of its own. */
export class Generation {
  readonly #task: Task;
  readonly #limits: TaskTimeouts;
  readonly #own: OwnContext;
  /** Whether it was executed, and has not failed. */
  #mayDrain = false;
  /** What its drain has returned. */
  #drained: unknown;
  /** Whether it executes. */
  isExecuting = false;

  /** Begins a generation, which stops when the context does. */
  constructor(task: Task, context: TaskContext, limits: TaskTimeouts = {}) {
    this.#task = task;
    this.#limits = limits;
    this.#own = new OwnContext(context);
  }

  get context(): TaskContext {
    return this.#own.context;
  }

  /** Whether it has stopped, and is to be cleaned up. */
  get isStopped(): boolean {
    return this.context.signal.aborted;
  }

  /** Stops with another context, too, until that is ended. */
  follow({ draining, signal }: TaskContext): () => void {
    const unfollows = [
      onAbort(draining, () => this.tell(draining.reason)),
      onAbort(signal, () => this.stop(signal.reason)),
    ];
    return () => unfollows.forEach((unfollow) => unfollow());
  }

  async initialize(): Promise<void> {
    try {
      await inTime(
        this.#task.initialize?.(this.context),
        (late) => this.#limit(this.#own, "initializeTimeout", late),
      );
    } catch (thrown) {
      this.stop(thrown);
      throw thrown;
    }
  }

  async execute(): Promise<void> {
    this.isExecuting = this.#mayDrain = true;
    try {
      await this.stopsInTime(execute(this.#task, this.context));
    } catch (thrown) {
      this.#mayDrain = false;
      throw thrown;
    } finally {
      this.isExecuting = false;
    }
  }

  /** Drains it if it was executed, and has not failed. */
  drain(): unknown {
    if (!this.#mayDrain) return;
    return this.#drained = this.stopsInTime(this.#task.drain?.(this.context));
  }

  /** Tells it to stop. */
  tell(reason: unknown): void {
    this.#own.drain(reason);
  }

  stop(reason: unknown): void {
    this.#own.stop(reason);
  }

  /** Cleans it up, with a context that is not that of its other stages. */
  async cleanup(context: TaskContext): Promise<void> {
    this.#own.release();
    const own = new OwnContext(context);
    try {
      await inTime(
        this.#task.cleanup?.(own.context),
        (late) => this.#limit(own, "cleanupTimeout", late),
      );
    } finally {
      own.release();
    }
  }

  /**
   * Cleans it up while its task goes on: with signals that are live, as those
   * of before are not, until the task is left behind.
   */
  async cleanUpBetween(context: TaskContext): Promise<void> {
    const { abandoned } = context;
    await this.cleanup(
      context.with({ signal: abandoned, draining: abandoned }),
    );
  }

  /** Stops with nothing else any more, once its drain is over, too. */
  async release(): Promise<void> {
    try {
      await this.#drained;
    } catch {
      // It is thrown by `drain`.
    }
    this.#own.release();
  }

  /** Leaves behind what takes too long once the signal has aborted. */
  protected stopsInTime(returned: unknown): unknown {
    return inTime(returned, (late) =>
      onceAborted(
        this.context.signal,
        () => this.#limit(this.#own, "stopTimeout", late),
      ));
  }

  /** Leaves behind what a context was given to, when a limit is over. */
  #limit(
    own: OwnContext,
    key: keyof TaskTimeouts,
    late: (error: unknown) => void,
  ): (() => void) | undefined {
    const end = startLimit(this.#limits, key, (timeout) => {
      own.abandon(timeout);
      late(timeout);
    });
    if (!end) return;
    // Left behind with its task, it has no limit any more.
    const unlisten = onAbort(own.parent.abandoned, end);
    return () => {
      unlisten();
      end();
    };
  }
}
