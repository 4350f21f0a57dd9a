import {
  checkName,
  checkOptions,
  checkTask,
  isBareFunction,
  isManager,
  isOptions,
  oneOf,
  wrong,
} from "./_check.ts";
import { Entry, type Owner, type Terms } from "./_entry.ts";
import { type Limits, limitsOf, setsLimits } from "./_limits.ts";
import { InvalidStateError } from "./errors.ts";
import type { AddTaskOptions, ManagerState } from "./manager.ts";
import type { ExecuteFunction, ExecuteTask, Task, TaskType } from "./task.ts";

/** The terms of tasks whose options set nothing but their type. */
export type TermsByType = Readonly<Record<TaskType, Terms>>;

const EXECUTE_TASK_TYPES: readonly TaskType[] = ["strict", "error"];
const TASK_TYPES: readonly TaskType[] = [...EXECUTE_TASK_TYPES, "stop-group"];

/** The terms of the tasks of a manager. */
export function termsByType(limits: Limits, owner: Owner): TermsByType {
  const entries = TASK_TYPES.map((type) => [type, { ...limits, type, owner }]);
  return Object.fromEntries(entries);
}

/** The entry of a task, if everything that was given is right. */
export function taskEntry(
  terms: TermsByType,
  name: string,
  task: Task,
  options: AddTaskOptions,
): Entry {
  checkName("add task", name);
  if (isManager(task) || isBareFunction(task)) {
    const expected = "a TaskManager or a function goes to addExecuteTask";
    throw wrong(`add task "${name}"`, expected, task);
  }
  checkTask(`add task "${name}"`, task);
  return new Entry(name, task, termsOf(terms, name, options, TASK_TYPES), []);
}

/** The entry of an execute task, if everything that was given is right. */
export function executeTaskEntry(
  terms: TermsByType,
  name: string,
  task: ExecuteTask | ExecuteFunction,
  options: AddTaskOptions,
): Entry {
  checkName("add execute task", name);
  if (!isBareFunction(task)) checkTask(`add task "${name}"`, task);
  return new Entry(
    name,
    task,
    termsOf(terms, name, options, EXECUTE_TASK_TYPES),
  );
}

function termsOf(
  terms: TermsByType,
  name: string,
  options: AddTaskOptions,
  types: readonly TaskType[],
): Terms {
  if (!isOptions(options)) {
    checkOptions(`add task "${name}"`, options, '{ type: "error" }');
  }
  const { type = "strict" } = options;
  if (!types.includes(type)) {
    const expected = `its type must be ${oneOf(types)}`;
    throw wrong(`add task "${name}"`, expected, type);
  }
  return setsLimits(options)
    ? limitsOf(`add task "${name}"`, options, terms[type])
    : terms[type];
}

/** The error of what a manager cannot do in the state that it is in. */
export function invalidState(
  action: string,
  states: readonly ManagerState[],
  state: ManagerState,
  taskName?: string,
): InvalidStateError {
  const what = taskName === undefined ? action : `${action} "${taskName}"`;
  return new InvalidStateError(
    `Cannot ${what} as the manager must be ${
      oneOf(states)
    }: current state is "${state}"`,
    { state, taskName },
  );
}
