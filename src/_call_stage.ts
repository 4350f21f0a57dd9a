import { isBareFunction } from "./_check.ts";
import type { Entry } from "./_entry.ts";
import type { TaskContext } from "./context.ts";
import type { Stage, Task } from "./task.ts";

const { then } = Promise.prototype;

/**
 * Calls a method of a task, if it has it, and later one of the callbacks, once:
 * a synchronous throw is a rejection, and a promise whose own `then` was
 * replaced is one like any other.
 */
export function callStage(
  stage: Stage,
  { task }: Entry,
  context: TaskContext,
  onReturn: () => void,
  onThrow: (cause: unknown) => void,
): void {
  let called: Promise<unknown>;
  try {
    called = Promise.resolve(
      isBareFunction(task) ? task(context) : (task as Task)[stage]?.(context),
    );
  } catch (cause) {
    called = Promise.reject(cause);
  }
  then.call(called, onReturn, onThrow);
}
