import type { ExecuteFunction, ExecuteTask } from "./task.ts";

// What is given is right, or an error says what was given and what was expected.

/** Shows any value in an error message, and never throws. */
export function describe(value: unknown): string {
  try {
    if (typeof value === "string") return JSON.stringify(value);
    if (isObject(value)) {
      return `an instance of ${value.constructor.name}`;
    }
    return value == null ? `${value}` : `${String(value)} (${typeof value})`;
  } catch {
    return "an object";
  }
}

/** The message of what was thrown, and never throws itself. */
export function messageOf(thrown: unknown): string {
  try {
    const { message, name } = thrown as Error;
    for (const text of [thrown, message, name]) {
      if (typeof text === "string" && text) return text;
    }
  } catch {
    // Getters and proxies may throw: describe copes with both.
  }
  return describe(thrown);
}

/** The error of what is not as expected. */
export function wrong(
  action: string,
  expected: string,
  value: unknown,
  ErrorType: new (message: string) => Error = TypeError,
): Error {
  return new ErrorType(
    `Cannot ${action} as ${expected}: current value is ${describe(value)}`,
  );
}

/** Throws unless a value is a time in milliseconds. */
export function checkMilliseconds(
  action: string,
  ms: unknown,
  key = "ms",
): void {
  if (typeof ms === "number" && ms >= 0 && ms < Infinity) return;
  const expected = `'${key}' must be a finite number that is not negative`;
  throw wrong(action, expected, ms, RangeError);
}

/** Whether a value can have properties of its own. */
export function isObject(
  value: unknown,
): value is Record<PropertyKey, unknown> {
  return typeof value === "object" ? value !== null : isFunction(value);
}

/** Whether a value is an AbortSignal, of this realm or of another. */
export function isSignal(value: unknown): value is AbortSignal {
  return isObject(value) && typeof value.aborted === "boolean" &&
    isFunction(value.addEventListener) && isFunction(value.removeEventListener);
}

/** Whether a value is a manager, of this copy of the package or of another. */
export function isManager(value: unknown): boolean {
  return isObject(value) && isFunction(value.runSettled);
}

/** Whether a value is a function, and no object with an `execute`. */
export function isBareFunction(value: unknown): value is ExecuteFunction {
  return isFunction(value) && !("execute" in value);
}

function isFunction(value: unknown): value is () => unknown {
  return typeof value === "function";
}

/** Throws unless a value can be the name of a task. */
export function checkName(action: string, name: unknown): void {
  if (name && typeof name === "string") return;
  throw wrong(action, "its name must be a non-empty string", name);
}

/** Throws unless a value is an AbortSignal. */
export function checkSignal(action: string, signal: unknown): void {
  if (isSignal(signal)) return;
  throw wrong(action, "'signal' must be an AbortSignal", signal);
}

/** Whether a value can hold options. */
export function isOptions(value: unknown): boolean {
  return isObject(value) && !isFunction(value);
}

/** Throws unless a value can hold options. */
export function checkOptions(
  action: string,
  options: unknown,
  expected = "the options must be an object",
): void {
  if (!isOptions(options)) throw wrong(action, expected, options);
}

/** Throws unless a value has the methods of a task. */
export function checkTask(
  action: string,
  task: unknown,
): asserts task is ExecuteTask {
  if (!isObject(task) || !isFunction(task.execute)) {
    throw wrong(action, "it must have an 'execute' function", task);
  }
  for (const name of ["initialize", "cleanup"]) {
    const method = task[name];
    if (method === undefined || isFunction(method)) continue;
    throw wrong(action, `its '${name}' must be a function or left out`, method);
  }
}

// What waits, and what stops the wait.

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
 * Calls back once after that many milliseconds.
 *
 * @returns What prevents it.
 */
export function startTimer(
  ms: number,
  callback: () => void,
): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const wait = (ms: number) => {
    timer = ms > LONGEST_TIMEOUT
      ? setTimeout(wait, LONGEST_TIMEOUT, ms - LONGEST_TIMEOUT)
      : setTimeout(callback, ms);
  };
  wait(ms);
  return () => clearTimeout(timer);
}
