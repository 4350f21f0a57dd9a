import { TaskManager } from "@goasync/core";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { nested, NESTS } from "../helpers/nested.ts";
import { type Running, running } from "../helpers/running.ts";

/** A manager whose only task calls back when it is told to stop. */
function calling(onStop: () => void): TaskManager {
  const manager = new TaskManager();
  manager.addExecuteTask("it", ({ signal, done }) => {
    signal.addEventListener("abort", onStop);
    return done;
  });
  return manager;
}

describe("telling tasks to stop", () => {
  it("tells the tasks of managers within in the order of the outer ones", async () => {
    const log: string[] = [];
    const outer = new TaskManager();
    for (const name of ["1", "2", "3"]) {
      const inner = new TaskManager();
      for (const leaf of ["a", "b"]) {
        inner.addExecuteTask(leaf, ({ signal, done }) => {
          signal.addEventListener("abort", () => log.push(`${name}${leaf}`));
          return done;
        });
      }
      outer.addExecuteTask(name, inner);
    }
    const { errors } = await running(outer);
    outer.stop();
    assertEquals(log.toSorted(), ["1a", "1b", "2a", "2b", "3a", "3b"]);
    for (const name of ["1", "2", "3"]) {
      assert(log.indexOf(`${name}a`) < log.indexOf(`${name}b`));
    }
    assertEquals(await errors, []);
  });

  it("tells everyone when managers stop one another in a chain", async () => {
    const COUNT = 40; // Chromium lets listeners nest 44 deep.
    const told: number[] = [];
    const managers: TaskManager[] = [];
    for (let index = 0; index < COUNT; index++) {
      managers.push(calling(() => {
        managers[index + 1]?.stop();
        told.push(index);
      }));
    }
    const runs: Running[] = [];
    for (const manager of managers) runs.push(await running(manager));
    managers[0]!.stop();
    assertEquals(
      told.toSorted((a, b) => a - b),
      Array.from({ length: COUNT }, (_, index) => index),
    );
    for (const { errors } of runs) assertEquals(await errors, []);
  });

  it("tells everyone before each stop in a short chain returns", async () => {
    const log: string[] = [];
    const last = calling(() => log.push("told"));
    const middle = calling(() => {
      last.stop();
      log.push("last stop returned");
    });
    const first = calling(() => {
      middle.stop();
      log.push("middle stop returned");
    });
    const runs = [
      await running(first),
      await running(middle),
      await running(last),
    ];
    first.stop();
    assertEquals(log, ["told", "last stop returned", "middle stop returned"]);
    for (const { errors } of runs) assertEquals(await errors, []);
  });

  it("works again after a thousand managers were told in one go", async () => {
    for (const { nest } of NESTS) {
      for (let round = 0; round < 2; round++) {
        let told = 0;
        const managers = nested(1000, nest, ({ signal, done }) => {
          signal.addEventListener("abort", () => told++);
          return done;
        });
        const { errors } = await running(managers[0]!);
        managers[0]!.stop();
        assertEquals(told, 1);
        assertEquals(await errors, []);
      }
    }
  });

  it("leaves alone a manager that is not stopped", async () => {
    const log: string[] = [];
    const bystander = calling(() => log.push("told"));
    const stopped = calling(() => {});
    const { errors } = await running(bystander);
    await running(stopped);
    await stopped.stop();
    assertEquals(bystander.state, "executing");
    assertEquals(log, []);
    await bystander.stop();
    assertEquals(await errors, []);
  });
});
