import { TaskManager } from "@goasync/core";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { running } from "../helpers/running.ts";
import { assertPlain } from "../helpers/report_data.ts";

describe("TaskManager.report(), what started the stop", () => {
  const stops: {
    by: string;
    reason: string;
    taskName: string | null;
    stop: (manager: TaskManager, shutdown: AbortController) => void;
  }[] = [
    {
      by: "signal",
      reason: "enough",
      taskName: null,
      stop: (_, shutdown) => shutdown.abort(new Error("enough")),
    },
    {
      by: "stop",
      reason: "enough",
      taskName: null,
      stop: (manager) => void manager.stop("enough"),
    },
    {
      by: "stop",
      reason: "The manager was stopped",
      taskName: null,
      stop: (manager) => void manager.stop(),
    },
    {
      by: "task",
      reason: "broken",
      taskName: "failing",
      stop: (manager) => {
        manager.addExecuteTask("failing", () => Promise.reject("broken"));
      },
    },
  ];
  for (const { by, reason, taskName, stop } of stops) {
    it(`says that a stop was started by ${taskName ?? by}: ${reason}`, async () => {
      const shutdown = new AbortController();
      const manager = new TaskManager();
      const { errors } = await running(manager, { signal: shutdown.signal });
      assertEquals(manager.report().stop, null);
      stop(manager, shutdown);
      await errors;
      manager.stop("too late");
      const report = manager.report();
      assertEquals(report.stop?.by, by);
      assertEquals(report.stop?.taskName, taskName);
      assertStringIncludes(report.stop!.reason, reason);
      assert(report.stop!.at <= report.duration);
      assertPlain(report);
    });
  }

  it("says that a stop was started by the stop-group", async () => {
    const manager = new TaskManager();
    manager.addTask("it", { execute: () => {} }, { type: "stop-group" });
    await manager.run();
    const { stop } = manager.report();
    assertEquals([stop?.by, stop?.taskName], ["stop-group", null]);
  });

  it("says which initialize started a stop", async () => {
    const manager = new TaskManager();
    manager.addTask("failing", {
      initialize: () => Promise.reject("broken"),
      execute: () => {},
    });
    await manager.runSettled();
    const { stop } = manager.report();
    assertEquals([stop?.by, stop?.taskName], ["task", "failing"]);
  });

  it("says that a manager within was stopped by a signal", async () => {
    const inner = new TaskManager();
    const outer = new TaskManager();
    outer.addExecuteTask("inner", inner);
    await running(outer);
    await outer.stop("enough");
    assertEquals(inner.report().stop?.by, "signal");
    assertEquals(inner.report().stop?.reason, "enough");
  });
});
