import { escapeControls } from "./messages.ts";
import type { ManagerState } from "./states.ts";

/** What an {@linkcode InvalidStateError} is made of. */
export interface InvalidStateErrorOptions {
  /** The state the manager was in. */
  state: ManagerState;
  /**
   * The task that was to be added.
   *
   * @default {none}
   */
  taskName?: string | undefined;
}

/**
 * A call that the manager cannot take in the state it is in. The call changed
 * nothing.
 *
 * @example Adding a task too late
 * ```ts
 * import { InvalidStateError, TaskManager } from "@goasync/core";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const manager = new TaskManager();
 * await manager.stop();
 *
 * const error = assertThrows(
 *   () => manager.addExecuteTask("late", () => {}),
 *   InvalidStateError,
 * );
 * assertEquals(error.state, "finished");
 * assertEquals(error.taskName, "late");
 * ```
 */
export class InvalidStateError extends Error {
  static {
    this.prototype.name = "InvalidStateError";
  }
  readonly #state: ManagerState;
  readonly #taskName: string | undefined;

  /**
   * Creates an error; the manager does this for you.
   *
   * @param message What cannot be done, and in which states it can.
   * @param options What the error is made of.
   */
  constructor(message: string, options: InvalidStateErrorOptions) {
    super(escapeControls(message));
    this.#state = options.state;
    this.#taskName = options.taskName;
  }

  /** The state the manager was in. */
  get state(): ManagerState {
    return this.#state;
  }

  /** The task that was to be added, if the call was to add one. */
  get taskName(): string | undefined {
    return this.#taskName;
  }

  /**
   * What `JSON.stringify` shows of the error.
   *
   * @returns Its name and message, the state, and the task if there is one.
   */
  toJSON(): {
    name: string;
    message: string;
    state: ManagerState;
    taskName: string | undefined;
  } {
    const { name, message, state, taskName } = this;
    return { name, message, state, taskName };
  }
}
