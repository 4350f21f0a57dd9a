import type { Task, TaskContext } from "../mod.ts";
import { onSignals } from "../src/signals/mod.ts";
import { receivedError } from "../src/signals/os_signals.ts";
import type { OsSignal } from "../src/signals/signal_names.ts";
import { InterruptibleGeneration } from "./_interruptible_generation.ts";
import { isTold } from "./_told.ts";

/** A task that OS signals make start anew: one generation after another. */
export class Generations {
  readonly #task: Task;
  readonly #unsubscribe: () => void;
  #context: TaskContext | undefined;
  /** The one that has begun and is not cleaned up. */
  #current: InterruptibleGeneration | undefined;
  /** The first OS signal that found none executing, and stops the next. */
  #missed: OsSignal | undefined;

  constructor(task: Task, names: readonly OsSignal[]) {
    this.#task = task;
    this.#unsubscribe = onSignals(names, (name) => {
      if (this.#current?.isInterruptible) this.#interrupt(this.#current, name);
      else this.#missed ??= name;
    });
  }

  /** Begins a generation, which stops when the context does. */
  begin(context: TaskContext): InterruptibleGeneration {
    this.#context = context;
    return this.#current = new InterruptibleGeneration(this.#task, context);
  }

  async initialize(context: TaskContext): Promise<void> {
    await this.begin(context).initialize();
  }

  /** Executes the task, and starts it anew after each OS signal, until told. */
  async execute(context: TaskContext): Promise<void> {
    const isOther = context !== this.#context; // A wrapper has replaced it.
    const unfollow = isOther && this.#current?.follow(context);
    this.#context = context;
    try {
      while (!isTold(context)) await this.#goOn(context);
    } finally {
      if (unfollow) unfollow();
    }
  }

  /** Drains the current generation, if it has executed. */
  drain(): unknown {
    return this.#current?.drain();
  }

  async cleanup(context: TaskContext): Promise<void> {
    const ended = this.#current;
    this.#current = undefined;
    try {
      await ended?.cleanup(context);
    } finally {
      this.#unsubscribe();
    }
  }

  /** Once it has drained, stops with nothing else, and catches no OS signals. */
  async release(): Promise<void> {
    await this.#current?.release();
    this.#unsubscribe();
  }

  /** Takes the next step of a generation, or of the next one. */
  async #goOn(context: TaskContext): Promise<void> {
    const current = this.#current;
    if (!current) return await this.initialize(context);
    if (current.isStopped) {
      this.#current = undefined;
      return await current.cleanUpBetween(context);
    }
    if (!this.#missed) return await current.execute();
    this.#interrupt(current, this.#missed);
    this.#missed = undefined;
  }

  #interrupt(generation: InterruptibleGeneration, name: OsSignal): void {
    this.#context!.note(`starts anew: received ${name}`);
    generation.interrupt(receivedError(name));
  }
}
