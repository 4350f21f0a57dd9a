import { type Task, TaskManager } from "@goasync/core";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { microtasks } from "../../helpers/microtasks.ts";
import { running } from "../../helpers/running.ts";
import { gate } from "../../helpers/gate.ts";
import { pass } from "../../helpers/pass.ts";

/** A task whose drain ends only when its signal aborts. */
const slow: Task = { drain: ({ done }) => done };

describe("what went wrong with drains", () => {
  it("a task that stopped its manager from execute was not waited for when it drained", async () => {
    const manager = new TaskManager();
    manager.addTask("it", {
      ...slow,
      execute({ done }) {
        manager.stop();
        return done;
      },
    });
    const { errors } = await running(manager);
    assertEquals(manager.state, "draining");
    manager.stop(undefined, { drain: false });
    assertEquals(await errors, []);
  });

  it("a task that was added by a drain was not waited for when it drained", async () => {
    const manager = new TaskManager();
    manager.addTask("it", {
      drain() {
        manager.addExecuteTask("added", {
          execute: ({ done }) => done,
          drain: ({ done }) => done,
        });
      },
    });
    const { errors } = await running(manager);
    manager.stop();
    await microtasks();
    assertEquals(manager.state, "draining");
    manager.stop(undefined, { drain: false });
    assertEquals(await errors, []);
  });

  for (const how of ["stop", "abort"] as const) {
    it(`a task that drained alone was aborted by ${how} when nobody else had a drain`, async () => {
      const draining = gate();
      const shutdown = new AbortController();
      const manager = new TaskManager();
      let isAborted = false;
      const handle = manager.addTask("it", {
        execute: ({ done }) => done.then(() => isAborted = true),
        drain: () => draining.reached,
      });
      const { errors } = await running(manager, { signal: shutdown.signal });
      handle.cancel();
      if (how === "stop") manager.stop();
      else shutdown.abort();
      await microtasks();
      assertEquals([manager.state, isAborted], ["stopping", false]);
      draining.open();
      assertEquals(await errors, []);
    });
  }

  it("a drain of a task that started after the stop took the time for all cleanups", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ shutdownTimeout: 20 });
    manager.addTask("stops", {
      execute({ done }) {
        manager.stop();
        return done;
      },
    });
    manager.addTask("slow", slow);
    const errors = manager.runSettled();
    await time.runMicrotasks();
    await pass(time, 10);
    assertEquals(manager.state, "finished");
    assertEquals(await errors, []);
  });

  it("a task that drained alone took the time for all cleanups", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ shutdownTimeout: 20 });
    const handle = manager.addTask("slow", slow);
    manager.addTask("quick", { drain: () => Promise.resolve() });
    const errors = manager.runSettled();
    await time.runMicrotasks();
    handle.cancel();
    manager.stop();
    await pass(time, 10);
    assertEquals(manager.state, "finished");
    assertEquals(await errors, []);
  });

  it("a task that was cancelled while all were told held the others up for ever", async () => {
    const draining = gate();
    const manager = new TaskManager();
    manager.addTask("cancels", {
      execute({ draining, done }) {
        draining.addEventListener("abort", () => handle.cancel());
        return done;
      },
    });
    const handle = manager.addTask("it", { drain: () => draining.reached });
    const { errors } = await running(manager);
    manager.stop();
    assertEquals(manager.state, "stopping");
    draining.open();
    assertEquals(await errors, []);
  });
});
