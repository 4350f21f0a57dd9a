import { InvalidStateError } from "../invalid_state_error.ts";
import type { ProcessHere } from "../signals/process_here.ts";
import type { ManagerState } from "../states.ts";

/** Under which the process keeps its manager, for every copy of this package. */
const KEY: unique symbol = Symbol.for("@goasync/core/main");

/** A manager that runs as the process. */
interface Claimant {
  readonly state: ManagerState;
}

/** A process that a manager may run as. */
interface Claimable extends ProcessHere {
  [KEY]?: Claimant | undefined;
}

/**
 * Makes a manager the one that runs as the process.
 *
 * @returns What makes way for another one.
 */
export function claimProcess(
  process: Claimable,
  manager: Claimant,
): () => void {
  const other = process[KEY];
  if (other) {
    const { state } = other;
    throw new InvalidStateError(
      `Cannot run a manager as the process as another one is: wait until it is over, its state is "${state}"`,
      { state },
    );
  }
  process[KEY] = manager;
  return () => process[KEY] = undefined;
}
