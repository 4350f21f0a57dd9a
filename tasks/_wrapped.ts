import { checkTask, isBareFunction, isManager } from "../src/task_arguments.ts";
import type {
  ExecuteFunction,
  ExecuteTask,
  Task,
  TaskContext,
} from "../mod.ts";

/** The task that a provided task was given, if it is one. */
export function taskOf(action: string, task: Task | ExecuteFunction): Task {
  const given = isBareFunction(task) ? { execute: task } : task;
  checkTask(action, given);
  return given as Task;
}

/** The same for a task that is executed more than once. */
export function repeatedTaskOf(
  verb: string,
  task: Task | ExecuteFunction,
): Task {
  if (!isManager(task)) return taskOf(`${verb} a task`, task);
  throw new TypeError(
    `Cannot ${verb} a TaskManager as it runs once: wrap a function that creates one each time`,
  );
}

/** Executes a task; one without an `execute` waits until its signal aborts. */
export function execute(task: Task, context: TaskContext): unknown {
  return task.execute ? task.execute(context) : context.done;
}

/** What is called of a task that was added with `addExecuteTask`. */
export function executeOnly(task: Task): ExecuteTask {
  return {
    execute: (context) => execute(task, context),
    drain: (context) => task.drain?.(context),
  };
}

/**
 * A task with some stages of its own, which passes the others through. It has
 * none that neither has, as having a stage means something.
 */
export function wrap(
  task: Task,
  own: Task & ExecuteTask,
): Task & ExecuteTask {
  const wrapped = { ...own };
  for (const stage of ["initialize", "drain", "cleanup"] as const) {
    if (own[stage] || !task[stage]) continue;
    wrapped[stage] = (context) => task[stage]?.(context);
  }
  return wrapped;
}
