import { checkFunction, checkOptions } from "../src/arguments.ts";
import { messageOf } from "../src/messages.ts";
import type { Task, TaskContext } from "../mod.ts";
import { execute } from "./_wrapped.ts";

/** What hears of errors that end nothing. */
export type OnError = (error: unknown) => unknown;

/** The `onError` of options, if it is a function. */
export function onErrorOf(
  action: string,
  options: { onError?: OnError | undefined },
): OnError {
  checkOptions(action, options);
  const { onError = () => {} } = options;
  checkFunction(action, onError, "onError");
  return onError;
}

/**
 * Executes a task to its end, hands on what it throws, and notes it. Never
 * rejects.
 *
 * @returns Whether it has failed.
 */
export async function executeOnce(
  task: Task,
  context: TaskContext,
  onError: OnError,
): Promise<boolean> {
  try {
    await execute(task, context);
    return false;
  } catch (error) {
    if (context.isCleanStop(error)) return false;
    context.note(`failed: ${messageOf(error)}`);
    void callSafely(onError, error);
    return true;
  }
}

/** Calls back, whatever that throws or rejects with. */
export async function callSafely<Value>(
  callback: (value: Value) => unknown,
  value: Value,
): Promise<void> {
  try {
    await callback(value);
  } catch {
    // A callback that fails must not end what it only watches.
  }
}
