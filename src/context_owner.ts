import type { InnerManager } from "./inner_manager.ts";
import type { Stoppable } from "./stop_tree.ts";

/** What a context asks of the task whose context it is. */
export abstract class ContextOwner {
  abstract readonly name: string;
  /** How the task stops. */
  abstract readonly stop: Stoppable;
  /** Aborts when the task is left behind. */
  abstract readonly abandoned: AbortSignal;
  abstract note(message: string, details?: Record<string, unknown>): void;
  /** Takes in a manager that runs with the context, until that is ended. */
  abstract adopt(manager: InnerManager): (() => void) | undefined;
}

/** A task that stops, or is left behind, in another way than it does itself. */
export class ReroutedOwner extends ContextOwner {
  readonly #task: ContextOwner;
  readonly #stop: Stoppable | undefined;
  readonly #abandoned: AbortSignal | undefined;

  constructor(task: ContextOwner, stop?: Stoppable, abandoned?: AbortSignal) {
    super();
    this.#task = task;
    this.#stop = stop;
    this.#abandoned = abandoned;
  }

  get name(): string {
    return this.#task.name;
  }

  get stop(): Stoppable {
    return this.#stop ?? this.#task.stop;
  }

  get abandoned(): AbortSignal {
    return this.#abandoned ?? this.#task.abandoned;
  }

  note(message: string, details?: Record<string, unknown>): void {
    this.#task.note(message, details);
  }

  adopt(manager: InnerManager): (() => void) | undefined {
    return this.#task.adopt(manager);
  }
}
