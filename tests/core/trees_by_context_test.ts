import { type TaskContext, TaskManager } from "@goasync/core";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { leaves } from "../helpers/leaves.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { notingTask, untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";
import { pass } from "../helpers/pass.ts";
import { stuck } from "../helpers/stuck.ts";

describe("a task that runs managers with its context", () => {
  it("is the leaf of what it throws itself, even if that has errors", async () => {
    const cause = new AggregateError([new Error("one")], "of its own");
    const manager = new TaskManager();
    manager.addTask("it", { execute: () => Promise.reject(cause) });
    const [error] = await manager.runSettled();
    assertEquals(error?.path, ["it"]);
    assertEquals(error?.message, 'Task "it" failed in execute: of its own');
    assertStrictEquals(error?.cause, cause);
  });

  it("has all of them stopped, when there are several", async () => {
    const log: string[] = [];
    const inner = ["1", "2"].map((name) => {
      const manager = new TaskManager();
      manager.addTask(name, notingTask(log));
      return manager;
    });
    const outer = new TaskManager();
    outer.addTask("it", {
      execute: (context) => Promise.all(inner.map((each) => each.run(context))),
    });
    const { errors } = await running(outer);
    outer.stop();
    assertEquals(inner.map(({ state }) => state), ["stopping", "stopping"]);
    assertEquals(await errors, []);
    assertEquals(log.slice(-2).toSorted(), ["1 cleanup", "2 cleanup"]);
  });

  it("has all of them given up, when there are several", async () => {
    using time = new FakeTime();
    const inner = ["1", "2"].map((name) => {
      const manager = new TaskManager();
      manager.addTask(name, { execute: stuck });
      return manager;
    });
    const outer = new TaskManager({ shutdownTimeout: 100 });
    outer.addTask("it", {
      execute: (context) => Promise.all(inner.map((each) => each.run(context))),
    });
    const errors = outer.runSettled();
    await time.runMicrotasks();
    outer.stop();
    await pass(time, 100);
    assertEquals(inner.map(({ state }) => state), ["finished", "finished"]);
    assertEquals(leaves(await errors), [
      "it/1 execute TIMEOUT",
      "it/2 execute TIMEOUT",
    ]);
  });

  it("may run one after another", async () => {
    const inner: TaskManager[] = [];
    const outer = new TaskManager();
    outer.addTask("it", {
      async execute(context) {
        while (!context.signal.aborted) {
          const manager = new TaskManager();
          inner.push(manager);
          manager.addTask("leaf", { execute: untilStopped });
          await manager.run(context);
        }
      },
    });
    const { errors } = await running(outer);
    await inner[0]!.stop();
    await microtasks();
    assertEquals(inner.map(({ state }) => state), ["finished", "executing"]);
    await outer.stop();
    assertEquals(await errors, []);
    assertEquals(inner.map(({ state }) => state), ["finished", "finished"]);
  });

  it("has its own cleanup named when it was not begun", async () => {
    using time = new FakeTime();
    const inner = new TaskManager();
    inner.addTask("leaf", { execute: untilStopped });
    const outer = new TaskManager({ shutdownTimeout: 100 });
    outer.addTask("it", {
      execute: (context) => inner.run(context),
      cleanup: () => {},
    });
    outer.addTask("stuck", { execute: stuck });
    const errors = outer.runSettled();
    await time.runMicrotasks();
    outer.stop();
    await pass(time, 100);
    assertEquals(leaves(await errors), [
      "stuck execute TIMEOUT",
      "it cleanup TIMEOUT",
    ]);
  });

  it("has one given up that runs in a cleanup which is left behind", async () => {
    using time = new FakeTime();
    const inner = new TaskManager();
    inner.addTask("leaf", { execute: stuck });
    const outer = new TaskManager({ cleanupTimeout: 100 });
    outer.addTask("it", {
      execute: untilStopped,
      cleanup: (context) => inner.run(context),
    });
    const errors = outer.runSettled();
    await time.runMicrotasks();
    outer.stop();
    await pass(time, 99);
    assertEquals(inner.state, "executing");
    await pass(time, 1);
    assertEquals(inner.state, "finished");
    assertEquals(leaves(await errors), ["it/leaf execute TIMEOUT"]);
  });

  it("is told when it runs one with a context it was told with before", async () => {
    const log: string[] = [];
    const inner = new TaskManager();
    inner.addTask("leaf", notingTask(log));
    const outer = new TaskManager();
    outer.addTask("it", {
      async execute(context: TaskContext) {
        await context.done;
        await inner.run(context);
      },
    });
    const { errors } = await running(outer);
    await outer.stop();
    assertEquals(await errors, []);
    assertEquals(log, []);
    assertEquals(inner.state, "finished");
  });
});
