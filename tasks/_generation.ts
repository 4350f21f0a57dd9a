import { onAbort } from "../src/_basics.ts";
import { ownExtras, stopOf } from "../src/context.ts";
import { TaskContext } from "../mod.ts";

/** A task from one initialize to its cleanup, and how it is told to stop. */
export interface Generation {
  readonly context: TaskContext;
  readonly stop: (reason: unknown) => void;
  /** Lets go of the task that it is a part of. */
  readonly release: () => void;
}

/** Begins one, which drains when the task that it is a part of does. */
export function beginGeneration(from: TaskContext): Generation {
  const signal = new AbortController();
  const draining = new AbortController();
  const context = new GenerationContext(from, signal.signal, draining);
  return {
    context,
    stop(reason) {
      draining.abort(reason);
      signal.abort(reason);
    },
    release: () => context.unfollow(),
  };
}

/** Whether a task was told to stop; it asks for no time to drain. */
export function isToldToStop(context: TaskContext): boolean {
  const { given, from } = ownExtras(context);
  return given?.aborted || stopOf(context) !== undefined ||
    from !== undefined && isToldToStop(from);
}

class GenerationContext extends TaskContext {
  readonly #draining: AbortController;
  #unfollow: (() => void) | undefined;

  constructor(
    from: TaskContext,
    signal: AbortSignal,
    draining: AbortController,
  ) {
    super({ name: from.name, signal });
    ownExtras(this).from = from;
    this.#draining = draining;
  }

  override get draining(): AbortSignal {
    if (!this.#unfollow) {
      // Not before, as reading it asks for time to drain.
      const asked = super.draining;
      const own = this.#draining;
      this.#unfollow = onAbort(asked, () => own.abort(asked.reason));
      onAbort(own.signal, this.#unfollow);
    }
    return this.#draining.signal;
  }

  unfollow(): void {
    this.#unfollow?.();
  }
}
