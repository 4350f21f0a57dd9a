import type { Stage } from "../states.ts";
import type { Task } from "../task.ts";
import type { TaskContext } from "../task_context.ts";
import { type FakeOptions, writerOf } from "./fake_log.ts";
import { enter, type FakeStage, fakeStage } from "./fake_stage.ts";

/**
 * A {@linkcode Task} that records how it was called, and does what a test says.
 *
 * By default it does what a good task does: `initialize`, `drain` and `cleanup`
 * return at once, and `execute` waits until its signal aborts. Each of its
 * {@linkcode FakeTask.stages} can be given something else to do.
 *
 * @example What was called, and in which order
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { FakeTask } from "@goasync/core/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const log: string[] = [];
 * const database = new FakeTask({ log });
 * const server = new FakeTask({ log });
 * server.stages.initialize.throws(new Error("Port 8000 is in use"));
 *
 * const manager = new TaskManager();
 * manager.addTask("database", database);
 * manager.addTask("server", server);
 * await manager.runSettled();
 *
 * assertEquals(server.stages.execute.callCount, 0);
 * assertEquals(log, [
 *   "database initialize begins",
 *   "database initialize ends",
 *   "server initialize begins",
 *   "server initialize fails",
 *   "server cleanup begins",
 *   "server cleanup ends",
 *   "database cleanup begins",
 *   "database cleanup ends",
 * ]);
 * ```
 *
 * @example What a database sees while a server drains
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { FakeTask } from "@goasync/core/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const database = new FakeTask();
 * const server = new FakeTask();
 * const gate = server.stages.drain.hold();
 *
 * const manager = new TaskManager();
 * manager.addTask("database", database);
 * manager.addTask("server", server);
 * manager.addExecuteTask("stop", () => void manager.stop(), { type: "error" });
 * const run = manager.run();
 *
 * await gate.reached; // Both were told to stop, and the server drains…
 * const [context] = database.stages.execute.calls[0]!;
 * assertEquals(context.draining.aborted, true);
 * assertEquals(context.signal.aborted, false); // …with its database.
 *
 * gate.open();
 * await run;
 * assertEquals(context.signal.aborted, true);
 * ```
 */
export class FakeTask implements Task {
  /** What each stage was called with, and what it does when called. */
  readonly stages: Readonly<Record<Stage, FakeStage>>;

  /**
   * Creates a fake task.
   *
   * @param options How it is made.
   * @throws {TypeError} If the options are no object, or `log` is no array.
   */
  constructor(options: FakeOptions = {}) {
    const write = writerOf("create a FakeTask", options);
    this.stages = {
      initialize: fakeStage("initialize", () => {}, write),
      execute: fakeStage("execute", ({ done }) => done, write),
      drain: fakeStage("drain", () => {}, write),
      cleanup: fakeStage("cleanup", () => {}, write),
    };
  }

  /**
   * What a manager calls: does what `stages.initialize` was set to.
   *
   * @param context The context of the task.
   * @returns What the stub returns; by default nothing.
   * @throws {TypeError} If the context is no TaskContext.
   */
  initialize(context: TaskContext): unknown {
    return enter(this.stages.initialize, "initialize", context);
  }

  /**
   * What a manager calls: does what `stages.execute` was set to.
   *
   * @param context The context of the task.
   * @returns What the stub returns; by default a promise that resolves when
   * its signal aborts.
   * @throws {TypeError} If the context is no TaskContext.
   */
  execute(context: TaskContext): unknown {
    return enter(this.stages.execute, "execute", context);
  }

  /**
   * What a manager calls: does what `stages.drain` was set to.
   *
   * @param context The context of the task.
   * @returns What the stub returns; by default nothing.
   * @throws {TypeError} If the context is no TaskContext.
   */
  drain(context: TaskContext): unknown {
    return enter(this.stages.drain, "drain", context);
  }

  /**
   * What a manager calls: does what `stages.cleanup` was set to.
   *
   * @param context The context of the task.
   * @returns What the stub returns; by default nothing.
   * @throws {TypeError} If the context is no TaskContext.
   */
  cleanup(context: TaskContext): unknown {
    return enter(this.stages.cleanup, "cleanup", context);
  }

  /** Forgets the calls of every stage. What the stages do, and the log, stay. */
  clear(): void {
    for (const stage of Object.values(this.stages)) stage.clear();
  }
}
