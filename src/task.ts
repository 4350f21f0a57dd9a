import type { TaskContext } from "./context.ts";

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
   * @param context The task's name, and the signal that tells it to stop.
   * @returns Nothing, or a promise that settles when the work is over.
   */
  execute(context: TaskContext): void | PromiseLike<unknown>;
}

/**
 * Work that acquires something before it executes and gives it back in the end.
 *
 * Add one with `addTask`, before the manager runs. Every task is initialized,
 * one after another, before the first is executed; cleanup runs one after
 * another in reverse order once everything has stopped executing.
 *
 * @example A database that others use while they execute
 * ```ts
 * import { type Task, TaskManager } from "@goasync/core";
 * import { assertEquals } from "@std/assert";
 *
 * const log: string[] = [];
 * const database: Task = {
 *   initialize: () => void log.push("open"),
 *   execute: ({ done }) => done,
 *   cleanup: () => void log.push("close"),
 * };
 *
 * const manager = new TaskManager();
 * manager.addTask("database", database);
 * manager.addExecuteTask("job", () => void manager.stop(), { type: "error" });
 * await manager.run();
 * assertEquals(log, ["open", "close"]);
 * ```
 */
export interface Task extends ExecuteTask {
  /**
   * Acquires what the task needs.
   *
   * A throw or a rejection stops the manager: no other task is initialized,
   * none is executed, and cleanup runs from this task back to the first. As in
   * `execute`, it is clean to throw the signal's reason or an `AbortError` when
   * the task was told to stop before.
   *
   * @param context The same context that `execute` is given.
   * @returns Nothing, or a promise that settles when the task is ready.
   */
  initialize?(context: TaskContext): void | PromiseLike<unknown>;
  /**
   * Gives back what the task acquired. Called once if `initialize` was, even
   * if that failed, unless the `shutdownTimeout` is over before. Any throw or
   * rejection is recorded, and keeps no other task from its cleanup.
   *
   * @param context A new context, whose signal is not aborted.
   * @returns Nothing, or a promise that settles when the task is cleaned up.
   */
  cleanup?(context: TaskContext): void | PromiseLike<unknown>;
}

/**
 * The `execute` of an {@linkcode ExecuteTask} on its own.
 *
 * @param context The task's name, and the signal that tells it to stop.
 * @returns Nothing, or a promise that settles when the work is over.
 */
export type ExecuteFunction = (
  context: TaskContext,
) => void | PromiseLike<unknown>;

/**
 * What it means for the others when a {@linkcode Task} ends. Whatever the
 * type, a task that fails stops everything.
 *
 * - `"strict"`: expected to execute until it is told to stop. Returning before
 *   that is an error and stops everything.
 * - `"error"`: may return at any time.
 * - `"stop-group"`: may return. When every task of this type has returned,
 *   everything is stopped.
 */
export type TaskType = "strict" | "error" | "stop-group";

/**
 * What it means for the others when an {@linkcode ExecuteTask} ends. Whatever
 * the type, a task that fails stops everything.
 *
 * - `"strict"`: expected to execute until it is told to stop. Returning before
 *   that is an error and stops everything.
 * - `"error"`: may return at any time.
 */
export type ExecuteTaskType = "strict" | "error";

/** The methods of a {@linkcode Task}, in the order the manager calls them. */
export type Stage = "initialize" | "execute" | "cleanup";
