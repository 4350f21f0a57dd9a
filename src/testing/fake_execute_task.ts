import type { ExecuteTask } from "../task.ts";
import type { TaskContext } from "../task_context.ts";
import { type FakeOptions, writerOf } from "./fake_log.ts";
import { enter, type FakeStage, fakeStage } from "./fake_stage.ts";

/**
 * An {@linkcode ExecuteTask} that records how it was called, and does what a
 * test says. By default `execute` waits until its signal aborts, and `drain`
 * returns at once.
 *
 * @example A job that is done when the test says so
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { FakeExecuteTask } from "@goasync/core/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const job = new FakeExecuteTask();
 * const gate = job.stages.execute.hold();
 *
 * const manager = new TaskManager();
 * manager.addExecuteTask("job", job, { type: "error" });
 * const run = manager.run();
 * const [context] = await gate.reached;
 * assertEquals(context.name, "job");
 *
 * gate.open();
 * await manager.stop();
 * await run;
 * ```
 */
export class FakeExecuteTask implements ExecuteTask {
  /** What each stage was called with, and what it does when called. */
  readonly stages: Readonly<Record<"execute" | "drain", FakeStage>>;

  /**
   * Creates a fake execute task.
   *
   * @param options How it is made.
   * @throws {TypeError} If the options are no object, or `log` is no array.
   */
  constructor(options: FakeOptions = {}) {
    const write = writerOf("create a FakeExecuteTask", options);
    this.stages = {
      execute: fakeStage("execute", ({ done }) => done, write),
      drain: fakeStage("drain", () => {}, write),
    };
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

  /** Forgets the calls of every stage. What the stages do, and the log, stay. */
  clear(): void {
    for (const stage of Object.values(this.stages)) stage.clear();
  }
}
