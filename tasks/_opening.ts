type State = "never opened" | "opening" | "open" | "failed to open" | "closed";

/** A value that is opened once, and closed once. */
export class Opening<Value> {
  readonly #name: string | undefined;
  #state: State = "never opened";
  #held: { readonly value: Value } | undefined;
  /** Closes what comes when nobody waits for it any more. */
  #closeLate: ((value: Value) => unknown) | undefined;

  /** Is named after its task, once that has a name. */
  constructor(name?: string) {
    this.#name = name;
  }

  get value(): Value {
    if (this.#held) return this.#held.value;
    const whose = this.#name === undefined
      ? "a resource"
      : `resource "${this.#name}"`;
    throw new Error(
      `Cannot read the value of ${whose} as it must be open: current state is "${this.#state}"`,
    );
  }

  async open(open: () => Value | PromiseLike<Value>): Promise<void> {
    this.#state = "opening";
    try {
      const value = await open();
      if (this.#closeLate) return void await this.#closeLate(value);
      this.#held = { value };
      this.#state = "open";
    } catch (error) {
      if (!this.#closeLate) this.#state = "failed to open";
      throw error;
    }
  }

  async close(close: (value: Value) => unknown): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    this.#closeLate = close;
    this.#state = "closed";
    if (held) await close(held.value);
  }
}

/** Disposes of a value, if it can be disposed of. */
export function disposeOf(value: unknown): unknown {
  const disposable: Partial<AsyncDisposable & Disposable> = Object(value);
  const dispose = disposable[Symbol.asyncDispose] ?? disposable[Symbol.dispose];
  return dispose?.call(value);
}
