// What the report says of drains, in these interleavings:
// - a drain is not there, not called, goes on, has ended, has failed;
// - every signal aborts while it goes on: by a drainTimeout, half of the
//   shutdownTimeout, { drain: false }, a cancel; it ends later, or is left behind;
// - the same of execute tasks, which are forgotten when they have ended well;
// - drains in a manager within.

import { type Report, type StageReport, TaskManager } from "@goasync/core";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { stuck } from "../helpers/stuck.ts";
import { gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";

/** The stages of each task, in order. */
function stages({ tasks }: Report): string[][] {
  return tasks.map(({ stages }) => stages.map(({ stage }) => stage));
}

/** The drain of a task, and how it has ended, if it was cut short. */
function drainOf(report: Report, index = 0): StageReport {
  return report.tasks[index]!.stages.find(({ stage }) => stage === "drain")!;
}

/** What a drain says of its end. */
function endOf(drain: StageReport): unknown[] {
  const { outcome, cutShort = false, error } = drain;
  return error ? [outcome, cutShort, error.stage] : [outcome, cutShort];
}

describe("rule 17: the report", () => {
  it("lists initialize, execute and cleanup of every task, drain only where there is one", async () => {
    const manager = new TaskManager();
    manager.addTask("plain", { execute: untilStopped });
    manager.addTask("drains", { drain: () => {} });
    manager.addTask("initializes", { initialize: () => {} });
    const { errors } = await running(manager);
    await manager.stop();
    assertEquals(await errors, []);
    const report = manager.report();
    assertEquals(stages(report), [
      ["initialize", "execute", "cleanup"],
      ["initialize", "execute", "drain", "cleanup"],
      ["initialize", "execute", "cleanup"],
    ]);
    assertEquals(endOf(drainOf(report, 1)), ["clean", false]);
    assertEquals("cutShort" in drainOf(report, 1), false);
  });

  it("does not list a drain that was not called", async () => {
    const manager = new TaskManager();
    manager.addTask("aborted", { drain: () => {} });
    manager.addTask("cancelled", { drain: () => {} }).cancel();
    manager.addTask("failed", {
      execute: ({ done }) => done.then(() => Promise.reject("broken")),
      drain: () => {},
    });
    const { errors } = await running(manager);
    await manager.stop(undefined, { drain: false });
    assertEquals((await errors).length, 1);
    assertEquals(stages(manager.report()), [
      ["initialize", "execute", "cleanup"],
      [],
      ["initialize", "execute", "cleanup"],
    ]);
  });

  it("shows a drain that goes on", async () => {
    const ending = gate();
    const manager = new TaskManager();
    manager.addTask("it", { drain: () => ending.reached });
    const { errors } = await running(manager);
    manager.stop();
    await microtasks();
    const report = manager.report();
    assertEquals([report.state, report.tasks[0]!.state], [
      "draining",
      "draining",
    ]);
    const drain = drainOf(report);
    assertEquals([drain.endedAt, drain.outcome], [null, null]);
    assert(drain.startedAt >= report.tasks[0]!.stages[1]!.startedAt);
    ending.open();
    assertEquals(await errors, []);
    assertEquals(drain.endedAt, null, "a report is a copy");
    assert(drainOf(manager.report()).endedAt! >= drain.startedAt);
  });

  it("shows a drain that has ended before and after its execute", async () => {
    const executing = gate();
    const manager = new TaskManager();
    manager.addTask("it", {
      execute: () => executing.reached,
      drain: () => {},
    });
    const { errors } = await running(manager);
    manager.stop();
    const { state, tasks } = manager.report();
    assertEquals([state, tasks[0]!.state], ["stopping", "executing"]);
    assertEquals(tasks[0]!.stages.map(({ outcome }) => outcome), [
      "clean",
      null,
      "clean",
    ]);
    executing.open();
    assertEquals(await errors, []);
  });

  it("shows what a drain has thrown", async () => {
    const manager = new TaskManager();
    manager.addTask("it", { drain: () => Promise.reject("broken") });
    const { errors } = await running(manager);
    manager.stop();
    const [error] = await errors;
    const { stages, state } = manager.report().tasks[0]!;
    assertEquals(state, "failed");
    assertEquals(stages.map(({ outcome }) => outcome), [
      "clean",
      "clean",
      "failed",
      "clean",
    ]);
    assertEquals(drainOf(manager.report()).error, error!.toJSON());
  });

  it("says which drains were cut short, and no others", async () => {
    const ending = gate();
    const manager = new TaskManager();
    manager.addTask("quick", { drain: () => {} });
    manager.addTask("slow", { drain: () => ending.reached });
    manager.addTask("plain", { execute: untilStopped });
    const { errors } = await running(manager);
    manager.stop();
    assertEquals(endOf(drainOf(manager.report(), 1)), [null, false]);
    manager.stop(undefined, { drain: false });
    assertEquals(endOf(drainOf(manager.report(), 1)), [null, true]);
    ending.open();
    assertEquals(await errors, []);
    const report = manager.report();
    assertEquals(endOf(drainOf(report, 0)), ["clean", false]);
    assertEquals(endOf(drainOf(report, 1)), ["clean", true]);
    assertEquals(drainOf(report, 2), undefined);
  });

  it("says so of a drain that fails after it was cut short", async () => {
    const manager = new TaskManager();
    manager.addTask("it", {
      drain: ({ done }) => done.then(() => Promise.reject("broken")),
    });
    const { errors } = await running(manager);
    manager.stop();
    manager.stop(undefined, { drain: false });
    assertEquals((await errors).length, 1);
    assertEquals(endOf(drainOf(manager.report())), ["failed", true, "drain"]);
  });

  it("says so of a drain that is cut short by a cancel with { drain: false }", async () => {
    const ending = gate();
    const manager = new TaskManager();
    const handle = manager.addTask("it", { drain: () => ending.reached });
    const { errors } = await running(manager);
    handle.cancel();
    handle.cancel(undefined, { drain: false });
    ending.open();
    await handle.finished;
    assertEquals(endOf(drainOf(manager.report())), ["clean", true]);
    await manager.stop();
    assertEquals(await errors, []);
  });

  for (
    const [what, options] of [
      ["a drainTimeout", { drainTimeout: 50 }],
      ["half of the shutdownTimeout", { shutdownTimeout: 100 }],
    ] as const
  ) {
    it(`says so of a drain that is cut short by ${what}, and left behind`, async () => {
      using time = new FakeTime();
      const ending = gate();
      const manager = new TaskManager({ ...options, stopTimeout: 10 });
      manager.addTask("stuck", { drain: stuck });
      manager.addTask("slow", { drain: () => ending.reached });
      const errors = manager.runSettled();
      await time.runMicrotasks();
      manager.stop();
      await pass(time, 50);
      ending.open();
      await pass(time, 10);
      assertEquals((await errors).length, 1);
      const report = manager.report();
      assertEquals(endOf(drainOf(report)), ["timed-out", true, "drain"]);
      assertEquals(endOf(drainOf(report, 1)), ["clean", true]);
    });
  }

  it("has the error at execute where execute and drain are left behind", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ drainTimeout: 50, stopTimeout: 10 });
    manager.addTask("it", { execute: stuck, drain: stuck });
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop();
    await pass(time, 50);
    await pass(time, 10);
    assertEquals((await errors).length, 1);
    const { stages } = manager.report().tasks[0]!;
    assertEquals(endOf(stages[1]!), ["timed-out", false, "execute"]);
    assertEquals(endOf(stages[2]!), ["timed-out", true]);
  });

  it("says that a drain was abandoned", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ shutdownTimeout: 100 });
    manager.addTask("it", { drain: stuck });
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop();
    await pass(time, 50);
    await pass(time, 50);
    assertEquals((await errors).length, 1);
    const report = manager.report();
    assertEquals(endOf(drainOf(report)), ["abandoned", true, "drain"]);
    assertEquals(report.tasks[0]!.state, "abandoned");
  });

  it("shows the drain of an execute task that goes on, and forgets it with the task", async () => {
    const ending = gate();
    const manager = new TaskManager();
    manager.addExecuteTask("it", {
      execute: untilStopped,
      drain: () => ending.reached,
    });
    manager.addExecuteTask("plain", untilStopped);
    const { errors } = await running(manager);
    assertEquals(manager.report().executeTasks.map((task) => "drain" in task), [
      false,
      false,
    ]);
    manager.stop();
    await microtasks();
    const [task, plain] = manager.report().executeTasks;
    assertEquals([task!.state, plain!.state], ["draining", "executing"]);
    assertEquals("drain" in plain!, false);
    const { drain } = task!;
    assertEquals([drain!.stage, ...endOf(drain!)], ["drain", null, false]);
    manager.stop(undefined, { drain: false });
    assertEquals(manager.report().executeTasks[0]!.drain!.cutShort, true);
    ending.open();
    assertEquals(await errors, []);
    const { executeTasks, counts } = manager.report();
    assertEquals(executeTasks, []);
    assertEquals(counts.clean, 2);
  });

  it("shows the drain of an execute task that has failed, and the first error", async () => {
    const manager = new TaskManager();
    manager.addExecuteTask("by draining", {
      execute: untilStopped,
      drain: () => Promise.reject("broken"),
    });
    manager.addExecuteTask("by executing", {
      execute: ({ done }) => done.then(() => Promise.reject("broken")),
      drain: () => {},
    });
    manager.addExecuteTask("by both", {
      execute: ({ done }) => done.then(() => Promise.reject("later")),
      drain: () => Promise.reject("broken"),
    });
    const { errors } = await running(manager);
    manager.stop();
    assertEquals((await errors).length, 4);
    const { executeTasks } = manager.report();
    assertEquals(
      executeTasks.map(({ state, drain, error }) => [
        state,
        drain?.outcome,
        drain?.error?.cause,
        error?.stage,
        error?.cause,
      ]),
      [
        ["failed", "failed", "broken", "drain", "broken"],
        ["failed", "clean", undefined, "execute", "broken"],
        ["failed", "failed", "broken", "drain", "broken"],
      ],
    );
  });

  it("shows the drain of a task that is a manager, and of those within in its own", async () => {
    const ending = gate();
    const inner = new TaskManager();
    inner.addTask("leaf", { drain: () => ending.reached });
    const outer = new TaskManager();
    outer.addTask("inner", inner.asTask());
    const { errors } = await running(outer);
    outer.stop();
    outer.stop(undefined, { drain: false });
    await microtasks();
    ending.open();
    assertEquals(await errors, []);
    assertEquals(endOf(drainOf(outer.report())), ["clean", true]);
    assertEquals(endOf(drainOf(inner.report())), ["clean", true]);
  });

  it("is plain data", async () => {
    const ending = gate();
    const manager = new TaskManager();
    const drain = () => ending.reached;
    manager.addTask("task", { drain });
    manager.addTask("bad", { drain: () => Promise.reject("broken") });
    manager.addExecuteTask("execute task", { execute: untilStopped, drain });
    const { errors } = await running(manager);
    const check = () => {
      const report = manager.report();
      assertEquals(JSON.parse(JSON.stringify(report)), report);
    };
    manager.stop();
    await microtasks();
    check();
    manager.stop(undefined, { drain: false });
    check();
    ending.open();
    assertEquals((await errors).length, 1);
    check();
  });
});

describe("rule 17: the events of drains that are cut short", () => {
  it("are one for each, when every signal aborts, by its path", async () => {
    const ending = gate();
    const events: string[] = [];
    const inner = new TaskManager();
    inner.addTask("leaf", { drain: () => ending.reached });
    const outer = new TaskManager();
    outer.addExecuteTask("inner", inner);
    outer.addTask("slow", { drain: () => ending.reached });
    outer.addTask("quick", { drain: () => {} });
    const { errors } = await running(outer);
    outer.subscribe(({ type, path }) => {
      if (type === "drain-cut-short") events.push(path.join("/"));
    });
    outer.stop();
    await microtasks();
    assertEquals(events, []);
    outer.stop(undefined, { drain: false });
    await microtasks();
    assertEquals(events.toSorted(), ["inner", "inner/leaf", "slow"]);
    ending.open();
    assertEquals(await errors, []);
    assertEquals(events.length, 3);
  });
});
