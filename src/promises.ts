// As they are now: a library may replace them later.
const { Promise } = globalThis;
const then = Promise.prototype.then as (
  this: Promise<unknown>,
  onReturn: (() => void) | null,
  onThrow: (thrown: unknown) => void,
) => Promise<void>;

/** A promise, and the function that resolves it. */
export interface Deferred<Value = void> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
}

/** `Promise.withResolvers`, which Node 20 lacks. */
export function deferred<Value = void>(): Deferred<Value> {
  let resolve!: (value: Value) => void;
  const promise = new Promise<Value>((settle) => resolve = settle);
  return { promise, resolve };
}

/** Whether a stage that returned this goes on. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return value !== null &&
    (typeof value === "object" || typeof value === "function") &&
    "then" in value;
}

/**
 * Calls back when what a stage returned has settled. Throws if it cannot.
 *
 * @returns A promise that resolves after that.
 */
export function whenSettled(
  returned: unknown,
  onReturn: () => void,
  onThrow: (thrown: unknown) => void,
): Promise<void> {
  return then.call(Promise.resolve(returned), onReturn, onThrow);
}

/** Calls back in a later microtask, as if a promise had rejected. */
export function rejectLater(
  thrown: unknown,
  onThrow: (thrown: unknown) => void,
): Promise<void> {
  return then.call(Promise.reject(thrown), null, onThrow);
}

/** What prevents nothing, or takes the place of what is over. */
export const nothing = (): void => {};
