import type { Task, TaskContext } from "../mod.ts";
import { Generation } from "./_generation.ts";
import { isTold } from "./_told.ts";

/** A generation that an OS signal can end. */
export class InterruptibleGeneration extends Generation {
  readonly #task: Task;
  /** That of the task which it is a part of. */
  readonly #parent: TaskContext;
  #isInterrupted = false;
  /** Its drain and what follows, if an OS signal began it. */
  #drained: Promise<void> | undefined;

  constructor(task: Task, context: TaskContext) {
    super(task, context);
    this.#task = task;
    this.#parent = context;
  }

  /** Whether it executes, and was not told to stop. */
  get isInterruptible(): boolean {
    return this.isExecuting && !isTold(this.context);
  }

  override async execute(): Promise<void> {
    try {
      await super.execute();
    } catch (thrown) {
      const isClean = this.#isInterrupted && this.context.isCleanStop(thrown);
      if (!isClean) throw thrown;
    } finally {
      await this.#drained;
    }
    if (!isTold(this.context)) throw returnedError(this.context.name);
  }

  /** Stops it on an OS signal; drains it first if it executes. */
  interrupt(reason: unknown): void {
    this.#isInterrupted = true;
    if (!this.isExecuting || !this.#task.drain) return this.stop(reason);
    this.#drained = this.#drainAndStop(reason);
    this.#drained.catch(() => {}); // It is `execute` that throws it.
    this.tell(reason);
  }

  /** Drains it, or waits for the drain that an OS signal began. */
  override drain(): unknown {
    return this.#drained ? this.#drained.catch(() => {}) : super.drain();
  }

  async #drainAndStop(reason: unknown): Promise<void> {
    await null; // Until those who listen to `draining` were told.
    try {
      await super.drain();
    } catch (thrown) {
      if (!Object.is(thrown, reason)) throw thrown;
    } finally {
      // Once all were told, its signal stays live as long as theirs do.
      if (!isTold(this.#parent)) this.stop(reason);
    }
  }
}

function returnedError(name: string): Error {
  return new Error(
    `Task "${name}" returned from execute before it was told to stop: an interruptible task must execute until then`,
  );
}
