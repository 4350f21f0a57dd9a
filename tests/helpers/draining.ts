import type {
  AddExecuteTaskOptions,
  ExecuteFunction,
  ExecuteTask,
  ManagerState,
  TaskContext,
  TaskHandle,
  TaskManager,
} from "@goasync/core";
import { untilStopped } from "./noting_task.ts";

/** An execute that notes when its task is told and when it is aborted. */
export function listens(
  log: string[],
  execute: ExecuteFunction = untilStopped,
): ExecuteFunction {
  return (context) => {
    const { name, draining, signal } = context;
    whenAborted(draining, () => log.push(`${name} told`));
    whenAborted(signal, () => log.push(`${name} aborted`));
    return execute(context);
  };
}

/** A task that notes when it is told, when it is drained and when it is aborted. */
export function drains(
  log: string[],
  drain: (context: TaskContext) => unknown = () => {},
  execute: ExecuteFunction = untilStopped,
): ExecuteTask {
  return {
    execute: listens(log, execute),
    drain(context) {
      log.push(`${context.name} drain`);
      return drain(context);
    },
  };
}

/** The two kinds of task that can have a drain. */
export const ADDERS: readonly {
  readonly what: string;
  readonly add: (
    manager: TaskManager,
    name: string,
    task: ExecuteTask,
    options?: AddExecuteTaskOptions,
  ) => TaskHandle;
}[] = [
  {
    what: "task",
    add: (manager, name, task, options) => manager.addTask(name, task, options),
  },
  {
    what: "execute task",
    add: (manager, name, task, options) =>
      manager.addExecuteTask(name, task, options),
  },
];

/** The states that a manager comes to from now on, not those of others within. */
export function statesOf(manager: TaskManager): ManagerState[] {
  const states: ManagerState[] = [];
  manager.subscribe((event) => {
    if (event.type === "state" && event.path.length === 0) {
      states.push(event.state);
    }
  });
  return states;
}

function whenAborted(signal: AbortSignal, callback: () => void): void {
  if (signal.aborted) callback();
  else signal.addEventListener("abort", callback);
}
