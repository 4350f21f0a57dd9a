import { TaskManager } from "@goasync/core";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { microtasks } from "../helpers/microtasks.ts";
import { running } from "../helpers/running.ts";

const DAY = 24 * 60 * 60 * 1000;

describe("rule 8: idle is not finished", () => {
  it("waits with nothing left running, and ends by a stop", async () => {
    using time = new FakeTime();
    const manager = new TaskManager();
    const errors = manager.runSettled();
    await time.runMicrotasks();
    await time.tickAsync(DAY);
    assertEquals(manager.state, "executing");
    await manager.stop();
    assertEquals(await errors, []);
  });

  it("waits when every task has returned", async () => {
    const manager = new TaskManager();
    manager.addTask("task", { execute: () => {} }, { type: "error" });
    manager.addExecuteTask("execute task", () => {}, { type: "error" });
    const { errors } = await running(manager);
    assertEquals(manager.state, "executing");
    await manager.stop();
    assertEquals(await errors, []);
  });

  it("executes what is added later", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    const { errors } = await running(manager);
    for (const name of ["first", "second"]) {
      manager.addExecuteTask(name, () => void log.push(name), {
        type: "error",
      });
      await microtasks();
      assertEquals(manager.state, "executing");
    }
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, ["first", "second"]);
  });

  it("uses no timer function that was installed after the module was loaded", async () => {
    const real = {
      setTimeout: globalThis.setTimeout,
      setInterval: globalThis.setInterval,
      clearTimeout: globalThis.clearTimeout,
      clearInterval: globalThis.clearInterval,
    };
    const calls: string[] = [];
    const fakes = Object.keys(real).map((name) => [
      name,
      () => void calls.push(name),
    ]);
    const manager = new TaskManager();
    manager.addTask("task", { execute: ({ done }) => done });
    Object.assign(globalThis, Object.fromEntries(fakes));
    try {
      const run = manager.run();
      await Promise.resolve();
      await manager.stop();
      await run;
    } finally {
      Object.assign(globalThis, real);
    }
    assertEquals(calls, []);
  });

  it("goes on after a failure while a fake clock holds microtasks up", async () => {
    const real = globalThis.queueMicrotask;
    const log: string[] = [];
    const manager = new TaskManager();
    manager.addTask("task", {
      execute: () => Promise.reject(new Error("no")),
      cleanup: () => void log.push("cleanup"),
    });
    globalThis.queueMicrotask = () => {};
    try {
      const [error] = await manager.runSettled();
      assertEquals(error?.taskName, "task");
    } finally {
      globalThis.queueMicrotask = real;
    }
    assertEquals(log, ["cleanup"]);
  });
});
