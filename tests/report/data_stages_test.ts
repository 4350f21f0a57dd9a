import { TaskManager } from "@goasync/core";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { microtasks } from "../helpers/microtasks.ts";
import { untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";
import { stuck } from "../helpers/stuck.ts";
import { gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";
import {
  assertInOrder,
  assertPlain,
  stagesOf,
} from "../helpers/report_data.ts";

describe("TaskManager.report(), stages", () => {
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
    assertEquals(stagesOf(manager.report()), [
      "1 initialize clean",
      "2 initialize null",
    ]);
    initializes.open();
    await microtasks();
    const stopping = manager.report();
    assertEquals(stagesOf(stopping), [
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
    assertEquals(stagesOf(report), [
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
    assertEquals(stagesOf(report), [
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

  it("has what went wrong in a stage, and nothing of those that ended well", async () => {
    const manager = new TaskManager();
    manager.addTask("it", {
      execute: ({ done }) => done,
      cleanup: () => Promise.reject(new Error("connection\nlost")),
    });
    const { errors } = await running(manager);
    await manager.stop();
    const [error] = await errors;
    const report = manager.report();
    const [initialize, execute, cleanup] = report.tasks[0]!.stages;
    assertEquals("error" in initialize!, false);
    assertEquals("error" in execute!, false);
    assertEquals(cleanup?.error, {
      name: "TaskError",
      message: 'Task "it" failed in cleanup: connection\\nlost',
      code: "FAILED",
      stage: "cleanup",
      path: ["it"],
      cause: "connection\\nlost",
    });
    assertEquals(cleanup?.error, error?.toJSON());
    assertPlain(report);
  });

  it("has the whole path to what failed in a manager within", async () => {
    const inner = new TaskManager();
    inner.addTask("broken", { initialize: () => Promise.reject("lost") });
    const manager = new TaskManager();
    manager.addTask("inner", inner.asTask());
    await manager.runSettled();
    const [initialize] = manager.report().tasks[0]!.stages;
    const [innermost] = inner.report().tasks[0]!.stages;
    assertEquals(initialize?.error?.path, ["inner", "broken"]);
    assertEquals(
      initialize?.error?.message,
      'Task "inner/broken" failed in initialize: lost',
    );
    assertEquals(innermost?.error?.path, ["broken"]);
  });
});
