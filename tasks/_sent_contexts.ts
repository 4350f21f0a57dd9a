import type { TaskContext } from "../mod.ts";
import { onAbort } from "../src/on_abort.ts";
import { toWire } from "./_to_wire.ts";
import type { ToWorker } from "./_worker_messages.ts";

/** The contexts that a worker was told of, and is told more of as they stop. */
export class SentContexts {
  readonly #post: (message: ToWorker) => void;
  readonly #onAbandoned: (context: TaskContext) => void;
  readonly #contexts: TaskContext[] = [];
  readonly #unlistens: (() => void)[] = [];

  /**
   * @param post Sends a message to the worker.
   * @param onAbandoned Is called with a context that says it is left behind.
   */
  constructor(
    post: (message: ToWorker) => void,
    onAbandoned: (context: TaskContext) => void,
  ) {
    this.#post = post;
    this.#onAbandoned = onAbandoned;
  }

  /** What the worker calls a context, of which it is told if it was not. */
  numberOf(context: TaskContext): number {
    const known = this.#contexts.indexOf(context);
    return known >= 0 ? known : this.#add(context);
  }

  /** What the worker calls by that number. */
  at(number: number): TaskContext | undefined {
    return this.#contexts[number];
  }

  /** Tells the worker nothing more. */
  release(): void {
    for (const unlisten of this.#unlistens.splice(0)) unlisten();
  }

  #add(context: TaskContext): number {
    const { name, draining, signal, abandoned } = context;
    const number = this.#contexts.push(context) - 1;
    this.#post({ type: "context", context: number, name });
    const send = (type: "tell" | "abort", { reason }: AbortSignal) =>
      this.#post({ type, context: number, reason: toWire(reason) });
    this.#unlistens.push(
      onAbort(draining, () => send("tell", draining)),
      onAbort(signal, () => send("abort", signal)),
      onAbort(abandoned, () => this.#onAbandoned(context)),
    );
    return number;
  }
}
