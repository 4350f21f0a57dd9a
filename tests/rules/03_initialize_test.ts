import { type TaskError, TaskManager } from "@goasync/core";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { gate } from "../helpers/gate.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { notingTask } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";
import { summary } from "../helpers/summary.ts";

describe("rule 3: initialize", () => {
  it("initializes one after another, in the order added", async () => {
    const log: string[] = [];
    const gates = [gate(), gate(), gate()];
    const manager = new TaskManager();
    gates.forEach(({ reached }, index) =>
      manager.addTask(
        `task ${index}`,
        notingTask(log, { initialize: () => reached }),
      )
    );
    const { errors } = await running(manager);
    for (const [index, { open }] of gates.entries()) {
      assertEquals(
        log,
        [
          "task 0 initialize",
          "task 1 initialize",
          "task 2 initialize",
        ].slice(0, index + 1),
      );
      assertEquals(manager.state, "initializing");
      open();
      await microtasks();
    }
    assertEquals(manager.state, "executing");
    await manager.stop();
    assertEquals(await errors, []);
  });

  it("executes a task that has no initialize", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    manager.addTask("bare", { execute: notingTask(log).execute });
    const { errors } = await running(manager);
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, ["bare execute"]);
  });

  const failures = [
    {
      how: "rejects",
      initialize: () => Promise.reject(new Error("no disk")),
    },
    {
      how: "throws",
      initialize: () => {
        throw new Error("no disk");
      },
    },
  ];
  for (const { how, initialize } of failures) {
    it(`skips the rest, executes nothing and cleans up from the task that ${how}`, async () => {
      const log: string[] = [];
      const manager = new TaskManager();
      manager.addTask("first", notingTask(log));
      manager.addTask("failing", notingTask(log, { initialize }));
      manager.addTask("last", notingTask(log));
      manager.addExecuteTask("execute task", notingTask(log));
      const errors = await manager.runSettled();
      assertEquals(summary(errors), ["failing initialize FAILED"]);
      assertEquals((errors[0]?.cause as Error).message, "no disk");
      assertEquals(log, [
        "first initialize",
        "failing initialize",
        "failing cleanup",
        "first cleanup",
      ]);
    });
  }

  it("begins a stop with that error as its reason", async () => {
    const signals: AbortSignal[] = [];
    const manager = new TaskManager();
    manager.addTask("first", {
      initialize: ({ signal }) => void signals.push(signal),
      execute: () => {},
    });
    manager.addTask("failing", {
      initialize: ({ signal }) => {
        signals.push(signal);
        throw new Error("no disk");
      },
      execute: () => {},
    });
    const [error] = await manager.runSettled();
    assertEquals(signals.length, 2);
    for (const signal of signals) assertStrictEquals(signal.reason, error);
  });

  it("is stopping from the failure on", async () => {
    const manager = new TaskManager();
    const states: string[] = [];
    manager.addTask("first", {
      initialize: ({ signal }) => {
        signal.addEventListener("abort", () => states.push(manager.state));
      },
      execute: () => {},
    });
    manager.addTask("failing", {
      initialize: () => Promise.reject(new Error("no disk")),
      execute: () => {},
      cleanup: () => void states.push(manager.state),
    });
    await manager.runSettled();
    assertEquals(states, ["stopping", "cleaning-up"]);
  });

  it("counts an AbortError as a failure while nobody has stopped", async () => {
    const thrown = new DOMException("The request timed out", "AbortError");
    const manager = new TaskManager();
    manager.addTask("failing", {
      initialize: () => Promise.reject(thrown),
      execute: () => {},
    });
    const errors: TaskError[] = await manager.runSettled();
    assertEquals(summary(errors), ["failing initialize FAILED"]);
    assertStrictEquals(errors[0]?.cause, thrown);
  });
});
