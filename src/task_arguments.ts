import {
  checkName,
  checkOptions,
  isFunction,
  isObject,
  wrong,
} from "./arguments.ts";

/** What can be added, as far as its checks can tell. */
type AddAction = "add task" | "add execute task";

const METHODS = ["initialize", "execute", "drain", "cleanup"];
const TYPES: Readonly<Record<AddAction, readonly unknown[]>> = {
  "add task": ["strict", "error", "stop-group"],
  "add execute task": ["strict", "error"],
};
const GENERATOR = /^\[object (Async)?GeneratorFunction\]$/;

/** Throws unless what was given to `addTask` or `addExecuteTask` is right. */
export function checkAddition(
  action: AddAction,
  name: unknown,
  task: unknown,
  options: { readonly type?: unknown },
): void {
  checkName(action, name);
  const adds = `${action} "${name}"`;
  if (action === "add task") {
    if (isBareFunction(task)) {
      throw wrong(adds, "a function goes to addExecuteTask", task);
    }
    if (isManager(task)) {
      const expected =
        "a TaskManager goes to addExecuteTask, or what its asTask() returns to addTask";
      throw wrong(adds, expected, task);
    }
    checkTask(adds, task);
  } else checkExecuteTask(adds, task);
  checkOptions(adds, options);
  const { type = "strict" } = options;
  if (!TYPES[action].includes(type)) {
    const expected = `its type must be "${TYPES[action].join('" or "')}"`;
    throw wrong(adds, expected, type);
  }
  if (
    type === "stop-group" && !isFunction((task as { execute: unknown }).execute)
  ) {
    const expected =
      `a task of type "stop-group" must have an 'execute' function, as the group ends when these return`;
    throw wrong(adds, expected, task);
  }
}

/** Throws unless a value has a method of a task, and no wrong ones. */
export function checkTask(action: string, task: unknown): void {
  if (!isObject(task) || METHODS.every((name) => task[name] === undefined)) {
    const expected =
      "it must have an 'initialize', 'execute', 'drain' or 'cleanup' function";
    throw wrong(action, expected, task);
  }
  checkMethods(action, task);
}

/** Throws unless a value is a function or has an `execute`. */
export function checkExecuteTask(action: string, task: unknown): void {
  if (isBareFunction(task)) return checkMethod(action, "it", task);
  if (!isObject(task) || !isFunction(task.execute)) {
    throw wrong(action, "it must have an 'execute' function", task);
  }
  checkMethods(action, task);
}

/** Whether a value is a function, and no object with an `execute`. */
export function isBareFunction(value: unknown): boolean {
  return isFunction(value) && !("execute" in value);
}

/** Whether a value is a manager, of this copy of the package or of another. */
export function isManager(value: unknown): boolean {
  return isObject(value) && isFunction(value.runSettled);
}

function checkMethods(
  action: string,
  task: Record<PropertyKey, unknown>,
): void {
  for (const name of METHODS) {
    const method = task[name];
    if (method !== undefined) checkMethod(action, `its '${name}'`, method);
  }
}

function checkMethod(action: string, what: string, method: unknown): void {
  if (!isFunction(method)) {
    throw wrong(action, `${what} must be a function or left out`, method);
  }
  if (GENERATOR.test(Object.prototype.toString.call(method))) {
    const expected =
      `${what} must be no generator function, whose body would never run`;
    throw wrong(action, expected, method);
  }
}
