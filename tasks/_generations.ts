import { isAbortError } from "../src/_basics.ts";
import { onSignals, type OsSignal, receivedError } from "../src/_os_signals.ts";
import { type Task, TaskContext } from "../mod.ts";
import {
  beginGeneration,
  type Generation,
  isToldToStop,
} from "./_generation.ts";

/** A task that OS signals make start anew: one generation after another. */
export class Generations {
  readonly #task: Task;
  readonly #unsubscribe: () => void;
  readonly #followed = new Set<AbortSignal>();
  /** What the manager has called it with. */
  #context!: TaskContext;
  /** The one that has begun and is not cleaned up. */
  #current: Generation | undefined;
  /** The same while it executes and no OS signal has told it to stop. */
  #executing: Generation | undefined;
  /** The first OS signal that found none executing and awaits the next. */
  #missed: OsSignal | undefined;

  constructor(task: Task, names: readonly OsSignal[]) {
    this.#task = task;
    this.#unsubscribe = onSignals(names, (name) => this.#interrupt(name));
  }

  /** Begins a generation, which is told to stop when the context is. */
  begin(context: TaskContext): Generation {
    const generation = this.#current = beginGeneration(context);
    this.#follow(context);
    return generation;
  }

  async initialize(context: TaskContext): Promise<void> {
    const generation = this.begin(context);
    try {
      await this.#task.initialize?.(generation.context);
    } catch (thrown) {
      generation.stop(thrown);
      throw thrown;
    }
  }

  /** Executes the task, and starts it anew after each OS signal, until told. */
  async execute(context: TaskContext): Promise<void> {
    const { name } = context;
    this.#follow(context);
    while (!isToldToStop(context)) {
      const current = this.#current;
      if (!current) await this.initialize(context);
      else if (current.context.signal.aborted) {
        await this.cleanup(new TaskContext({ name }));
      } else await this.#execute(current);
    }
  }

  async cleanup(context: TaskContext): Promise<void> {
    if (!this.#current) return;
    this.#current = undefined;
    await this.#task.cleanup?.(context);
  }

  /** Stops listening to OS signals and to whatever was followed. */
  release(): void {
    this.#unsubscribe();
    this.#current?.release();
    for (const signal of this.#followed) {
      signal.removeEventListener("abort", this.#onAbort);
    }
  }

  async #execute(generation: Generation): Promise<void> {
    const { context, stop } = generation;
    if (this.#missed) {
      stop(receivedError(this.#missed));
      this.#missed = undefined;
      return;
    }
    this.#executing = generation;
    try {
      await this.#task.execute(context);
    } catch (thrown) {
      const isInterrupted = context.signal.aborted && !this.#isToldToStop;
      if (!isInterrupted || !isAbortError(thrown)) throw thrown;
    } finally {
      this.#executing = undefined;
    }
    if (!isToldToStop(context)) {
      throw new Error(
        `Task "${context.name}" returned from execute before it was told to stop: an interruptible task must execute until then`,
      );
    }
  }

  get #isToldToStop(): boolean {
    return isToldToStop(this.#context);
  }

  #interrupt(name: OsSignal): void {
    if (this.#isToldToStop) return; // It may still drain.
    const executing = this.#executing;
    this.#executing = undefined;
    if (executing) executing.stop(receivedError(name));
    else this.#missed ??= name;
  }

  #follow(context: TaskContext): void {
    const { signal } = this.#context = context;
    this.#followed.add(signal);
    signal.addEventListener("abort", this.#onAbort);
    if (signal.aborted) this.#current?.stop(signal.reason);
  }

  readonly #onAbort = (event: Event): void => {
    this.#current?.stop((event.target as AbortSignal).reason);
  };
}
