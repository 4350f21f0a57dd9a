import type { Task } from "./task.ts";

const trees = new WeakSet<Task>();

/** Marks a task as a manager, whose tasks name the cleanups within it. */
export function asTree(task: Task): Task {
  trees.add(task);
  return task;
}

/** Whether a task is a manager. */
export function isTree(task: Task): boolean {
  return trees.has(task);
}
