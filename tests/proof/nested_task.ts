import type { Task, TaskContext, TaskManager } from "@goasync/core";
import type { NestingPlan } from "./plan.ts";
import { UsedContexts } from "./used_contexts.ts";

/** A manager as a task of another, in one of the ways in which it can be one. */
export function nestedTask(
  manager: TaskManager,
  { how, uses, drains }: NestingPlan,
  isTask: boolean,
): Task | TaskManager {
  if (how === "run with a signal") {
    return { execute: ({ signal }) => manager.run({ signal }) };
  }
  const task = isTask ? manager.asTask() : manager;
  if (how === "as it is") return task;
  const contexts = new UsedContexts(uses);
  const wrapper: Task = {
    execute: (context) => task.execute!(contexts.of(context)),
  };
  if (drains) wrapper.drain = (context) => task.drain!(contexts.of(context));
  if (!isTask) return wrapper;
  const { initialize, cleanup } = task as Task;
  wrapper.initialize = (context: TaskContext) =>
    initialize!(contexts.of(context));
  wrapper.cleanup = (context: TaskContext) => cleanup!(contexts.of(context));
  return wrapper;
}
