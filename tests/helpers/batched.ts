import { type TaskContext, type TaskError, TaskManager } from "@goasync/core";
import {
  forEach,
  type ForEachOptions,
  type ForEachTask,
} from "@goasync/core/tasks/for-each";
import { type Gate, gate } from "./gate.ts";

/** Work that a test ends, item by item. */
export class HeldWork<Item> {
  readonly #gates = new Map<Item, Gate>();
  /** The items that it was called with. */
  readonly begun: Item[] = [];
  /** The contexts that it was given. */
  readonly contexts: TaskContext[] = [];

  readonly work = (item: Item, context: TaskContext): Promise<void> => {
    this.begun.push(item);
    this.contexts.push(context);
    return this.#gateOf(item).reached;
  };

  /** Ends the work on these items. */
  end(...items: Item[]): void {
    for (const item of items) this.#gateOf(item).open();
  }

  #gateOf(item: Item): Gate {
    const known = this.#gates.get(item) ?? gate();
    this.#gates.set(item, known);
    return known;
  }
}

/** A manager that runs with one batch, as a stop-group. */
export interface Batched<Item> {
  readonly manager: TaskManager;
  readonly task: ForEachTask<Item>;
  readonly run: Promise<TaskError[]>;
  /** What it has noted. */
  readonly notes: () => string[];
}

/** Runs a manager with one batch. */
export function batched<Item>(
  items: Iterable<Item> | AsyncIterable<Item>,
  work: (item: Item, context: TaskContext) => unknown,
  options?: ForEachOptions<Item>,
): Batched<Item> {
  const manager = new TaskManager();
  const task = forEach(items, work, options);
  manager.addTask("batch", task, { type: "stop-group" });
  const run = manager.runSettled();
  return { manager, task, run, notes: () => notesOf(manager) };
}

function notesOf(manager: TaskManager): string[] {
  const [task] = manager.report().tasks;
  return task?.notes?.map(({ message }) => message) ?? [];
}
