import { TaskManager } from "@goasync/core";
import {
  FakeExecuteTask,
  FakeTask,
  FakeTaskManager,
} from "@goasync/core/testing";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { contextOf } from "../helpers/context_of.ts";
import { runAndStop } from "../helpers/run_and_stop.ts";

// deno-lint-ignore no-explicit-any
type Anything = any;

describe("FakeOptions.log", () => {
  it("is shared by several fakes and keeps the order", async () => {
    const log: string[] = [];
    const job = new FakeExecuteTask({ log });
    job.stages.execute.stub(() => Promise.resolve());
    const manager = new TaskManager();
    manager.addTask("database", new FakeTask({ log }));
    manager.addTask("server", new FakeTask({ log }));
    manager.addExecuteTask("job", job, { type: "error" });
    await runAndStop(manager);
    assertEquals(log, [
      "database initialize begins",
      "database initialize ends",
      "server initialize begins",
      "server initialize ends",
      "database execute begins",
      "server execute begins",
      "job execute begins",
      "database drain begins",
      "database drain ends",
      "server drain begins",
      "server drain ends",
      "job drain begins",
      "job drain ends",
      "job execute ends",
      "database execute ends",
      "server execute ends",
      "server cleanup begins",
      "server cleanup ends",
      "database cleanup begins",
      "database cleanup ends",
    ]);
  });

  it("shows failures, thrown or rejected", async () => {
    const log: string[] = [];
    const database = new FakeTask({ log });
    database.stages.initialize.throws(new Error("thrown"));
    database.stages.cleanup.stub(() => Promise.reject(new Error("rejected")));
    const manager = new TaskManager();
    manager.addTask("database", database);
    assertEquals((await manager.runSettled()).length, 2);
    assertEquals(log, [
      "database initialize begins",
      "database initialize fails",
      "database cleanup begins",
      "database cleanup fails",
    ]);
  });

  it("has the end of a stage before anyone who waits for it goes on", async () => {
    const log: string[] = [];
    const fake = new FakeTask({ log });
    const gate = fake.stages.initialize.hold();
    const waiting = Promise.resolve(fake.initialize(contextOf("database")))
      .then(() => log.push("goes on"));
    gate.open();
    await waiting;
    assertEquals(log, [
      "database initialize begins",
      "database initialize ends",
      "goes on",
    ]);
  });

  it("is left alone by clear", () => {
    const log: string[] = [];
    const fake = new FakeTask({ log });
    fake.initialize(contextOf("it"));
    fake.clear();
    assertEquals(log.length, 2);
  });

  it("holds the calls of a manager, too", async () => {
    const log: string[] = [];
    const manager = new FakeTaskManager({ log });
    manager.addTask("database", new FakeTask());
    manager.methods.addExecuteTask.throws(new Error("full"));
    assertThrows(() => manager.addExecuteTask("job", () => {}), Error, "full");
    const run = manager.run();
    await manager.stop();
    await run;
    assertEquals(log, [
      "manager addTask begins",
      "manager addTask ends",
      "manager addExecuteTask begins",
      "manager addExecuteTask fails",
      "manager run begins",
      "manager stop begins",
      "manager run ends",
      "manager stop ends",
    ]);
  });

  it("throws TypeError for a log that is not an array, or bad options", () => {
    const fakes = { FakeTask, FakeExecuteTask, FakeTaskManager };
    for (const [name, Fake] of Object.entries(fakes)) {
      assertThrows(
        () => new Fake({ log: "log" as Anything }),
        TypeError,
        `Cannot create a ${name} as 'log' must be an array: current value is "log"`,
      );
      assertThrows(
        () => new Fake("log" as Anything),
        TypeError,
        `Cannot create a ${name} as the options must be an object as { log }`,
      );
    }
  });
});
