import type { TaskContext } from "./task_context.ts";

/**
 * Work that the manager executes next to all other work.
 *
 * Add one with `addExecuteTask`, before the manager runs or while it does.
 *
 * @example A queue consumer
 * ```ts
 * import { type ExecuteTask, TaskManager } from "@goasync/core";
 *
 * const consumer: ExecuteTask = {
 *   async execute({ done }) {
 *     await done;
 *   },
 * };
 *
 * const manager = new TaskManager();
 * manager.addExecuteTask("consumer", consumer);
 * const run = manager.run();
 * await manager.stop();
 * await run;
 * ```
 */
export interface ExecuteTask {
  /**
   * Does the work, until it is finished or the task is told to stop.
   *
   * What a return means depends on the {@linkcode TaskType}. A throw or a
   * rejection is recorded and stops every task, unless the task was told to
   * stop before and throws its signal's reason or an `AbortError`.
   *
   * @param context The task's name, and how it is told to stop.
   * @returns Anything; if it is a promise, the work is over when that settles.
   */
  execute(context: TaskContext): unknown;
  /**
   * Finishes what was accepted. Called once, when the manager is told to stop
   * after this task was executed and has not failed, right after `draining` of
   * every task has aborted; an execute task that has ended is not drained.
   * Nobody's `signal` aborts until every drain has settled, so what others are
   * needed for stays up; a `drainTimeout` bounds how long. A throw is recorded,
   * and stops no other drain.
   *
   * @param context The same context that `execute` is given.
   * @returns Anything; if it is a promise, the others are held up until that
   * settles.
   */
  drain?(context: TaskContext): unknown;
}

/**
 * Work that acquires something and gives it back in the end. It has at least
 * one of the four methods.
 *
 * Add one with `addTask`, before the manager runs. Every task is initialized,
 * one after another, before the first is executed; all execute side by side;
 * when the manager is told to stop, they drain side by side; cleanup runs one
 * after another in reverse order once everything has stopped.
 *
 * @example A database that others use while they execute
 * ```ts
 * import { type Task, TaskManager } from "@goasync/core";
 * import { assertEquals } from "@std/assert";
 *
 * const log: string[] = [];
 * const database: Task = {
 *   initialize: () => log.push("open"),
 *   cleanup: () => log.push("close"),
 * };
 *
 * const manager = new TaskManager();
 * manager.addTask("database", database);
 * manager.addExecuteTask("job", () => void manager.stop(), { type: "error" });
 * await manager.run();
 * assertEquals(log, ["open", "close"]);
 * ```
 */
export interface Task extends Partial<ExecuteTask> {
  /**
   * Acquires what the task needs.
   *
   * A throw or a rejection stops the manager: no other task is initialized,
   * none is executed, and cleanup runs from this task back to the first. As in
   * `execute`, it is clean to throw the signal's reason or an `AbortError` when
   * the task was told to stop before.
   *
   * @param context The same context that `execute` is given.
   * @returns Anything; if it is a promise, the task is ready when that settles.
   */
  initialize?(context: TaskContext): unknown;
  /**
   * Does the work, until it is finished or the task is told to stop. Left out,
   * the task waits until its signal aborts.
   *
   * What a return means depends on the {@linkcode TaskType}. A throw or a
   * rejection is recorded and stops every task, unless the task was told to
   * stop before and throws its signal's reason or an `AbortError`.
   *
   * @param context The task's name, and how it is told to stop.
   * @returns Anything; if it is a promise, the work is over when that settles.
   */
  execute?(context: TaskContext): unknown;
  /**
   * Gives back what the task acquired. Called once if `initialize` was, even
   * if that failed, unless the `shutdownTimeout` is over before. Any throw or
   * rejection is recorded, and keeps no other task from its cleanup.
   *
   * @param context A new context, whose signal is not aborted.
   * @returns Anything; if it is a promise, the task is cleaned up when that
   * settles.
   */
  cleanup?(context: TaskContext): unknown;
}

/**
 * The `execute` of an {@linkcode ExecuteTask} on its own.
 *
 * @param context The task's name, and how it is told to stop.
 * @returns Anything; if it is a promise, the work is over when that settles.
 */
export type ExecuteFunction = (context: TaskContext) => unknown;
