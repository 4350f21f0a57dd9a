import { type Report, type TaskError, TaskManager } from "@goasync/core";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { inEachState, STATES } from "../helpers/in_each_state.ts";
import { untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";
import { gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";
import { assertInOrder, assertPlain } from "../helpers/report_data.ts";

describe("TaskManager.report()", () => {
  it("has a duration that is no longer than the run was", async () => {
    const before = performance.now();
    const manager = new TaskManager();
    manager.addTask("it", { execute: () => void manager.stop() });
    await manager.run();
    const { duration, tasks, stop } = manager.report();
    assert(duration <= performance.now() - before);
    assert(tasks[0]!.stages.every(({ endedAt }) => endedAt! <= duration));
    assert(stop!.at <= duration);
  });

  it("has the times of a clock that starts at 0", async () => {
    const real = performance.now;
    let now = 0;
    performance.now = () => now;
    try {
      const manager = new TaskManager();
      manager.addTask("it", {
        initialize: () => void (now += 100),
        execute() {
          now += 50;
          manager.stop();
        },
      });
      assertEquals(manager.report().duration, 0);
      await manager.run();
      const { duration, stop, tasks } = manager.report();
      assertEquals(duration, 150);
      assertEquals(stop?.at, 150);
      assertEquals(tasks[0]!.stages.map(({ endedAt }) => endedAt), [
        100,
        150,
        150,
      ]);
    } finally {
      performance.now = real;
    }
  });

  it("is plain data in every state", async () => {
    const reports = await inEachState((manager) => manager.report());
    for (const state of STATES) {
      const report = reports.get(state) as Report;
      assertEquals(report.state, state);
      assertPlain(report);
      assertInOrder(report);
    }
  });

  it("says nothing of a run before it", async () => {
    const manager = new TaskManager();
    manager.addTask("task", { execute: () => {} }, { type: "error" });
    manager.addExecuteTask("execute task", () => {});
    assertEquals(manager.report(), {
      state: "idle",
      since: 0,
      startedAt: null,
      duration: 0,
      stop: null,
      tasks: [{ name: "task", type: "error", state: "waiting", stages: [] }],
      executeTasks: [
        { name: "execute task", type: "strict", state: "waiting" },
      ],
      counts: { clean: 0, "never-started": 0 },
    });
    await manager.stop();
    const report = manager.report();
    assertEquals(report.startedAt, null);
    assertEquals(report.tasks[0]?.state, "never-started");
    assertEquals(report.executeTasks, []);
    assertEquals(report.counts, { clean: 0, "never-started": 1 });
  });

  it("says when the run started", async () => {
    using time = new FakeTime(1_000_000);
    const manager = new TaskManager();
    const run = manager.run();
    await pass(time, 500);
    assertEquals(manager.report().startedAt, 1_000_000);
    await manager.stop();
    await run;
    assertEquals(manager.report().startedAt, 1_000_000);
  });

  it("is a copy each time", async () => {
    const manager = new TaskManager();
    manager.addTask("it", { execute: untilStopped });
    const { errors } = await running(manager);
    const change = () => {
      const report = manager.report();
      report.tasks[0]!.stages.length = 0;
      report.tasks.length = 0;
      report.counts.clean = 1_000;
      if (report.stop) report.stop.by = "task";
    };
    const assertUnchanged = () => {
      const report = manager.report();
      assertEquals(report.tasks[0]?.stages[0]?.stage, "initialize");
      assertEquals(report.counts.clean, 0);
    };
    change();
    assertUnchanged();
    await manager.stop();
    change();
    assertUnchanged();
    assertEquals(manager.report().stop?.by, "stop");
    assertEquals(await errors, []);
  });

  it("stays as it was when a run is over", async () => {
    using time = new FakeTime();
    const later = gate();
    const manager = new TaskManager({ shutdownTimeout: 10 });
    manager.addTask("slow", { execute: () => later.reached });
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop();
    await pass(time, 10);
    const report = manager.report();
    assertEquals(report.state, "finished");
    later.open();
    await pass(time, 1_000);
    assertEquals(manager.report(), report);
    const list: TaskError[] = await errors;
    assertEquals(list.length, 1);
  });
});
