import { type ExecuteFunction, TaskManager } from "@goasync/core";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { microtasks } from "../helpers/microtasks.ts";
import { gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";

const forever: ExecuteFunction = () => new Promise<never>(() => {});

// Each was found by a random plan, and then made as small as it can be.
describe("what random plans have found", () => {
  it("a manager as a task lost the errors of its own spent budget", async () => {
    using time = new FakeTime();
    const inner = new TaskManager({ shutdownTimeout: 10 });
    inner.addExecuteTask("stuck", forever);
    const manager = new TaskManager();
    const handle = manager.addTask("inner", inner.asTask());
    const errors = manager.runSettled();
    await time.runMicrotasks();
    handle.cancel();
    await pass(time, 10);
    manager.stop();
    const paths = (await errors).map(({ path }) => path.join("/"));
    assertEquals(paths, ["inner/stuck"]);
  });

  it("a manager as a task told twice of what was abandoned", async () => {
    using time = new FakeTime();
    const inner = new TaskManager();
    inner.addExecuteTask("stuck", forever);
    const manager = new TaskManager({ shutdownTimeout: 10 });
    manager.addTask("inner", inner.asTask());
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop();
    await pass(time, 10);
    const paths = (await errors).map(({ path }) => path.join("/"));
    assertEquals(paths, ["inner/stuck"]);
  });

  it("a stop-group waited for a member that was cancelled while it initialized", async () => {
    const opening = gate();
    const manager = new TaskManager();
    const handle = manager.addTask("it", {
      initialize: () => opening.reached,
      execute: () => {},
    }, { type: "stop-group" });
    const errors = manager.runSettled();
    await microtasks();
    handle.cancel();
    opening.open();
    assertEquals(await errors, []);
    assertEquals(manager.report().stop?.by, "stop-group");
  });

  it("a task that was started after the stop in its turn had no stopTimeout", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ stopTimeout: 10 });
    manager.addTask("stops", { execute: () => void manager.stop() });
    const handle = manager.addExecuteTask("stuck", forever);
    const errors = manager.runSettled();
    await time.runMicrotasks();
    await pass(time, 10);
    assertEquals(handle.state, "timed-out");
    assertEquals((await errors).map(({ taskName }) => taskName), ["stuck"]);
  });

  it("a task that was cancelled while all were told left a timer", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ drainTimeout: 10 });
    manager.addTask("cancels", {
      execute({ draining, done }) {
        draining.addEventListener("abort", () => handle.cancel());
        return done;
      },
    });
    const handle = manager.addExecuteTask("cancelled", (context) => {
      const { draining } = context;
      return new Promise<void>((resolve) => {
        draining.addEventListener("abort", () => resolve());
      });
    });
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop();
    await time.runMicrotasks();
    manager.stop();
    assertEquals(await errors, []);
    assertEquals(time.next(), false);
  });

  it("a task that was cancelled while its manager was being told left a timer", async () => {
    using time = new FakeTime();
    const inner = new TaskManager({ drainTimeout: 10 });
    const cancelled = inner.addExecuteTask(
      "cancelled",
      ({ draining }) =>
        new Promise<void>((resolve) => {
          draining.addEventListener("abort", () => resolve());
        }),
    );
    const middle = new TaskManager();
    middle.addTask("inner", inner.asTask());
    const manager = new TaskManager();
    manager.addTask("middle", middle.asTask());
    manager.addExecuteTask("cancels", ({ signal, done }) => {
      signal.addEventListener("abort", () => cancelled.cancel());
      return done;
    });
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop();
    assertEquals(await errors, []);
    assertEquals(time.next(), false);
  });

  it("a task that was cancelled while its manager was being told was counted twice", async () => {
    const inner = new TaskManager();
    const cancelled = inner.addExecuteTask("cancelled", forever);
    const manager = new TaskManager();
    manager.addTask("cancels", {
      execute({ signal, done }) {
        signal.addEventListener("abort", () => cancelled.cancel());
        return done;
      },
    });
    manager.addTask("stops", {
      execute({ done }) {
        manager.stop();
        return done;
      },
    });
    manager.addTask("inner", inner.asTask());
    assertEquals(await manager.runSettled(), []);
    assertEquals(inner.report().counts, { clean: 0, "never-started": 1 });
  });

  it("a manager that was over a moment before its task took its errors along", async () => {
    using time = new FakeTime();
    const inner = new TaskManager({ shutdownTimeout: 5 });
    inner.addExecuteTask("stuck", forever);
    const manager = new TaskManager({ stopTimeout: 10 });
    manager.addExecuteTask("inner", inner);
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop();
    await pass(time, 10);
    const paths = (await errors).map(({ path }) => path.join("/"));
    assertEquals(paths, ["inner/stuck"]);
  });

  it("a task without an initialize timed out in it", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ initializeTimeout: 0 });
    const stuck = manager.addTask("stuck", {
      initialize: forever,
      execute: forever,
    });
    const next = manager.addTask("next", { execute: ({ done }) => done });
    const errors = manager.runSettled();
    await time.runMicrotasks();
    stuck.cancel();
    time.tick(1); // Whatever is due comes before any microtask.
    await time.runMicrotasks();
    assertEquals([stuck.state, next.state], ["timed-out", "executing"]);
    manager.stop();
    assertEquals((await errors).map(({ taskName }) => taskName), ["stuck"]);
  });

  it("a cancelled manager in a manager stopped everyone when it failed", async () => {
    const inner = new TaskManager();
    inner.addExecuteTask("fails", async ({ done }) => {
      await done;
      throw new Error("broken");
    });
    const manager = new TaskManager();
    const handle = manager.addExecuteTask("inner", inner);
    const other = manager.addExecuteTask("other", ({ done }) => done);
    const errors = manager.runSettled();
    await microtasks();
    handle.cancel();
    assertEquals(await handle.finished, "failed");
    assertEquals([manager.state, other.state], ["executing", "executing"]);
    manager.stop();
    const paths = (await errors).map(({ path }) => path.join("/"));
    assertEquals(paths, ["inner/fails"]);
    assertEquals(other.state, "clean");
  });
});
