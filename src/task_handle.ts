import { checkOptions } from "./arguments.ts";
import { abortError } from "./abort_errors.ts";
import { showAs } from "./shown.ts";
import type { TaskOutcome, TaskState } from "./states.ts";

/** How a task is cancelled. */
export interface StopOptions {
  /**
   * Whether drains get their time. With `false`, every signal aborts at once.
   *
   * @default {true}
   */
  drain?: boolean | undefined;
}

/** How a manager is stopped. */
export interface ManagerStopOptions extends StopOptions {
  /**
   * What the report and the events name as what started the stop. `"stray"` is
   * for an error that no task has thrown; if a stop has begun before, the report
   * has it among the `laterStops`.
   *
   * @default {"stop"}
   */
  by?: "stop" | "stray" | undefined;
}

/**
 * A task that was added: what became of it, and the way to stop it alone.
 *
 * @example Cancel one task, and wait for another
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { assertEquals } from "@std/assert";
 *
 * const manager = new TaskManager();
 * const run = manager.run();
 * const job = manager.addExecuteTask("job", () => {}, { type: "error" });
 * const poller = manager.addExecuteTask("poller", ({ done }) => done);
 *
 * assertEquals(await job.finished, "clean");
 * poller.cancel();
 * assertEquals(await poller.finished, "clean");
 * assertEquals(manager.state, "executing");
 *
 * await manager.stop();
 * await run;
 * ```
 */
export interface TaskHandle {
  /** The name the task was added with. */
  readonly name: string;
  /** Where the task is in its life. */
  readonly state: TaskState;
  /**
   * How the task has ended. Settles when its execute, and a drain begun before
   * that ended, are over or never will start, before any cleanup, so that a
   * task may await another without holding up the stop; awaiting itself, it
   * would wait forever. Never rejects.
   */
  readonly finished: Promise<TaskOutcome>;
  /**
   * Tells this task alone to stop, and drains it, which holds up its own signal
   * only; nobody else is stopped by it, whatever it throws. The last task of a
   * stop-group that ends stops everything this way, too.
   *
   * Before its initialize, the task is skipped altogether. During or after it,
   * its execute is skipped or stopped, and its cleanup comes at its usual turn.
   * Once it was told to stop or has ended, this changes nothing, but that
   * `{ drain: false }` ends the draining of one that was cancelled.
   *
   * @param reason What the task's signals give as their reason; an `AbortError`
   * if it is left out.
   * @param options Whether it is drained.
   * @throws {TypeError} If the options are no object.
   */
  cancel(reason?: unknown, options?: StopOptions): void;
}

/** What a handle asks of the task that it stands for. */
export interface HandleSource {
  readonly name: string;
  readonly state: TaskState;
  readonly finished: Promise<TaskOutcome>;
  cancel(reason: unknown, drain: boolean): void;
}

/** The handle that a manager gives: it shows nothing of the task itself. */
export class SourceHandle implements TaskHandle {
  static {
    showAs("TaskHandle", this.prototype);
  }
  readonly #source: HandleSource;

  constructor(source: HandleSource) {
    this.#source = source;
  }

  get name(): string {
    return this.#source.name;
  }

  get state(): TaskState {
    return this.#source.state;
  }

  get finished(): Promise<TaskOutcome> {
    return this.#source.finished;
  }

  cancel(
    reason: unknown = abortError("The task was cancelled"),
    options: StopOptions = {},
  ): void {
    checkOptions(`cancel task "${this.name}"`, options);
    this.#source.cancel(reason, options.drain ?? true);
  }

  toJSON(): { name: string; state: TaskState } {
    return { name: this.name, state: this.state };
  }
}
