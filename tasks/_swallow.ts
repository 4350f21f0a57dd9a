import { wrong } from "../src/_basics.ts";
import type { Task, TaskContext } from "../mod.ts";
import { isCleanStop } from "./_told.ts";

type OnError = (error: unknown) => unknown;

/** The `onError` of options, if it is a function. */
export function onErrorOf(
  action: string,
  options: { onError?: OnError | undefined },
): OnError {
  const { onError = () => {} } = options;
  if (typeof onError === "function") return onError;
  throw wrong(action, "'onError' must be a function", onError);
}

/** Executes a task to its end, and hands on what it throws. Never rejects. */
export async function executeOnce(
  task: Task,
  context: TaskContext,
  onError: OnError,
): Promise<void> {
  try {
    await task.execute(context);
  } catch (error) {
    if (!isCleanStop(context, error)) void report(error, onError);
  }
}

async function report(error: unknown, onError: OnError): Promise<void> {
  try {
    await onError(error);
  } catch {
    // A callback that fails must not end what it only watches.
  }
}
