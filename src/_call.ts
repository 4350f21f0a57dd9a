import { isBareFunction } from "./_check.ts";
import type { TaskContext } from "./context.ts";
import type { ExecuteFunction, ExecuteTask } from "./task.ts";

const { then } = Promise.prototype;

/**
 * Calls a task's execute and, later, one of the callbacks once: a synchronous
 * throw is a rejection, and a promise whose own `then` was replaced is one like
 * any other.
 *
 * @returns A promise that is fulfilled after the callback.
 */
export function callExecute(
  task: ExecuteTask | ExecuteFunction,
  context: TaskContext,
  onReturn: () => void,
  onThrow: (cause: unknown) => void,
): Promise<void> {
  let execution: Promise<unknown>;
  try {
    execution = Promise.resolve(
      isBareFunction(task) ? task(context) : task.execute(context),
    );
  } catch (cause) {
    execution = Promise.reject(cause);
  }
  return then.call(execution, onReturn, onThrow) as Promise<void>;
}
