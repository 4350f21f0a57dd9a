import { type StageReport, TaskManager } from "@goasync/core";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { microtasks } from "../helpers/microtasks.ts";
import { running } from "../helpers/running.ts";
import { stuck } from "../helpers/stuck.ts";
import { gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";
import { assertPlain, stagesOf } from "../helpers/report_data.ts";

/** The drain of the first task. */
function drainOf(manager: TaskManager): StageReport | undefined {
  const { tasks: [task] } = manager.report();
  return task?.stages.find(({ stage }) => stage === "drain");
}

describe("TaskManager.report(), drains", () => {
  it("has them where there are any, after the execute they are called beside", async () => {
    const drains = gate();
    const manager = new TaskManager();
    manager.addTask("server", { drain: () => drains.reached });
    manager.addTask("database", { cleanup: () => {} });
    manager.addTask("cache", { drain: () => {} });
    const { errors } = await running(manager);
    manager.stop();
    const draining = manager.report();
    assertEquals(draining.state, "draining");
    assertEquals(draining.tasks.map(({ state }) => state), [
      "draining",
      "executing",
      "executing",
    ]);
    assertEquals(stagesOf(draining), [
      "server initialize clean",
      "server execute null",
      "server drain null",
      "database initialize clean",
      "database execute null",
      "cache initialize clean",
      "cache execute null",
      "cache drain clean",
    ]);
    assertPlain(draining);
    drains.open();
    assertEquals(await errors, []);
    const report = manager.report();
    assertEquals(stagesOf(report), [
      "server initialize clean",
      "server execute clean",
      "server drain clean",
      "server cleanup clean",
      "database initialize clean",
      "database execute clean",
      "database cleanup clean",
      "cache initialize clean",
      "cache execute clean",
      "cache drain clean",
      "cache cleanup clean",
    ]);
    assertPlain(report);
  });

  it("has none of a run that nobody drained in", async () => {
    const manager = new TaskManager();
    manager.addTask("server", { drain: () => {} });
    const { errors } = await running(manager);
    manager.stop("enough", { drain: false });
    await errors;
    assertEquals(drainOf(manager), undefined);
  });

  it("has their times", async () => {
    const real = performance.now;
    let now = 0;
    performance.now = () => now;
    try {
      const drains = gate();
      const manager = new TaskManager();
      manager.addTask("server", { drain: () => drains.reached });
      const { errors } = await running(manager);
      now = 100;
      manager.stop();
      now = 150;
      drains.open();
      await errors;
      assertEquals(drainOf(manager), {
        stage: "drain",
        startedAt: 100,
        endedAt: 150,
        outcome: "clean",
      });
      assertEquals(manager.report().stop?.at, 100);
    } finally {
      performance.now = real;
    }
  });

  it("says which were cut short, and how these ended", async () => {
    using time = new FakeTime();
    const slow = gate();
    const manager = new TaskManager();
    manager.addTask("slow", { drain: () => slow.reached }, {
      drainTimeout: 10,
    });
    manager.addTask("quick", { drain: () => {} }, { drainTimeout: 10 });
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop();
    assert(!("cutShort" in drainOf(manager)!));
    await pass(time, 10);
    assertEquals(manager.state, "stopping");
    assertEquals(drainOf(manager)?.cutShort, true);
    assertEquals(drainOf(manager)?.outcome, null);
    slow.open();
    assertEquals(await errors, []);
    assertEquals(drainOf(manager)?.cutShort, true);
    assertEquals(drainOf(manager)?.outcome, "clean");
    const { tasks } = manager.report();
    assert(tasks[1]!.stages.every((stage) => !("cutShort" in stage)));
    assertPlain(manager.report());
  });

  it("says that a stop without draining cut one short", async () => {
    const drains = gate();
    const manager = new TaskManager();
    manager.addTask("server", { drain: () => drains.reached });
    const { errors } = await running(manager);
    manager.stop();
    manager.stop("now", { drain: false });
    assertEquals(drainOf(manager)?.cutShort, true);
    drains.open();
    await errors;
  });

  it("has what went wrong in one, beside an execute that was clean", async () => {
    const manager = new TaskManager();
    manager.addTask("server", { drain: () => Promise.reject("no route") });
    const { errors } = await running(manager);
    manager.stop();
    const [error] = await errors;
    assertEquals(drainOf(manager)?.error, error?.toJSON());
    assertEquals(error?.message, 'Task "server" failed in drain: no route');
    assertEquals(stagesOf(manager.report()), [
      "server initialize clean",
      "server execute clean",
      "server drain failed",
      "server cleanup clean",
    ]);
    assertEquals(manager.report().tasks[0]?.state, "failed");
  });

  it("has one that is left behind, and its error", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ drainTimeout: 10, stopTimeout: 20 });
    manager.addTask("server", { drain: stuck });
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop();
    await pass(time, 10);
    await pass(time, 20);
    const [error] = await errors;
    assertEquals(drainOf(manager)?.cutShort, true);
    assertEquals(drainOf(manager)?.outcome, "timed-out");
    assertEquals(drainOf(manager)?.error, error?.toJSON());
    assertEquals(error?.stage, "drain");
  });

  it("has one error of a task that is left behind in execute and drain", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ drainTimeout: 10, stopTimeout: 20 });
    manager.addTask("server", { execute: stuck, drain: stuck });
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop();
    await pass(time, 10);
    await pass(time, 20);
    const [error, ...more] = await errors;
    assertEquals(more, []);
    const [, execute, drain] = manager.report().tasks[0]!.stages;
    assertEquals(execute?.error, error?.toJSON());
    assertEquals([execute?.outcome, drain?.outcome], [
      "timed-out",
      "timed-out",
    ]);
    assertEquals(drain?.error, undefined);
  });

  it("has that of a task that was cancelled, while the others execute", async () => {
    const drains = gate();
    const manager = new TaskManager();
    const server = manager.addTask("server", { drain: () => drains.reached });
    const { errors } = await running(manager);
    server.cancel();
    const report = manager.report();
    assertEquals([report.state, report.tasks[0]?.state], [
      "executing",
      "draining",
    ]);
    assertEquals(drainOf(manager)?.outcome, null);
    drains.open();
    await microtasks();
    assertEquals(drainOf(manager)?.outcome, "clean");
    await manager.stop();
    await errors;
  });

  it("has those of execute tasks that are listed", async () => {
    const drains = gate();
    const manager = new TaskManager();
    const execute = ({ done }: { done: Promise<void> }) => done;
    manager.addExecuteTask("plain", execute);
    manager.addExecuteTask("slow", { execute, drain: () => drains.reached });
    manager.addExecuteTask("failing", {
      execute,
      drain: () => Promise.reject("no route"),
    });
    const { errors } = await running(manager);
    assert(
      manager.report().executeTasks.every((task) => !("drain" in task)),
    );
    manager.stop();
    await microtasks();
    const draining = manager.report();
    const [plain, slow, failing] = draining.executeTasks;
    assertEquals(plain, { name: "plain", type: "strict", state: "executing" });
    assertEquals(slow?.state, "draining");
    assertEquals([slow?.drain?.stage, slow?.drain?.outcome], ["drain", null]);
    assertEquals(failing?.drain?.outcome, "failed");
    assertPlain(draining);

    drains.open();
    const [error] = await errors;
    const report = manager.report();
    const [listed, ...others] = report.executeTasks;
    assertEquals(others, []);
    assertEquals([listed?.name, listed?.state], ["failing", "failed"]);
    assertEquals(listed?.error, error?.toJSON());
    assertEquals(listed?.drain?.error, error?.toJSON());
    assertEquals(report.counts, { clean: 2, "never-started": 0 });
    assertPlain(report);
  });
});
