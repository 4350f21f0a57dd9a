import { isBareFunction, isObject } from "./_check.ts";
import type { TaskContext } from "./context.ts";
import type { ExecuteFunction, ExecuteTask, Stage, Task } from "./task.ts";

/**
 * Calls a method of a task, if it has it: a synchronous throw is a rejection.
 *
 * @returns A promise if the method did or threw; nothing otherwise.
 */
export function callStage(
  stage: Stage,
  task: ExecuteTask | ExecuteFunction,
  context: TaskContext,
): Promise<unknown> | undefined {
  try {
    const returned = isBareFunction(task)
      ? task(context)
      : (task as Task)[stage]?.(context);
    return isObject(returned) ? Promise.resolve(returned) : undefined;
  } catch (thrown) {
    return Promise.reject(thrown);
  }
}
