import type { ForkedContext, Task, TaskContext } from "../mod.ts";
import { onAbort } from "../src/on_abort.ts";
import { isTold } from "./_told.ts";
import { execute } from "./_wrapped.ts";

/** A task from one initialize to its cleanup, with a context of its own. */
export class Generation {
  readonly #task: Task;
  /** That of the task which it is a part of. */
  readonly #parent: TaskContext;
  readonly #context: ForkedContext;
  #isExecuting = false;
  #wasExecuted = false;
  #isInterrupted = false;
  /** Its drain and what follows, if an OS signal began it. */
  #drained: Promise<void> | undefined;

  /** Begins a generation, which stops when the context does. */
  constructor(task: Task, context: TaskContext) {
    this.#task = task;
    this.#parent = context;
    this.#context = context.fork();
  }

  /** Stops with another context, too, until that is ended. */
  follow({ draining, signal }: TaskContext): () => void {
    const fork = this.#context;
    const unfollows = [
      onAbort(draining, () => fork.drain(draining.reason)),
      onAbort(signal, () => fork.stop(signal.reason)),
    ];
    return () => unfollows.forEach((unfollow) => unfollow());
  }

  /** Whether it executes, and was not told to stop. */
  get isInterruptible(): boolean {
    return this.#isExecuting && !isTold(this.#context);
  }

  /** Whether it has stopped, and is to be cleaned up. */
  get isStopped(): boolean {
    return this.#context.signal.aborted;
  }

  async initialize(): Promise<void> {
    try {
      await this.#task.initialize?.(this.#context);
    } catch (thrown) {
      this.#context.stop(thrown);
      throw thrown;
    }
  }

  async execute(): Promise<void> {
    this.#isExecuting = this.#wasExecuted = true;
    try {
      await execute(this.#task, this.#context);
    } catch (thrown) {
      const isClean = this.#isInterrupted && this.#context.isCleanStop(thrown);
      if (!isClean) throw thrown;
    } finally {
      this.#isExecuting = false;
      await this.#drained;
    }
    if (!isTold(this.#context)) throw returnedError(this.#context.name);
  }

  /** Stops it on an OS signal; drains it first if it executes. */
  interrupt(reason: unknown): void {
    this.#isInterrupted = true;
    if (!this.#isExecuting || !this.#task.drain) {
      return this.#context.stop(reason);
    }
    this.#drained = this.#drainAndStop(reason);
    this.#drained.catch(() => {}); // It is `execute` that throws it.
    this.#context.drain(reason);
  }

  /** Drains it, or waits for the drain that an OS signal began. */
  drain(): unknown {
    if (this.#drained) return this.#drained.catch(() => {});
    if (this.#wasExecuted) return this.#task.drain?.(this.#context);
  }

  async cleanup(context: TaskContext): Promise<void> {
    this.release();
    await this.#task.cleanup?.(context);
  }

  /** Stops with nothing else any more. */
  release(): void {
    this.#context[Symbol.dispose]();
  }

  async #drainAndStop(reason: unknown): Promise<void> {
    await null; // Until those who listen to `draining` were told.
    try {
      await this.#task.drain?.(this.#context);
    } catch (thrown) {
      if (!Object.is(thrown, reason)) throw thrown;
    } finally {
      // Once all were told, its signal stays live as long as theirs do.
      if (!isTold(this.#parent)) this.#context.stop(reason);
    }
  }
}

function returnedError(name: string): Error {
  return new Error(
    `Task "${name}" returned from execute before it was told to stop: an interruptible task must execute until then`,
  );
}
