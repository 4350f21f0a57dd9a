/** A global scope whose events a test raises, on any runtime, until disposed. */
export class FakeScope implements Disposable {
  readonly #target = new EventTarget();
  readonly #originals = NAMES.map((name) =>
    [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const
  );

  constructor() {
    for (const name of NAMES) {
      const value = this.#target[name].bind(this.#target);
      Object.defineProperty(globalThis, name, { value, configurable: true });
    }
  }

  /** Raises an event with what else it has; returns whether it was prevented. */
  raise(type: string, init: object): boolean {
    const event = new Event(type, { cancelable: true });
    return !this.#target.dispatchEvent(Object.assign(event, init));
  }

  [Symbol.dispose](): void {
    for (const [name, original] of this.#originals) {
      if (original) Object.defineProperty(globalThis, name, original);
      else Reflect.deleteProperty(globalThis, name);
    }
  }
}

const NAMES = ["addEventListener", "removeEventListener"] as const;
