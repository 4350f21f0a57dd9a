import { TaskManager } from "@goasync/core";
import {
  assertEquals,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { gate } from "../helpers/gate.ts";
import { untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";
import { summary } from "../helpers/summary.ts";

const adders = [
  {
    what: "task",
    add: (manager: TaskManager, execute: () => void | Promise<void>) =>
      manager.addTask("it", { execute }),
  },
  {
    what: "execute task",
    add: (manager: TaskManager, execute: () => void | Promise<void>) =>
      manager.addExecuteTask("it", execute),
  },
];

describe("rule 5: strict", () => {
  for (const { what, add } of adders) {
    it(`is the type of ${what}s that are given none`, async () => {
      const manager = new TaskManager();
      add(manager, () => {});
      const [error] = await manager.runSettled();
      assertEquals(error?.taskType, "strict");
    });

    it(`lets ${what}s run until they are stopped`, async () => {
      const manager = new TaskManager();
      const { reached, open } = gate();
      add(manager, () => reached);
      const { errors } = await running(manager);
      assertEquals(manager.state, "executing");
      manager.stop();
      open();
      assertEquals(await errors, []);
    });

    it(`counts ${what}s that return before that as failed, and stops everything`, async () => {
      const manager = new TaskManager();
      const { reached, open } = gate();
      add(manager, () => reached);
      let reason: unknown;
      manager.addExecuteTask("other", async ({ signal, done }) => {
        await done;
        reason = signal.reason;
      });
      const { errors } = await running(manager);
      open();
      const [error, ...others] = await errors;
      assertEquals(others, []);
      assertEquals(error?.code, "UNEXPECTED_STOP");
      assertEquals(error?.stage, "execute");
      assertEquals(error?.taskName, "it");
      assertStrictEquals(reason, error);
    });

    it(`stops everything when ${what}s fail early`, async () => {
      const manager = new TaskManager();
      add(manager, () => Promise.reject(new Error("broken")));
      manager.addExecuteTask("other", untilStopped);
      assertEquals(summary(await manager.runSettled()), ["it execute FAILED"]);
    });
  }

  it("takes undefined as a type", async () => {
    const manager = new TaskManager();
    manager.addTask("it", { execute: () => {} }, { type: undefined });
    manager.addExecuteTask("it", untilStopped, { type: undefined });
    const [error] = await manager.runSettled();
    assertEquals(error?.taskType, "strict");
  });

  it("says to use type error for a task that may end, and has no cause", async () => {
    const manager = new TaskManager();
    manager.addTask("worker", { execute: () => {} });
    const [error] = await manager.runSettled();
    assertStringIncludes(error!.message, '"worker"');
    assertStringIncludes(error!.message, 'use type "error"');
    assertEquals("cause" in error!, false);
  });

  it("lets a task return that has stopped the manager itself", async () => {
    const manager = new TaskManager();
    manager.addTask("it", { execute: () => void manager.stop() });
    assertEquals(await manager.runSettled(), []);
  });

  it("is what a task without execute is, which waits until it is aborted", async () => {
    const manager = new TaskManager();
    const handle = manager.addTask("it", { cleanup: () => {} });
    const { errors } = await running(manager);
    assertEquals([handle.state, manager.state], ["executing", "executing"]);
    manager.stop();
    assertEquals(await handle.finished, "clean");
    assertEquals(await errors, []);
  });
});
