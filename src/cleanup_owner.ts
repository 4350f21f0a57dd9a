import type { InnerManager } from "./inner_manager.ts";
import { Stop } from "./stop_tree.ts";
import type { ContextOwner } from "./task_context.ts";

/**
 * What the context of a cleanup asks: it speaks for its task, but has to stop,
 * and is left behind, on its own.
 */
export class CleanupOwner implements ContextOwner {
  readonly #task: Required<ContextOwner>;
  #stop: Stop | undefined;
  #lazyAbandoned: Stop | undefined;

  constructor(task: Required<ContextOwner>) {
    this.#task = task;
  }

  get name(): string {
    return this.#task.name;
  }

  get stop(): Stop {
    return this.#stop ??= new Stop();
  }

  /** Aborts when it is left behind. */
  get abandonedStop(): Stop {
    return this.#lazyAbandoned ??= new Stop();
  }

  get abandoned(): AbortSignal {
    return this.abandonedStop.signal;
  }

  note(message: string, details?: Record<string, unknown>): void {
    this.#task.note(message, details);
  }

  adopt(manager: InnerManager): () => void {
    return this.#task.adopt(manager);
  }
}
