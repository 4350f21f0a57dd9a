import type {
  ExecuteFunction,
  ExecuteTask,
  Task,
  TaskManager,
} from "../mod.ts";
import { isFunction, isObject } from "../src/arguments.ts";
import { isManager } from "../src/task_arguments.ts";
import { taskOf } from "./_wrapped.ts";

/** What makes a task anew for each restart. */
export interface TaskSource {
  /**
   * Makes the task of the next generation: a TaskManager, which runs once, or
   * anything else that can be added to one. What it throws counts as if its
   * `initialize` had thrown it.
   *
   * @returns The task.
   */
  create(): Task | ExecuteTask | ExecuteFunction;
}

/** Where the tasks of a supervised task come from. */
interface Source {
  /** Makes the next one; throws if it is no task. */
  readonly create: () => Task;
  /** Whether one may have a drain. */
  readonly mayDrain: boolean;
}

/** Where tasks come from, by what was given. Throws if that is wrong. */
export function sourceOf(given: Task | ExecuteFunction | TaskSource): Source {
  if (isSource(given)) {
    const create = () => createdBy("supervise", () => given.create());
    return { create, mayDrain: true };
  }
  if (isManager(given)) {
    throw new TypeError(
      "Cannot supervise a TaskManager as it runs once: give an object whose 'create' makes one each time",
    );
  }
  const task = taskOf("supervise a task", given);
  return { create: () => task, mayDrain: task.drain !== undefined };
}

function isSource(given: unknown): given is TaskSource {
  return isObject(given) && isFunction(given.create);
}

/** What was created; a task that fails if nothing was. */
export function createdBy(
  verb: string,
  create: TaskSource["create"],
): Task {
  let created: Task | ExecuteFunction;
  try {
    created = create();
  } catch (error) {
    return failingTask(error);
  }
  return wholeTaskOf(`${verb} what 'create' has made`, created);
}

/** A task that fails before it does anything. */
export function failingTask(error: unknown): Task {
  const fail = () => {
    throw error;
  };
  return { initialize: fail, execute: fail };
}

/** A task that was given; that of a manager has all its stages. */
export function wholeTaskOf(
  action: string,
  given: Task | ExecuteFunction,
): Task {
  return taskOf(action, isWholeManager(given) ? given.asTask() : given);
}

/** Whether it is a manager whose tasks can be initialized. */
function isWholeManager(
  created: unknown,
): created is Pick<TaskManager, "asTask"> {
  return isManager(created) && isObject(created) && isFunction(created.asTask);
}
