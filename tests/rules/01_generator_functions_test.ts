import {
  type ExecuteFunction,
  type ExecuteTask,
  type Task,
  TaskManager,
} from "@goasync/core";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";

const METHODS = ["initialize", "execute", "drain", "cleanup"] as const;

const GENERATORS: readonly {
  readonly what: string;
  readonly stage: () => unknown;
}[] = [
  {
    what: "a generator function",
    stage: function* () {
      yield 1;
    },
  },
  {
    what: "an async generator function",
    stage: async function* () {
      yield 1;
    },
  },
  {
    what: "a generator method",
    stage: {
      *method() {
        yield 1;
      },
    }.method,
  },
  {
    what: "a bound generator function",
    stage: function* () {
      yield 1;
    }.bind(null),
  },
];

describe("rule 1: a stage that is a generator function", () => {
  for (const { what, stage } of GENERATORS) {
    for (const method of METHODS) {
      it(`is a TypeError when it is added: ${method}, as ${what}`, async () => {
        const manager = new TaskManager();
        const task = { execute: untilStopped, [method]: stage };
        const adds: (() => unknown)[] = [
          () => manager.addTask("db", task as Task),
          () => manager.addExecuteTask("db", task as ExecuteTask),
        ];
        for (const add of adds) {
          assertThrows(
            add,
            TypeError,
            `"db" as its '${method}' must be no generator function`,
          );
        }
        assertEquals(manager.tasks, []);
        await manager.stop();
      });
    }

    it(`is a TypeError when it is added: a bare function, as ${what}`, async () => {
      const manager = new TaskManager();
      assertThrows(
        () => manager.addExecuteTask("db", stage as ExecuteFunction),
        TypeError,
        `Cannot add execute task "db" as its 'execute' must be no generator function`,
      );
      assertEquals(manager.tasks, []);
      await manager.stop();
    });
  }

  it("is none that returns what a generator function does", async () => {
    const called: number[] = [];
    const generate = function* () {
      called.push(1);
      yield 1;
    };
    const manager = new TaskManager();
    manager.addTask("db", { initialize: () => generate() });
    const { errors } = await running(manager);
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(called, []);
  });
});
