import type { Task, TaskContext, TaskTimeouts } from "../mod.ts";
import { messageOf } from "../src/messages.ts";
import { onAbort } from "../src/on_abort.ts";
import { Generation } from "./_generation.ts";
import { inRunError } from "./_one_run.ts";
import type { GenerationEnd, Restarts } from "./_restarts.ts";
import { isTold, onTold } from "./_told.ts";

/** How a task is supervised. */
export interface SupervisionRules {
  /** Makes the task of a generation; throws if it made something else. */
  readonly create: () => Task;
  readonly limits: TaskTimeouts;
  /** Whether it is also restarted when it returns. */
  readonly isAlways: boolean;
  /** Whether the first initialize is restarted when it fails. */
  readonly retries: boolean;
}

/** One run of a supervised task: one generation after another. */
export class Supervision {
  readonly #rules: SupervisionRules;
  readonly #restarts: Restarts;
  /** The one that has begun and is not cleaned up. */
  #current: Generation | undefined;
  /** That of the task when it began. */
  #context: TaskContext | undefined;
  #isUp = false;
  #isExecuting = false;
  /** Prevents that the timers end when it is told, after which none restarts. */
  #unlisten = () => {};

  constructor(rules: SupervisionRules, restarts: Restarts) {
    this.#rules = rules;
    this.#restarts = restarts;
  }

  /** Whether the current generation is initialized and has not ended. */
  get isUp(): boolean {
    return this.#isUp;
  }

  get restarts(): number {
    return this.#restarts.count;
  }

  /** Begins generations until one is initialized, or the task is told. */
  async initialize(context: TaskContext): Promise<void> {
    this.#unlisten = this.#endTimersWhenTold(context);
    do await this.#start(context, this.#rules.retries); while (
      !this.#isUp && !isTold(context)
    );
  }

  /** Executes generations until one has returned, or the task is told. */
  async execute(context: TaskContext): Promise<void> {
    if (this.#isExecuting) throw inRunError("execute", context.name);
    this.#isExecuting = true;
    const isOther = context !== this.#context; // A wrapper has replaced it.
    const unfollow = isOther ? this.#current?.follow(context) : undefined;
    const unlisten = this.#endTimersWhenTold(context);
    try {
      while (!isTold(context)) {
        if (this.#isUp) {
          if (!await this.#executeAndRestart(context)) return;
        } else if (this.#current) { // It has ended, and is executed again.
          await this.#cleanUp(context, returnedError(context.name));
        } else await this.#start(context);
      }
    } finally {
      unfollow?.();
      unlisten();
      this.#isExecuting = false;
    }
  }

  /** Drains the current generation, if it executes or has returned. */
  drain(): unknown {
    return this.#current?.drain();
  }

  async cleanup(context: TaskContext): Promise<void> {
    this.#isUp = false;
    const ended = this.#current;
    this.#current = undefined;
    this.#endTimers();
    await ended?.cleanup(context);
  }

  /** Ends the timers, and stops with nothing else any more, once it has drained. */
  release(): void {
    this.#isUp = false;
    this.#endTimers();
    void this.#current?.release();
  }

  /** Returns what prevents it. */
  #endTimersWhenTold(context: TaskContext): () => void {
    return onTold(context, () => this.#restarts.release());
  }

  #endTimers(): void {
    this.#unlisten();
    this.#restarts.release();
  }

  /** Begins a generation; if that fails, cleans it up and waits. */
  async #start(context: TaskContext, retries = true): Promise<void> {
    const { create, limits } = this.#rules;
    const generation = new Generation(create(), context, limits);
    this.#current = generation;
    this.#context = context;
    try {
      await initializeUnlessTold(generation, context);
      // Left behind, it may be initialized after it was cleaned up.
      this.#isUp = this.#current === generation;
    } catch (error) {
      if (!retries) throw error;
      if (isTold(context)) return noteUnlessStopped(context, error);
      const end = { stage: "initialize", hasReturned: false, error } as const;
      await this.#restart(context, end);
    }
  }

  /** Executes the current generation; returns whether there is to be another. */
  async #executeAndRestart(context: TaskContext): Promise<boolean> {
    const end = await this.#executed(context.name);
    if (end.hasReturned && (isTold(context) || !this.#rules.isAlways)) {
      return false;
    }
    await this.#restart(context, end);
    return true;
  }

  async #executed(name: string): Promise<GenerationEnd> {
    this.#restarts.watch();
    const stage = "execute";
    try {
      await this.#current!.execute();
      return { stage, hasReturned: true, error: returnedError(name) };
    } catch (error) {
      return { stage, hasReturned: false, error };
    } finally {
      this.#restarts.unwatch();
      this.#isUp = false;
    }
  }

  /** Cleans up what has ended, and waits for the next; throws if there is none. */
  async #restart(context: TaskContext, end: GenerationEnd): Promise<void> {
    if (isTold(context)) throw end.error;
    const wait = this.#restarts.begin(context, end);
    if (isTold(context)) return; // By what was told of it.
    await this.#cleanUp(context, end.error);
    await this.#restarts.pause(context, wait);
  }

  async #cleanUp(context: TaskContext, reason: unknown): Promise<void> {
    const ended = this.#current;
    this.#current = undefined;
    try {
      ended?.stop(reason);
      await ended?.cleanUpBetween(context);
    } catch (error) {
      context.note(`cleanup failed: ${messageOf(error)}`);
    }
  }
}

/** A stop ends it at once: it has nothing to drain, and is needed no more. */
async function initializeUnlessTold(
  generation: Generation,
  { draining }: TaskContext,
): Promise<void> {
  const unlisten = onAbort(draining, () => generation.stop(draining.reason));
  try {
    await generation.initialize();
  } finally {
    unlisten();
  }
}

/** What was tried in vain when it was told is not needed any more. */
function noteUnlessStopped(context: TaskContext, error: unknown): void {
  if (context.isCleanStop(error)) return;
  context.note(`initialize failed: ${messageOf(error)}`);
}

function returnedError(name: string): Error {
  return new Error(`Task "${name}" returned from execute`);
}
