import {
  type ExecuteFunction,
  type ExecuteTask,
  TaskManager,
} from "@goasync/core";

/** How a manager becomes an execute task of another. */
export type Nest = (inner: TaskManager) => ExecuteTask | ExecuteFunction;

/** The ways to do that. */
export const NESTS: readonly { readonly how: string; readonly nest: Nest }[] = [
  { how: "as an execute task", nest: (inner) => inner },
  {
    how: "run with the signal of one",
    nest: (inner) => ({ signal }) => inner.run({ signal }),
  },
];

/**
 * Nests managers in one another, with a task in the innermost.
 *
 * @returns The managers, the outermost first.
 */
export function nested(
  count: number,
  nest: Nest,
  innermost: ExecuteFunction,
): TaskManager[] {
  const managers = Array.from({ length: count }, () => new TaskManager());
  managers.forEach((manager, index) => {
    const inner = managers[index + 1];
    manager.addExecuteTask("inner", inner ? nest(inner) : innermost);
  });
  return managers;
}
