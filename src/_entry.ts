import {
  checkName,
  checkOptions,
  checkTask,
  checkType,
  isBareFunction,
  isManager,
} from "./_check.ts";
import { TaskContext } from "./context.ts";
import type { AddExecuteTaskOptions, AddTaskOptions } from "./manager.ts";
import type {
  ExecuteFunction,
  ExecuteTask,
  ExecuteTaskType,
  Task,
  TaskType,
} from "./task.ts";

const EXECUTE_TASK_TYPES: readonly ExecuteTaskType[] = ["strict", "error"];
const TASK_TYPES: readonly TaskType[] = ["strict", "error", "stop-group"];

/** A task as the manager keeps it. */
export class Entry<Given = ExecuteTask | ExecuteFunction> {
  readonly task: Given;
  readonly type: TaskType | ExecuteTaskType;
  /** Whether it is an execute task, which is forgotten when it has ended. */
  readonly executeOnly: boolean;
  /** What initialize and execute are given. */
  readonly context: TaskContext;
  /** Fulfilled when execute is over; undefined until it is called. */
  execution: Promise<void> | undefined;
  /** Its place in the roster, which keeps it up to date. */
  place = 0;

  constructor(
    name: string,
    task: Given,
    type: TaskType | ExecuteTaskType,
    executeOnly: boolean,
  ) {
    this.task = task;
    this.type = type;
    this.executeOnly = executeOnly;
    this.context = new TaskContext({ name });
  }

  /** The name it was added with. */
  get name(): string {
    return this.context.name;
  }
}

/** The entry of a task, if everything that was given is right. */
export function taskEntry(
  name: string,
  task: Task,
  options: AddTaskOptions,
): Entry<Task> {
  checkName("add a task", name);
  const action = `add task "${name}"`;
  if (isManager(task) || isBareFunction(task)) {
    const kind = isManager(task) ? "a TaskManager" : "a function";
    throw new TypeError(
      `Cannot ${action} as it is ${kind}: use addExecuteTask`,
    );
  }
  checkTask(action, task);
  return new Entry(name, task, typeOf(action, options, TASK_TYPES), false);
}

/** The entry of an execute task, if everything that was given is right. */
export function executeTaskEntry(
  name: string,
  task: ExecuteTask | ExecuteFunction,
  options: AddExecuteTaskOptions,
): Entry {
  checkName("add an execute task", name);
  const action = `add execute task "${name}"`;
  if (!isBareFunction(task)) checkTask(action, task);
  const type = typeOf(action, options, EXECUTE_TASK_TYPES);
  return new Entry(name, task, type, true);
}

function typeOf<Type extends string>(
  action: string,
  options: { type?: Type | undefined },
  allowed: readonly Type[],
): Type | "strict" {
  checkOptions(action, options, '{ type: "error" }');
  const { type = "strict" } = options;
  checkType(action, type, allowed);
  return type;
}
