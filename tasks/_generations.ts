import { onSignals } from "../src/signals/mod.ts";
import { type OsSignal, receivedError } from "../src/signals/os_signals.ts";
import type { ForkedContext, Task, TaskContext } from "../mod.ts";
import { isTold } from "./_told.ts";
import { execute } from "./_wrapped.ts";

/** A task that OS signals make start anew: one generation after another. */
export class Generations {
  readonly #task: Task;
  readonly #unsubscribe: () => void;
  #context: TaskContext | undefined;
  /** The context of the generation that has begun and is not cleaned up. */
  #current: ForkedContext | undefined;
  /** Stops the generation that executes. */
  #interrupt: ((name: OsSignal) => void) | undefined;
  /** The first OS signal that found none executing and awaits the next. */
  #missed: OsSignal | undefined;
  /** The drain of the current generation, once it was begun. */
  #drained: Promise<unknown> | undefined;

  constructor(task: Task, names: readonly OsSignal[]) {
    this.#task = task;
    this.#unsubscribe = onSignals(names, (name) => {
      if (this.#context && isTold(this.#context)) return; // It may still drain.
      if (this.#interrupt) this.#interrupt(name);
      else this.#missed ??= name;
    });
  }

  /** Begins a generation, which stops when the context does. */
  async initialize(context: TaskContext): Promise<void> {
    this.#context = context;
    const fork = this.#current = context.fork();
    this.#drained = undefined;
    try {
      await this.#task.initialize?.(fork);
    } catch (thrown) {
      fork.stop(thrown);
      throw thrown;
    }
  }

  /** Executes the task, and starts it anew after each OS signal, until told. */
  async execute(context: TaskContext): Promise<void> {
    this.#context = context;
    while (!isTold(context)) {
      if (!this.#current) await this.initialize(context);
      else if (this.#current.signal.aborted) await this.#cleanUp(context);
      else await this.#executeOnce(this.#current);
    }
  }

  /** Drains the current generation, if an OS signal has not done so. */
  drain(): Promise<unknown> {
    return this.#drained ??= (async () => {
      if (this.#current) await this.#task.drain?.(this.#current);
    })();
  }

  async cleanup(context: TaskContext): Promise<void> {
    const ended = this.#current;
    this.#current = undefined;
    if (!ended) return;
    try {
      await this.#task.cleanup?.(context);
    } finally {
      ended[Symbol.dispose]();
    }
  }

  /** Catches no OS signals any more. */
  release(): void {
    this.#unsubscribe();
    this.#current?.[Symbol.dispose]();
  }

  async #executeOnce(fork: ForkedContext): Promise<void> {
    if (this.#missed) {
      fork.stop(receivedError(this.#missed));
      this.#missed = undefined;
      return;
    }
    let stopped: Promise<void> | undefined;
    this.#interrupt = (name) => {
      this.#interrupt = undefined; // The next one starts it anew once more.
      stopped = this.#drainAndStop(fork, receivedError(name));
    };
    try {
      await execute(this.#task, fork);
    } catch (thrown) {
      const isReload = stopped && !isTold(this.#context!);
      if (!isReload || !fork.isCleanStop(thrown)) throw thrown;
    } finally {
      this.#interrupt = undefined;
      await stopped;
    }
    if (!isTold(fork)) throw returnedError(fork.name);
  }

  async #drainAndStop(fork: ForkedContext, reason: unknown): Promise<void> {
    fork.drain(reason);
    try {
      if (this.#task.drain) await this.drain();
    } finally {
      fork.stop(reason);
    }
  }

  /** Cleans up with signals that are live, though those of before are not. */
  async #cleanUp(context: TaskContext): Promise<void> {
    const { signal } = new AbortController();
    await this.cleanup(context.with({ signal, draining: signal }));
  }
}

function returnedError(name: string): Error {
  return new Error(
    `Task "${name}" returned from execute before it was told to stop: an interruptible task must execute until then`,
  );
}
