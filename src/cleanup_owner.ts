import { ContextOwner } from "./context_owner.ts";
import type { InnerManager } from "./inner_manager.ts";
import { TaskStop } from "./task_stop.ts";

/** What the context of a cleanup asks: its task, which stops anew. */
export class CleanupOwner extends ContextOwner {
  readonly #task: ContextOwner;
  #stop: TaskStop | undefined;

  constructor(task: ContextOwner) {
    super();
    this.#task = task;
  }

  get name(): string {
    return this.#task.name;
  }

  get stop(): TaskStop {
    return this.#stop ??= new TaskStop();
  }

  get abandoned(): AbortSignal {
    return this.stop.abandoned;
  }

  note(message: string, details?: Record<string, unknown>): void {
    this.#task.note(message, details);
  }

  adopt(manager: InnerManager): (() => void) | undefined {
    return this.#task.adopt(manager);
  }
}
