import { TaskManager } from "@goasync/core";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { microtasks } from "../helpers/microtasks.ts";
import { running } from "../helpers/running.ts";
import { type Gate, gate } from "../helpers/gate.ts";

describe("the tasks that a manager has to tell", () => {
  it("stay in order while others come and go", async () => {
    const manager = new TaskManager();
    const { errors } = await running(manager);
    const told: number[] = [];
    const gates: Gate[] = [];
    const add = () => {
      const index = gates.length;
      const ending = gate();
      gates.push(ending);
      manager.addExecuteTask(`task ${index}`, async ({ signal, done }) => {
        signal.addEventListener("abort", () => told.push(index));
        await Promise.race([ending.reached, done]);
      }, { type: "error" });
    };
    for (let count = 0; count < 20; count++) add();
    // So many of them go that those left move up, in more than one round.
    const staying = [2, 6, 14];
    gates.forEach(({ open }, index) => staying.includes(index) || open());
    await microtasks();
    for (let count = 0; count < 12; count++) add();
    for (const { open } of gates.slice(21, 31)) open();
    await microtasks();
    told.length = 0;
    assertEquals(manager.tasks.length, 5);
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(told, [2, 6, 14, 20, 31]);
  });

  it("may all go, and others come after them", async () => {
    const manager = new TaskManager();
    const { errors } = await running(manager);
    const told: string[] = [];
    for (let round = 0; round < 3; round++) {
      for (const name of ["1", "2", "3"]) {
        manager.addExecuteTask(name, () => {}, { type: "error" });
      }
      await microtasks();
    }
    for (const name of ["4", "5"]) {
      manager.addExecuteTask(name, ({ signal, done }) => {
        signal.addEventListener("abort", () => told.push(name));
        return done;
      });
    }
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(told, ["4", "5"]);
  });
});
