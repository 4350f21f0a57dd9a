import { InvalidStateError, TaskError, TaskManager } from "@goasync/core";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { stuck } from "../helpers/stuck.ts";
import { pass } from "../helpers/pass.ts";
import { untilStopped } from "../helpers/noting_task.ts";
import { started } from "../helpers/timeouts.ts";

/** What JSON makes of a value. */
function json(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe("the JSON of a TaskError", () => {
  it("has the message, the code, the stage, the path and the cause's message", async () => {
    const manager = new TaskManager();
    manager.addTask("db", {
      initialize: () =>
        Promise.reject(Object.assign(new Error("refused"), { password: "x" })),
    });
    const [error] = await manager.runSettled();
    assertEquals(json(error), {
      name: "TaskError",
      message: 'Task "db" failed in initialize: refused',
      code: "FAILED",
      stage: "initialize",
      path: ["db"],
      cause: "refused",
    });
    assertEquals(json({ errors: [error] }), { errors: [json(error)] });
  });

  it("has the whole path, and the message of the run within as its cause", async () => {
    const inner = new TaskManager();
    inner.addExecuteTask("leaf", () => Promise.reject(new Error("refused")));
    const manager = new TaskManager();
    manager.addTask("inner", inner.asTask());
    const [error] = await manager.runSettled();
    assertEquals(json(error), {
      name: "TaskError",
      message: 'Task "inner/leaf" failed in execute: refused',
      code: "FAILED",
      stage: "execute",
      path: ["inner", "leaf"],
      cause: 'Task "leaf" failed in execute: refused',
    });
  });

  it("has null for no cause, and says what else was thrown", async () => {
    const manager = new TaskManager();
    manager.addTask("strict", { execute() {} });
    manager.addTask("odd", {
      execute: untilStopped,
      cleanup: () => Promise.reject(undefined),
    });
    const errors = await manager.runSettled();
    assertEquals(errors.map((error) => error.toJSON().cause), [
      null,
      "undefined",
    ]);
    assertEquals(errors[0]?.toJSON().code, "UNEXPECTED_STOP");
  });

  it("of a timeout has the limit as its cause", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ stopTimeout: 100 });
    manager.addExecuteTask("slow", stuck);
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 100);
    const [error] = await errors;
    assertEquals(json(error), {
      name: "TaskError",
      message:
        'Task "slow" timed out in execute: stopTimeout of 100 ms is over',
      code: "TIMEOUT",
      stage: "execute",
      path: ["slow"],
      cause: "stopTimeout of 100 ms is over",
    });
  });

  it("is that of the errors of a run that was rejected", async () => {
    const manager = new TaskManager();
    manager.addExecuteTask("it", () => Promise.reject("broken"));
    const { errors } = await assertRejects(() => manager.run(), AggregateError);
    assertEquals(json(errors), [{
      name: "TaskError",
      message: 'Task "it" failed in execute: broken',
      code: "FAILED",
      stage: "execute",
      path: ["it"],
      cause: "broken",
    }]);
  });

  it("is what toJSON returns, a copy each time", () => {
    const error = new TaskError({
      taskName: "it",
      stage: "execute",
      taskType: "strict",
      code: "FAILED",
      cause: "broken",
    });
    const data = error.toJSON();
    assertEquals(json(error), data);
    data.message = "changed";
    assertEquals(error.toJSON().message, error.message);
  });
});

describe("the report of a stage that did not end well", () => {
  it("has what the JSON of its error has", async () => {
    const manager = new TaskManager();
    manager.addTask("a", { execute: () => Promise.reject(new Error("one")) });
    manager.addTask("b", {
      execute: untilStopped,
      drain: () => Promise.reject(new Error("two")),
      cleanup: () => Promise.reject(new Error("three")),
    });
    manager.addExecuteTask("c", () => Promise.reject(new Error("four")));
    const errors = await manager.runSettled();
    const report = manager.report();
    const reported = [
      ...report.tasks.flatMap(({ stages }) => stages),
      ...report.executeTasks,
    ].flatMap(({ error }) => error ?? []);
    const byPlace = (a: { message: string }, b: { message: string }) =>
      a.message.localeCompare(b.message);
    assertEquals(
      reported.toSorted(byPlace),
      errors.map((error) => error.toJSON()).toSorted(byPlace),
    );
    assertEquals(reported.length, 4);
    assertEquals(json(report), report);
  });

  it("is absent of those that ended well", async () => {
    const manager = new TaskManager();
    manager.addTask("it", { execute() {}, drain() {} }, { type: "stop-group" });
    assertEquals(await manager.runSettled(), []);
    const [task] = manager.report().tasks;
    for (const stage of task!.stages) assertEquals("error" in stage, false);
  });
});

describe("the JSON of an InvalidStateError", () => {
  it("has its name and message, the state, and the task if there is one", async () => {
    const manager = new TaskManager();
    await manager.stop();
    const late = assertThrows(
      () => manager.addExecuteTask("late", untilStopped),
      InvalidStateError,
    );
    assertEquals(json(late), {
      name: "InvalidStateError",
      message: late.message,
      state: "finished",
      taskName: "late",
    });
    await manager.run();
    const again = await assertRejects(() => manager.run(), InvalidStateError);
    assertEquals(json(again), {
      name: "InvalidStateError",
      message: again.message,
      state: "finished",
    });
  });
});
