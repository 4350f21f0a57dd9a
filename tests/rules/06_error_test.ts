import { TaskManager } from "@goasync/core";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { gate } from "../helpers/gate.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { running } from "../helpers/running.ts";
import { summary } from "../helpers/summary.ts";

const type = "error";

describe("rule 6: error", () => {
  it("lets tasks return at any time", async () => {
    const task = gate();
    const executeTask = gate();
    const manager = new TaskManager();
    manager.addTask("at once", { execute: () => {} }, { type });
    manager.addTask("later", { execute: () => task.reached }, { type });
    manager.addExecuteTask("later, too", () => executeTask.reached, { type });
    const { errors } = await running(manager);
    task.open();
    executeTask.open();
    await microtasks();
    assertEquals(manager.state, "executing");
    await manager.stop();
    assertEquals(await errors, []);
  });

  for (const what of ["a task", "an execute task"]) {
    it(`stops everything when one fails that is added as ${what}`, async () => {
      const failing = gate();
      const manager = new TaskManager();
      const execute = async () => {
        await failing.reached;
        throw new Error("broken");
      };
      if (what === "a task") manager.addTask("it", { execute }, { type });
      else manager.addExecuteTask("it", execute, { type });
      let reason: unknown;
      manager.addExecuteTask("other", async ({ signal, done }) => {
        await done;
        reason = signal.reason;
      });
      const { errors } = await running(manager);
      failing.open();
      const list = await errors;
      assertEquals(summary(list), ["it execute FAILED"]);
      assertEquals(list[0]?.taskType, "error");
      assertStrictEquals(reason, list[0]);
    });
  }
});
