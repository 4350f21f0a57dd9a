import { InvalidStateError } from "./errors.ts";
import type { ManagerState } from "./manager.ts";
import { oneOf } from "./_check.ts";

/** Throws if a manager was run before. */
export function checkFirstRun(wasRun: boolean, state: ManagerState): void {
  if (!wasRun) return;
  throw new InvalidStateError(
    `Cannot run a manager twice: current state is "${state}"`,
    { state },
  );
}

/** Throws unless a manager is in a state in which it takes the task. */
export function checkTakes(
  taskName: string,
  states: readonly ManagerState[],
  state: ManagerState,
): void {
  if (states.includes(state)) return;
  throw new InvalidStateError(
    `Cannot add task "${taskName}" as the manager must be ${
      oneOf(states)
    }: current state is "${state}"`,
    { state, taskName },
  );
}
