import { TaskManager } from "@goasync/core";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { untilStopped } from "../helpers/noting_task.ts";
import { stuck } from "../helpers/stuck.ts";
import { pass } from "../helpers/pass.ts";
import { assertPlain } from "../helpers/report_data.ts";

describe("TaskManager.report(), execute tasks", () => {
  it("has execute tasks one by one when they wait, run or went wrong, and counts the rest", async () => {
    using time = new FakeTime();
    const manager = new TaskManager();
    const type = "error";
    manager.addExecuteTask("queued", () => {}, { type });
    const cancelled = manager.addExecuteTask("cancelled", () => {});
    cancelled.cancel();
    assertEquals(manager.report().executeTasks, [
      { name: "queued", type, state: "waiting" },
    ]);
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.addExecuteTask("runs", untilStopped);
    manager.addExecuteTask("timed out", stuck, { stopTimeout: 10 });
    manager.addExecuteTask("quick", () => {}, { type });
    await time.runMicrotasks();
    let report = manager.report();
    assertEquals(report.executeTasks, [
      { name: "runs", type: "strict", state: "executing" },
      { name: "timed out", type: "strict", state: "executing" },
    ]);
    assertEquals(report.counts, { clean: 2, "never-started": 1 });
    manager.addExecuteTask("returned", () => {});
    manager.addExecuteTask("failed", () => Promise.reject("broken"));
    await pass(time, 10);
    assertEquals((await errors).length, 3);
    report = manager.report();
    assertEquals(report.executeTasks, [
      {
        name: "timed out",
        type: "strict",
        state: "timed-out",
        error: {
          name: "TaskError",
          message:
            'Task "timed out" timed out in execute: stopTimeout of 10 ms is over',
          code: "TIMEOUT",
          stage: "execute",
          path: ["timed out"],
          cause: "stopTimeout of 10 ms is over",
        },
      },
      {
        name: "returned",
        type: "strict",
        state: "unexpected-stop",
        error: {
          name: "TaskError",
          message:
            'Task "returned" returned from execute before it was told to stop: use type "error" for a task that may end',
          code: "UNEXPECTED_STOP",
          stage: "execute",
          path: ["returned"],
          cause: null,
        },
      },
      {
        name: "failed",
        type: "strict",
        state: "failed",
        error: {
          name: "TaskError",
          message: 'Task "failed" failed in execute: broken',
          code: "FAILED",
          stage: "execute",
          path: ["failed"],
          cause: "broken",
        },
      },
    ]);
    assertEquals(report.counts, { clean: 3, "never-started": 1 });
    assertPlain(report);
  });

  it("has abandoned execute tasks one by one", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ shutdownTimeout: 10 });
    manager.addExecuteTask("stuck", stuck);
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop();
    await pass(time, 10);
    assertEquals((await errors).length, 1);
    assertEquals(manager.report().executeTasks, [
      {
        name: "stuck",
        type: "strict",
        state: "abandoned",
        error: {
          name: "TaskError",
          message:
            'Task "stuck" timed out in execute: shutdownTimeout of 10 ms is over',
          code: "TIMEOUT",
          stage: "execute",
          path: ["stuck"],
          cause: "shutdownTimeout of 10 ms is over",
        },
      },
    ]);
  });
});
