import {
  checkName,
  checkOptions,
  checkTask,
  expect,
  isBareFunction,
  isManager,
  isOptions,
  oneOf,
} from "./_check.ts";
import { Entry, type Owner, TaskEntry, type Terms } from "./_entry.ts";
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
): TaskEntry {
  checkName("add task", name);
  const action = `add task "${name}"`;
  const isTask = !isManager(task) && !isBareFunction(task);
  const expected = "a TaskManager or a function goes to addExecuteTask";
  expect(isTask, action, expected, task);
  checkTask(action, task);
  const allowed = termsOf(terms, "task", name, options, TASK_TYPES);
  return new TaskEntry(name, task, allowed);
}

/** The entry of an execute task, if everything that was given is right. */
export function executeTaskEntry(
  terms: TermsByType,
  name: string,
  task: ExecuteTask | ExecuteFunction,
  options: AddTaskOptions,
): Entry {
  checkName("add execute task", name);
  if (!isBareFunction(task)) checkTask(`add execute task "${name}"`, task);
  const allowed = termsOf(
    terms,
    "execute task",
    name,
    options,
    EXECUTE_TASK_TYPES,
  );
  return new Entry(name, task, allowed);
}

function termsOf(
  terms: TermsByType,
  kind: string,
  name: string,
  options: AddTaskOptions,
  types: readonly TaskType[],
): Terms {
  const action = () => `add ${kind} "${name}"`;
  if (!isOptions(options)) checkOptions(action(), options, '{ type: "error" }');
  const { type = "strict" } = options;
  if (!types.includes(type)) {
    expect(false, action(), `its type must be ${oneOf(types)}`, type);
  }
  return setsLimits(options)
    ? limitsOf(action(), options, terms[type])
    : terms[type];
}

/** Throws unless a manager is in a state in which it can do something. */
export function checkState(
  action: string,
  states: readonly ManagerState[],
  state: ManagerState,
  taskName?: string,
): void {
  if (states.includes(state)) return;
  throw new InvalidStateError(
    `Cannot ${action} as the manager must be ${
      oneOf(states)
    }: current state is "${state}"`,
    { state, taskName },
  );
}
