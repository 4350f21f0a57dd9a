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

/** What is wrong with a value, and what was expected. */
interface Fault {
  readonly expected: string;
  readonly value: unknown;
}

/** Throws unless what was given to `addTask` or `addExecuteTask` is right. */
export function checkAddition(
  action: AddAction,
  name: unknown,
  task: unknown,
  options: { readonly type?: unknown },
): void {
  checkName(action, name);
  const fault = action === "add task"
    ? faultOfAddedTask(task)
    : faultOfExecuteTask(task);
  throwIf(fault, action, name);
  if (!isOptions(options)) checkOptions(`${action} "${name}"`, options);
  throwIf(faultOfType(action, task, options.type), action, name);
}

/** Throws unless a value has a method of a task, and no wrong ones. */
export function checkTask(action: string, task: unknown): void {
  const fault = faultOfTask(task);
  if (fault) throw wrong(action, fault.expected, fault.value);
}

/** To make the text of an error is most of what adding would cost. */
function throwIf(
  fault: Fault | undefined,
  action: AddAction,
  name: unknown,
): void {
  if (fault) throw wrong(`${action} "${name}"`, fault.expected, fault.value);
}

function faultOfAddedTask(task: unknown): Fault | undefined {
  if (isBareFunction(task)) {
    return { expected: "a function goes to addExecuteTask", value: task };
  }
  if (isManager(task)) {
    const expected =
      "a TaskManager goes to addExecuteTask, or what its asTask() returns to addTask";
    return { expected, value: task };
  }
  return faultOfTask(task);
}

function faultOfTask(task: unknown): Fault | undefined {
  if (isObject(task) && METHODS.some((name) => task[name] !== undefined)) {
    return faultOfMethods(task);
  }
  const expected =
    "it must have an 'initialize', 'execute', 'drain' or 'cleanup' function";
  return { expected, value: task };
}

function faultOfExecuteTask(task: unknown): Fault | undefined {
  if (isBareFunction(task)) return faultOfMethod("execute", task);
  if (isObject(task) && isFunction(task.execute)) return faultOfMethods(task);
  return { expected: "it must have an 'execute' function", value: task };
}

function faultOfMethods(task: Record<string, unknown>): Fault | undefined {
  for (const name of METHODS) {
    const fault = faultOfMethod(name, task[name]);
    if (fault) return fault;
  }
  return undefined;
}

function faultOfMethod(name: string, method: unknown): Fault | undefined {
  if (method === undefined) return;
  if (!isFunction(method)) {
    const expected = `its '${name}' must be a function or left out`;
    return { expected, value: method };
  }
  if (!GENERATORS.includes(Object(method)[Symbol.toStringTag])) return;
  const expected =
    `its '${name}' must be no generator function, whose body would never run`;
  return { expected, value: method };
}

function faultOfType(
  action: AddAction,
  task: unknown,
  type: unknown = "strict",
): Fault | undefined {
  const types = TYPES[action];
  if (!types.includes(type)) {
    const expected = `its type must be "${types.join('" or "')}"`;
    return { expected, value: type };
  }
  if (type !== "stop-group") return;
  if (isFunction((task as { execute?: unknown }).execute)) return;
  const expected =
    "a \"stop-group\" task must have an 'execute' function: the group ends when all have returned";
  return { expected, value: task };
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
