import {
  checkName,
  checkOptions,
  isFunction,
  isObject,
  isOptions,
  wrong,
} from "./arguments.ts";

/** What can be added, as far as its checks can tell. */
type AddAction = "add task" | "add execute task";

const METHODS = ["initialize", "execute", "drain", "cleanup"];
const TYPES: Readonly<Record<AddAction, readonly unknown[]>> = {
  "add task": ["strict", "error", "stop-group"],
  "add execute task": ["strict", "error"],
};
const GENERATORS: readonly unknown[] = [
  "GeneratorFunction",
  "AsyncGeneratorFunction",
];

/** Throws unless what was given to `addTask` or `addExecuteTask` is right. */
export function checkAddition(
  action: AddAction,
  name: unknown,
  task: unknown,
  options: { readonly type?: unknown },
): void {
  checkName(action, name);
  // Made when something is wrong: to make a text is most of what adding costs.
  const adds = () => `${action} "${name}"`;
  if (action === "add execute task") checkExecuteTask(adds, task);
  else if (isBareFunction(task)) {
    throw wrong(adds(), "a function goes to addExecuteTask", task);
  } else if (isManager(task)) {
    const expected =
      "a TaskManager goes to addExecuteTask, or what its asTask() returns to addTask";
    throw wrong(adds(), expected, task);
  } else checkTask(adds, task);
  if (!isOptions(options)) checkOptions(adds(), options);
  checkType(action, adds, task, options.type);
}

function checkType(
  action: AddAction,
  adds: () => string,
  task: unknown,
  type: unknown = "strict",
): void {
  const types = TYPES[action];
  if (!types.includes(type)) {
    const expected = `its type must be "${types.join('" or "')}"`;
    throw wrong(adds(), expected, type);
  }
  if (
    type !== "stop-group" || isFunction((task as { execute?: unknown }).execute)
  ) {
    return;
  }
  const expected =
    "a \"stop-group\" task must have an 'execute' function: the group ends when all have returned";
  throw wrong(adds(), expected, task);
}

/** Throws unless a value has a method of a task, and no wrong ones. */
export function checkTask(action: () => string, task: unknown): void {
  if (!isObject(task) || METHODS.every((name) => task[name] === undefined)) {
    const expected =
      "it must have an 'initialize', 'execute', 'drain' or 'cleanup' function";
    throw wrong(action(), expected, task);
  }
  for (const name of METHODS) checkMethod(action, name, task[name]);
}

/** Throws unless a value is a function or has an `execute`. */
export function checkExecuteTask(action: () => string, task: unknown): void {
  if (isBareFunction(task)) return checkMethod(action, "execute", task);
  if (!isObject(task) || !isFunction(task.execute)) {
    throw wrong(action(), "it must have an 'execute' function", task);
  }
  for (const name of METHODS) checkMethod(action, name, task[name]);
}

/** Whether a value is a function, and no object with an `execute`. */
export function isBareFunction(
  value: unknown,
): value is (context: never) => unknown {
  return isFunction(value) && !("execute" in value);
}

/** Whether a value is a manager, of this copy of the package or of another. */
export function isManager(value: unknown): boolean {
  return isObject(value) && isFunction(value.runSettled);
}

function checkMethod(
  action: () => string,
  name: string,
  method: unknown,
): void {
  if (method === undefined) return;
  if (!isFunction(method)) {
    const expected = `its '${name}' must be a function or left out`;
    throw wrong(action(), expected, method);
  }
  if (GENERATORS.includes(Object(method)[Symbol.toStringTag])) {
    const expected =
      `its '${name}' must be no generator function, whose body would never run`;
    throw wrong(action(), expected, method);
  }
}
