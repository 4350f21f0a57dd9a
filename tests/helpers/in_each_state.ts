import { type ManagerState, TaskManager } from "@goasync/core";
import { assertEquals } from "@std/assert";
import { running } from "./running.ts";

/** Every state, in the order of a manager's life. */
export const STATES: readonly ManagerState[] = [
  "idle",
  "initializing",
  "executing",
  "draining",
  "stopping",
  "cleaning-up",
  "finished",
];

/**
 * Calls back once with a manager in each of its states: when it is idle and
 * finished from outside, and otherwise from within its task.
 *
 * @returns What the callback returned or threw, by state.
 */
export async function inEachState<Result>(
  callback: (manager: TaskManager) => Result,
): Promise<Map<ManagerState, Result | unknown>> {
  const outcomes = new Map<ManagerState, Result | unknown>();
  const manager = new TaskManager();
  const visit = () => {
    const { state } = manager;
    try {
      outcomes.set(state, callback(manager));
    } catch (error) {
      outcomes.set(state, error);
    }
  };
  manager.addTask("visited", {
    initialize: visit,
    execute({ signal, done }) {
      visit();
      signal.addEventListener("abort", visit);
      return done;
    },
    async drain() {
      await visit();
    },
    cleanup: visit,
  });
  visit();
  await running(manager);
  await manager.stop();
  visit();
  assertEquals([...outcomes.keys()], STATES);
  return outcomes;
}
