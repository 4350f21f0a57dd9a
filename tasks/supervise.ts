/**
 * A task that is restarted, whole, when it fails.
 *
 * @example A connection that is made anew when it is lost
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { supervise } from "@goasync/core/tasks/supervise";
 * import { assertEquals } from "@std/assert";
 *
 * const log: string[] = [];
 * const manager = new TaskManager();
 * manager.addTask(
 *   "upstream",
 *   supervise({
 *     initialize: () => log.push("connect"),
 *     execute() {
 *       if (log.length < 3) throw new Error("Connection lost");
 *       manager.stop();
 *     },
 *     cleanup: () => log.push("hang up"),
 *   }, { backoff: { min: 1 } }),
 * );
 * await manager.run();
 * assertEquals(log, ["connect", "hang up", "connect", "hang up"]);
 * ```
 *
 * @module
 */

import type { ExecuteFunction, Task, TaskContext } from "../mod.ts";
import type { BackoffOptions } from "./_backoff.ts";
import type { RestartIntensity } from "./_intensity.ts";
import { OneRun } from "./_one_run.ts";
import type { Restart } from "./_restarts.ts";
import { type SuperviseOptions, supervisionOf } from "./_supervise_options.ts";
import { Supervision } from "./_supervision.ts";
import { sourceOf, type TaskSource } from "./_task_source.ts";
import { executeOnly } from "./_wrapped.ts";

export type {
  BackoffOptions,
  Restart,
  RestartIntensity,
  SuperviseOptions,
  TaskSource,
};

/** A task that is restarted, and what can be read of it. */
export interface Supervised extends Task {
  /**
   * Whether it works: its current generation is initialized, and has not ended.
   */
  readonly isUp: boolean;
  /** How often it was restarted, in this run or the last one. */
  readonly restarts: number;
  /**
   * Initializes the task, again and again until it is up.
   *
   * @param context What the context of each generation follows.
   * @returns A promise that resolves when it is up or told to stop.
   */
  initialize(context: TaskContext): Promise<void>;
  /**
   * Executes the task, and restarts it when it fails.
   *
   * @param context What the context of each generation follows.
   * @returns A promise that resolves when it has returned or is told to stop.
   */
  execute(context: TaskContext): Promise<void>;
  /**
   * Cleans up the last generation.
   *
   * @param context What its context follows.
   * @returns A promise that resolves when it is cleaned up.
   */
  cleanup(context: TaskContext): Promise<void>;
}

/**
 * Restarts a task when it fails, so that what it depends on may come and go.
 *
 * A task lives from `initialize` to `cleanup`; that is a generation. When one
 * fails, in `initialize` or in `execute`, its signal aborts, it is cleaned up,
 * and after a wait the next one begins, with a context of its own. The wait is
 * 100 ms at first and doubles up to 30 s, half of it by chance, until a
 * generation has executed for 10 s. Each restart is noted, and told to
 * `onRestart`. With `restart: "always"` it is restarted when it returns, too.
 *
 * The first `initialize` is tried again within the task's own, so that what was
 * added after it starts only when it is up. An `initializeTimeout` for the whole
 * can be given where it is added; the timeouts here are those of each
 * generation. One that overruns is left behind: its `abandoned` aborts, and the
 * next one may begin while it still does something. The code of such an error is
 * `"FAILED"`, and its cause a `TimeoutError`.
 *
 * Told to stop, it drains and stops the current generation, which is cleaned up
 * when the task is. If it waits, it ends at once; if one is initialized, that is
 * aborted at once; if one is cleaned up, that is waited for. What `execute`,
 * `drain` and the last `cleanup` throw then is passed through. What an
 * `initialize` throws that was to be tried again, and what a `cleanup` throws
 * before the next generation, is only noted. When `intensity` allows no more
 * restarts, the task fails with an `Error` that has the last one as its cause.
 *
 * Added with `addExecuteTask`, only `execute` and `drain` are called, also when
 * it is restarted; a TaskManager runs whole. Executed again, as `schedule` does
 * it, it cleans up the generation that has ended, and begins the next.
 *
 * @example Restart a group of tasks
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { supervise } from "@goasync/core/tasks/supervise";
 * import { assertEquals } from "@std/assert";
 *
 * let groups = 0;
 * const payments = supervise({
 *   create() {
 *     const group = new TaskManager();
 *     group.addTask("connection", { initialize: () => groups++ });
 *     group.addExecuteTask("consumer", () => {
 *       if (groups < 3) throw new Error("Connection lost");
 *       manager.stop();
 *     });
 *     return group;
 *   },
 * }, { backoff: { min: 1 } });
 * const manager = new TaskManager();
 * manager.addTask("payments", payments);
 * await manager.run();
 * assertEquals(groups, 3);
 * ```
 *
 * @example Give up
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { supervise } from "@goasync/core/tasks/supervise";
 * import { assertEquals } from "@std/assert";
 *
 * const manager = new TaskManager();
 * const task = supervise(() => {
 *   throw new Error("No route to host");
 * }, { backoff: { min: 1 }, intensity: { restarts: 2, within: 60_000 } });
 * manager.addTask("it", task);
 *
 * const [error] = await manager.runSettled();
 * assertEquals(
 *   error?.message,
 *   'Task "it" failed in execute: Gave up after 2 restarts within 60000 ms: No route to host',
 * );
 * assertEquals(task.restarts, 2);
 * ```
 *
 * @param task The task, a function that is its `execute`, or an object whose
 * `create` makes one for each generation, which is the way to restart a
 * TaskManager.
 * @param options How it behaves.
 * @returns A task to add to a manager, of the type that it has without this. It
 * can be in one run at a time.
 * @throws {TypeError} If the task is a TaskManager, which runs once, is neither a
 * function nor has a method of a task, or one of them is no function or a
 * generator function; `create` or `onRestart` is no function; or the options,
 * `backoff` or `intensity` are no object, or `restart` or `initialize` is
 * something else than listed. What `create` returns is checked when it does.
 * @throws {RangeError} If a number in the options is out of its range.
 */
export function supervise(
  task: Task | ExecuteFunction | TaskSource,
  options: SuperviseOptions = {},
): Supervised {
  const { create, mayDrain } = sourceOf(task);
  const { newRestarts, ...rules } = supervisionOf(options);
  const runs = new OneRun<Supervision>();
  let latest: Supervision | undefined;
  const begin = ({ name }: TaskContext, createNext = create) =>
    latest = runs.begin(
      () => new Supervision({ create: createNext, ...rules }, newRestarts()),
      name,
    );
  const own: Supervised = {
    get isUp() {
      return latest?.isUp ?? false;
    },
    get restarts() {
      return latest?.restarts ?? 0;
    },
    async initialize(context) {
      await begin(context).initialize(context);
    },
    async execute(context) {
      if (runs.current) return await runs.current.execute(context);
      const supervision = begin(context, () => executeOnly(create()));
      try {
        await supervision.execute(context);
      } finally {
        runs.end();
        supervision.release();
      }
    },
    async cleanup(context) {
      await runs.end()?.cleanup(context);
    },
  };
  if (mayDrain) own.drain = () => runs.current?.drain();
  return own;
}
