/**
 * Fakes for tests: tasks and a manager that record how they were called, do
 * what a test says, and wait where a test holds them. They need no test
 * framework and no timers, and work on every runtime.
 *
 * A {@linkcode FakeTask} is for testing what runs tasks: a manager, or a task
 * that wraps another. A {@linkcode FakeTaskManager} is for testing what is
 * given a manager.
 *
 * @example A server that is slow to stop keeps its database
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { FakeTask } from "@goasync/core/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const log: string[] = [];
 * const database = new FakeTask({ log });
 * const server = new FakeTask({ log });
 * const gate = server.stages.execute.hold();
 *
 * const manager = new TaskManager();
 * manager.addTask("database", database);
 * manager.addTask("server", server);
 * const run = manager.run();
 *
 * await gate.reached; // The server executes…
 * manager.stop(); // …is told to stop, and does not…
 * assertEquals(database.stages.cleanup.callCount, 0);
 * gate.open(); // …until the test lets it go.
 * await run;
 *
 * assertEquals(database.stages.execute.calls[0]?.[0].name, "database");
 * assertEquals(log.slice(-5), [
 *   "server execute ends",
 *   "server cleanup begins",
 *   "server cleanup ends",
 *   "database cleanup begins",
 *   "database cleanup ends",
 * ]);
 * ```
 *
 * @module
 */

export type { FakeAsyncMethod, Gate } from "./fake_async_method.ts";
export { FakeExecuteTask } from "./fake_execute_task.ts";
export type { FakeOptions } from "./fake_log.ts";
export type { FakeMethod } from "./fake_method.ts";
export type { FakeStage } from "./fake_stage.ts";
export { FakeTask } from "./fake_task.ts";
export { FakeTaskManager } from "./fake_task_manager.ts";
export type { FakeTaskManagerMethods } from "./fake_task_manager_methods.ts";
