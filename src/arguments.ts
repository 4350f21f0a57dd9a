import { describe, escapeControls } from "./messages.ts";

type Callable = (...args: unknown[]) => unknown;

/** The error of what is not as expected. */
export function wrong(
  action: string,
  expected: string,
  value: unknown,
  ErrorType: new (message: string) => Error = TypeError,
): Error {
  const message = `Cannot ${action} as ${expected}: current value is ${
    describe(value)
  }`;
  return new ErrorType(escapeControls(message));
}

/** Whether a value can have properties of its own. */
export function isObject(
  value: unknown,
): value is Record<PropertyKey, unknown> {
  return typeof value === "object" ? value !== null : isFunction(value);
}

/** Whether a value can be called. */
export function isFunction(value: unknown): value is Callable {
  return typeof value === "function";
}

/** Whether a value can hold options. */
export function isOptions(value: unknown): boolean {
  return isObject(value) && !isFunction(value);
}

/** Whether a value is an AbortSignal, of this realm or of another. */
export function isSignal(value: unknown): value is AbortSignal {
  return isObject(value) && typeof value.aborted === "boolean" &&
    isFunction(value.addEventListener) && isFunction(value.removeEventListener);
}

/** Whether execute tasks can be counted in a value. */
function isTally(value: unknown): boolean {
  return isObject(value) && typeof value.started === "number" &&
    typeof value.ended === "number";
}

/** Throws unless a value can hold options. */
export function checkOptions(
  action: string,
  options: unknown,
  expected = "the options must be an object",
): void {
  if (!isOptions(options)) throw wrong(action, expected, options);
}

/** Throws unless a value is an AbortSignal. */
export function checkSignal(
  action: string,
  signal: unknown,
  key = "signal",
): void {
  if (isSignal(signal)) return;
  throw wrong(action, `'${key}' must be an AbortSignal`, signal);
}

/** Throws unless a value can be called. */
export function checkFunction(
  action: string,
  value: unknown,
  key: string,
): void {
  if (isFunction(value)) return;
  throw wrong(action, `'${key}' must be a function`, value);
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

/** Throws unless a value is the time from one line to the next, or false. */
export function checkInterval(action: string, ms: unknown, key: string): void {
  if (ms === false) return;
  checkMilliseconds(action, ms, key);
  if (ms !== 0) return;
  throw wrong(action, `'${key}' must be above 0, or false`, ms, RangeError);
}

/** Throws unless a value can be the name of a task. */
export function checkName(action: string, name: unknown): void {
  if (name && typeof name === "string") return;
  throw wrong(action, "its name must be a non-empty string", name);
}

/** Throws unless a manager can be stopped with this. */
export function checkStopOptions(options: { readonly by?: unknown }): void {
  const action = "stop a TaskManager";
  checkOptions(action, options);
  const { by = "stop" } = options;
  if (by === "stop" || by === "stray") return;
  throw wrong(action, `'by' must be "stop" or "stray"`, by);
}

/** Throws unless somebody can listen to a manager like this. */
export function checkSubscribeOptions(
  action: string,
  options: { readonly tally?: unknown },
): void {
  checkOptions(action, options);
  const { tally } = options;
  if (tally === undefined || isTally(tally)) return;
  const expected = "'tally' must have the numbers 'started' and 'ended'";
  throw wrong(action, expected, tally);
}

/** Throws unless a manager can be run with this. */
export function checkRunOptions(options: { readonly signal?: unknown }): void {
  if (!isOptions(options) || isSignal(options)) {
    throw wrong("run", "the options must be as in run({ signal })", options);
  }
  const { signal } = options;
  if (signal !== undefined) checkSignal("run", signal);
}
