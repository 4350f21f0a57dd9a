import {
  type AddExecuteTaskOptions,
  type ExecuteTask,
  type TaskContext,
  type TaskHandle,
  TaskManager,
  type TaskManagerOptions,
} from "@goasync/core";

/** A way in which a manager becomes a task of another. */
export interface Way {
  readonly how: string;
  /** Whether the task is the manager itself, and has a drain if that has one. */
  readonly isBare: boolean;
  readonly add: (
    outer: TaskManager,
    name: string,
    inner: TaskManager,
    options?: AddExecuteTaskOptions,
  ) => TaskHandle;
}

/** Runs a manager with a context of the wrapper's own, and drains it with that. */
function wrapped(
  inner: TaskManager,
  own: (context: TaskContext) => TaskContext,
): ExecuteTask {
  let context: TaskContext;
  return {
    execute(given) {
      context = own(given);
      return inner.execute(context);
    },
    drain: () => inner.drain(context),
  };
}

/** The ways that pass its drain on. */
export const WAYS: readonly Way[] = [
  {
    how: "an execute task",
    isBare: true,
    add: (outer, name, inner, options) =>
      outer.addExecuteTask(name, inner, options),
  },
  {
    how: "a task",
    isBare: true,
    add: (outer, name, inner, options) =>
      outer.addTask(name, inner.asTask(), options),
  },
  {
    how: "behind a wrapper that forks its context",
    isBare: false,
    add: (outer, name, inner, options) =>
      outer.addExecuteTask(
        name,
        wrapped(inner, (context) => context.fork()),
        options,
      ),
  },
  {
    how: "behind a wrapper that hands on other signals",
    isBare: false,
    add: (outer, name, inner, options) =>
      outer.addExecuteTask(
        name,
        wrapped(inner, (context) => {
          const { signal, draining } = context.fork();
          return context.with({ signal, draining });
        }),
        options,
      ),
  },
  {
    how: "behind a wrapper that hands on another signal alone",
    isBare: false,
    add: (outer, name, inner, options) =>
      outer.addExecuteTask(
        name,
        wrapped(
          inner,
          (context) => context.with({ signal: context.fork().signal }),
        ),
        options,
      ),
  },
];

/** Managers in one another, the outermost, with the options, first. */
export function chain(
  count: number,
  add: Way["add"],
  innermost: (manager: TaskManager) => void,
  options?: TaskManagerOptions,
): TaskManager[] {
  const managers = Array.from(
    { length: count },
    (_, index) => new TaskManager(index === 0 ? options : {}),
  );
  managers.forEach((manager, index) => {
    const inner = managers[index + 1];
    if (inner) add(manager, "inner", inner);
    else innermost(manager);
  });
  return managers;
}

/** Where each of them is. */
export function states(managers: readonly TaskManager[]): string[] {
  return managers.map(({ state }) => state);
}
