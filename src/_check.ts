import { describe } from "./_describe.ts";
import { TaskContext } from "./context.ts";
import type { RunOptions } from "./manager.ts";
import type { ExecuteFunction, ExecuteTask } from "./task.ts";

/** Whether a value can have properties of its own. */
export function isObject(
  value: unknown,
): value is Record<PropertyKey, unknown> {
  return (typeof value === "object" && value !== null) ||
    typeof value === "function";
}

/** Whether a value is an AbortSignal, of this realm or of another. */
export function isSignal(value: unknown): value is AbortSignal {
  return isObject(value) && typeof value.aborted === "boolean" &&
    typeof value.addEventListener === "function" &&
    typeof value.removeEventListener === "function";
}

/** Whether a value is a manager, of this copy of the package or of another. */
export function isManager(value: unknown): boolean {
  return isObject(value) && typeof value.runSettled === "function";
}

/** Whether a value is a function, and no object with an `execute`. */
export function isBareFunction(value: unknown): value is ExecuteFunction {
  return typeof value === "function" && !("execute" in value);
}

/** Throws unless a value can be the name of a task. */
export function checkName(action: string, name: unknown): void {
  if (typeof name === "string" && name !== "") return;
  throw wrong(action, "its name must be a non-empty string", name);
}

/** Throws unless a value is an AbortSignal. */
export function checkSignal(
  action: string,
  signal: unknown,
): void {
  if (isSignal(signal)) return;
  throw wrong(action, "'signal' must be an AbortSignal", signal);
}

/** What tells a manager to stop, if what `run` was given is right. */
export function sourceOf(
  options: RunOptions,
): TaskContext | AbortSignal | undefined {
  if (isSignal(options)) {
    throw new TypeError(
      "Cannot run with a bare AbortSignal: call run({ signal })",
    );
  }
  checkOptions("run", options, "{ signal }");
  if (options instanceof TaskContext) return options;
  const { signal } = options;
  if (signal !== undefined) checkSignal("run", signal);
  return signal;
}

/** Whether a value can hold options. */
export function isOptions(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

/** Throws unless a value can hold options. */
export function checkOptions(
  action: string,
  options: unknown,
  example: string,
): void {
  if (isOptions(options)) return;
  throw wrong(action, `the options must be an object as ${example}`, options);
}

/** Names the values that are allowed. */
export function oneOf(allowed: readonly string[]): string {
  return allowed.map((each) => `"${each}"`).join(" or ");
}

/** Throws unless a value has the methods of a task. */
export function checkTask(
  action: string,
  task: unknown,
): asserts task is ExecuteTask {
  if (!isObject(task) || typeof task.execute !== "function") {
    throw wrong(action, "it must have an 'execute' function", task);
  }
  checkMethod(action, "initialize", task.initialize);
  checkMethod(action, "cleanup", task.cleanup);
}

function checkMethod(action: string, name: string, method: unknown): void {
  if (method === undefined || typeof method === "function") return;
  throw wrong(action, `its '${name}' must be a function or left out`, method);
}

/** The error of an argument that is not what was expected. */
export function wrong(
  action: string,
  expected: string,
  value: unknown,
): TypeError {
  return new TypeError(wrongMessage(action, expected, value));
}

/** Says what was given, and what was expected. */
export function wrongMessage(
  action: string,
  expected: string,
  value: unknown,
): string {
  return `Cannot ${action} as ${expected}: current value is ${describe(value)}`;
}
