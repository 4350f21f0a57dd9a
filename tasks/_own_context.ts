import type { ForkedContext, TaskContext } from "../mod.ts";
import { onAbort } from "../src/on_abort.ts";

/**
 * A context that follows another one, and can be drained, stopped and left
 * behind alone.
 */
export class OwnContext {
  readonly context: TaskContext;
  /** The one that it follows. */
  readonly parent: TaskContext;
  readonly #fork: ForkedContext;
  readonly #abandoned = new AbortController();
  readonly #unfollow: () => void;

  constructor(parent: TaskContext) {
    this.parent = parent;
    const { abandoned } = parent;
    this.#fork = parent.fork();
    this.#unfollow = onAbort(
      abandoned,
      () => this.#abandoned.abort(abandoned.reason),
    );
    this.context = this.#fork.with({ abandoned: this.#abandoned.signal });
  }

  drain(reason: unknown): void {
    this.#fork.drain(reason);
  }

  stop(reason: unknown): void {
    this.#fork.stop(reason);
  }

  /** Stops, and leaves behind what has not ended. */
  abandon(reason: unknown): void {
    this.#fork.stop(reason);
    this.#abandoned.abort(reason);
  }

  /** Follows the other context no more. What has aborted stays so. */
  release(): void {
    this.#unfollow();
    this.#fork[Symbol.dispose]();
  }
}
