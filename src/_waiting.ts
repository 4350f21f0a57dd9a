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

/**
 * Calls back when a signal aborts, at once if it has.
 *
 * @returns What prevents it.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  if (signal.aborted) callback();
  else signal.addEventListener("abort", callback, { once: true });
  return () => signal.removeEventListener("abort", callback);
}

/** The reason of a signal that nobody gave a reason for. */
export function abortError(message: string): DOMException {
  return new DOMException(message, "AbortError");
}

/** The reason of a signal whose task has taken too long. */
export function timeoutError(message: string): DOMException {
  return new DOMException(message, "TimeoutError");
}

/** Whether what was thrown is an AbortError, and never throws itself. */
export function isAbortError(thrown: unknown): boolean {
  try {
    return Object(thrown).name === "AbortError";
  } catch {
    return false;
  }
}

/** What a timer can wait for in one piece: about 25 days. */
export const LONGEST_TIMEOUT: number = 2 ** 31 - 1;

/** What prevents nothing, or takes the place of what is over. */
export const nothing = (): void => {};

/**
 * Calls back once after that many milliseconds, and never after none or Infinity.
 *
 * @returns What prevents it.
 */
export function startTimer(
  ms: number | undefined,
  callback: () => void,
): () => void {
  if (!(ms! < Infinity)) return nothing;
  let timer: ReturnType<typeof setTimeout>;
  const wait = (ms: number) => {
    timer = ms > LONGEST_TIMEOUT
      ? setTimeout(wait, LONGEST_TIMEOUT, ms - LONGEST_TIMEOUT)
      : setTimeout(callback, ms);
  };
  wait(ms!);
  return () => clearTimeout(timer);
}
