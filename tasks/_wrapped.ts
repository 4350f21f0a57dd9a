import { checkTask, isBareFunction, isManager } from "../src/_basics.ts";
import type { ExecuteFunction, Task } from "../mod.ts";

/** The task that a provided task was given, if it is one. */
export function taskOf(action: string, task: Task | ExecuteFunction): Task {
  const given = isBareFunction(task) ? { execute: task } : task;
  checkTask(action, given);
  return given;
}

/** The same for a task that is executed more than once. */
export function repeatedTaskOf(
  action: string,
  task: Task | ExecuteFunction,
): Task {
  if (isManager(task)) {
    throw new TypeError(
      `Cannot ${action} a TaskManager as it runs once: wrap a function that creates one`,
    );
  }
  return taskOf(action, task);
}

/** A task that executes another in its own way and passes the rest through. */
export function wrap(task: Task, execute: ExecuteFunction): Task {
  const cleanup: Task["cleanup"] = (context) => task.cleanup?.(context);
  return {
    initialize: (context) => task.initialize?.(context),
    execute,
    // None where there is none, so that no error names it if it was not begun.
    get cleanup() {
      return task.cleanup && cleanup;
    },
  } as Task;
}
