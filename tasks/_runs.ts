import type { Task, TaskContext } from "../mod.ts";
import { executeOnce, type OnError } from "./_swallow.ts";
import { isTold } from "./_told.ts";

/** How a task is run again and again. */
export interface RunsOptions {
  readonly task: Task;
  readonly onError: OnError;
  /** What becomes of a run that is to begin during another one. */
  readonly overlap: "skip" | "queue";
}

/** Runs of a task, of which there are never two at a time. */
export class Runs {
  readonly #options: RunsOptions;
  readonly #context: TaskContext;
  #isRunning = false;
  /** How many are to begin. */
  #waiting = 0;
  #ended = Promise.resolve();

  constructor(context: TaskContext, options: RunsOptions) {
    this.#context = context;
    this.#options = options;
  }

  /** Resolves when the run in progress, and those behind it, are over. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** Begins a run, or does what `overlap` says. */
  begin(time: string): void {
    if (this.#isRunning && this.#options.overlap === "skip") {
      this.#context.note(`skipped ${time}: the run before it goes on`);
      return;
    }
    this.#waiting++;
    if (!this.#isRunning) this.#ended = this.#runAll();
  }

  async #runAll(): Promise<void> {
    const { task, onError } = this.#options;
    this.#isRunning = true;
    while (this.#waiting > 0 && !isTold(this.#context)) {
      this.#waiting--;
      await executeOnce(task, this.#context, onError);
    }
    this.#isRunning = false;
  }
}
