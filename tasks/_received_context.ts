import { TaskContext } from "../mod.ts";

/** A context of another thread, as it is in this one. */
export class ReceivedContext {
  readonly context: TaskContext;
  readonly #draining = new AbortController();
  readonly #signal = new AbortController();

  constructor(
    name: string,
    abandoned: AbortSignal,
    onNote: (message: string, details?: Record<string, unknown>) => void,
  ) {
    this.context = new TaskContext({
      name,
      draining: this.#draining.signal,
      signal: this.#signal.signal,
      abandoned,
      onNote: (message, details, path = []) =>
        onNote([path.join("/"), message].filter(Boolean).join(": "), details),
    });
  }

  tell(reason: unknown): void {
    this.#draining.abort(reason);
  }

  /** Aborts, with the very reason that it was told before, if it was. */
  abort(reason: unknown): void {
    const { draining } = this.context;
    this.#signal.abort(draining.aborted ? draining.reason : reason);
  }

  /** Whether this is the reason why it stops. */
  isReason(thrown: unknown): boolean {
    const { draining, signal } = this.context;
    return [draining, signal].some(({ aborted, reason }) =>
      aborted && Object.is(reason, thrown)
    );
  }
}
