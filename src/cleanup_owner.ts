import type { ManagerWithin } from "./manager_within.ts";
import { Stop } from "./stop.ts";
import type { ContextOwner } from "./task_context.ts";

/**
 * What the context of a cleanup asks: it speaks for its task, but has to stop,
 * and is left behind, on its own.
 */
export class CleanupOwner implements ContextOwner {
  readonly #task: Required<ContextOwner>;
  #stop: Stop | undefined;
  #leaving: Stop | undefined;

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
  get leaving(): Stop {
    return this.#leaving ??= new Stop();
  }

  get abandoned(): AbortSignal {
    return this.leaving.signal;
  }

  note(message: string, details?: Record<string, unknown>): void {
    this.#task.note(message, details);
  }

  adopt(manager: ManagerWithin): () => void {
    return this.#task.adopt(manager);
  }
}
