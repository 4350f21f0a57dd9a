import { type Report, type TaskError, TaskManager } from "@goasync/core";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { inEachState, STATES } from "../rules/in_each_state.ts";
import { microtasks } from "../rules/microtasks.ts";
import { untilStopped } from "../rules/noting_task.ts";
import { running } from "../rules/running.ts";
import { gate } from "../tasks/gate.ts";
import { pass } from "../tasks/pass.ts";
import { stuck } from "./stuck.ts";

/** Asserts that a report is nothing but data. */
function assertPlain(report: Report): void {
  assertEquals(structuredClone(report), report);
  assertEquals(JSON.parse(JSON.stringify(report)), report);
}

/** What the stages of each task say, without their times. */
function stages({ tasks }: Report): string[] {
  return tasks.flatMap(({ name, stages }) =>
    stages.map(({ stage, outcome }) => `${name} ${stage} ${outcome}`)
  );
}

/** Asserts that stages came one after another, within the run. */
function assertInOrder({ tasks, duration }: Report): void {
  for (const { stages } of tasks) {
    let last = 0;
    for (const { startedAt, endedAt } of stages) {
      assert(startedAt >= last, "a stage began before the last one ended");
      assert(endedAt === null || endedAt >= startedAt, "a stage ended early");
      last = endedAt ?? startedAt;
    }
    assert(duration >= last, "the run is shorter than a stage");
  }
}

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

  it("has the stages of each task in order, and how they have ended", async () => {
    const initializes = gate();
    const cleans = gate();
    const manager = new TaskManager();
    manager.addTask("1", { execute: () => {} }, { type: "stop-group" });
    manager.addTask("2", {
      initialize: () => initializes.reached,
      execute: ({ done }) => done.then(() => Promise.reject("broken")),
      cleanup: () => cleans.reached,
    });
    const { errors } = await running(manager);
    assertEquals(stages(manager.report()), [
      "1 initialize clean",
      "2 initialize null",
    ]);
    initializes.open();
    await microtasks();
    const stopping = manager.report();
    assertEquals(stages(stopping), [
      "1 initialize clean",
      "1 execute clean",
      "2 initialize clean",
      "2 execute failed",
      "2 cleanup null",
    ]);
    assertEquals(stopping.tasks[1]?.stages.at(-1)?.endedAt, null);
    cleans.open();
    assertEquals((await errors).length, 1);
    const report = manager.report();
    assertEquals(stages(report), [
      "1 initialize clean",
      "1 execute clean",
      "1 cleanup clean",
      "2 initialize clean",
      "2 execute failed",
      "2 cleanup clean",
    ]);
    assertEquals(
      report.tasks.map(({ name, type, state }) => ({ name, type, state })),
      [
        { name: "1", type: "stop-group", state: "clean" },
        { name: "2", type: "strict", state: "failed" },
      ],
    );
    assertInOrder(report);
  });

  it("tells of stages that timed out or were abandoned, and of those not begun", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({
      stopTimeout: 50,
      shutdownTimeout: 100,
    });
    manager.addTask("never", { execute: untilStopped, cleanup: () => {} });
    manager.addTask("slow", { execute: stuck, cleanup: stuck });
    const run = manager.runSettled();
    await time.runMicrotasks();
    manager.stop();
    await pass(time, 50);
    await pass(time, 50);
    assertEquals((await run).length, 3);
    const report = manager.report();
    assertPlain(report);
    assertEquals(stages(report), [
      "never initialize clean",
      "never execute clean",
      "slow initialize clean",
      "slow execute timed-out",
      "slow cleanup abandoned",
    ]);
    assertEquals(report.tasks.map(({ state }) => state), [
      "clean",
      "timed-out",
    ]);
  });

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
      { name: "timed out", type: "strict", state: "timed-out" },
      { name: "returned", type: "strict", state: "unexpected-stop" },
      { name: "failed", type: "strict", state: "failed" },
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
      { name: "stuck", type: "strict", state: "abandoned" },
    ]);
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
