import { TaskManager, type TaskOutcome } from "@goasync/core";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { microtasks } from "../helpers/microtasks.ts";
import { notingTask, untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";
import { summary } from "../helpers/summary.ts";
import { gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";
import { stuck } from "../helpers/stuck.ts";

describe("the handle of a task", () => {
  it("has its name", async () => {
    const manager = new TaskManager();
    assertEquals(manager.addTask("a", { execute: () => {} }).name, "a");
    assertEquals(manager.addExecuteTask("b", () => {}).name, "b");
    await manager.stop();
  });

  it("has the state of a task, from the first to its outcome", async () => {
    const states: string[] = [];
    const gates = [gate(), gate()];
    const manager = new TaskManager();
    const handle = manager.addTask("it", {
      initialize: () => void states.push(`initialize: ${handle.state}`),
      execute({ done }) {
        states.push(`execute: ${handle.state}`);
        return done;
      },
      cleanup: () => void states.push(`cleanup: ${handle.state}`),
    });
    manager.addTask("slow", {
      initialize: () => gates[0]!.reached,
      execute: () => gates[1]!.reached,
    });
    assertEquals(handle.state, "waiting");
    const { errors } = await running(manager);
    assertEquals(handle.state, "initialized");
    gates[0]!.open();
    await microtasks();
    assertEquals(handle.state, "executing");
    manager.stop();
    assertEquals(handle.state, "executing");
    await microtasks();
    assertEquals(handle.state, "clean");
    gates[1]!.open();
    assertEquals(await errors, []);
    assertEquals(states, [
      "initialize: initializing",
      "execute: executing",
      "cleanup: clean",
    ]);
    assertEquals(handle.state, "clean");
  });

  it("has the state of an execute task, from the first to its outcome", async () => {
    const manager = new TaskManager();
    const ending = gate();
    const queued = manager.addExecuteTask("queued", () => ending.reached, {
      type: "error",
    });
    assertEquals(queued.state, "waiting");
    const { errors } = await running(manager);
    assertEquals(queued.state, "executing");
    const added = manager.addExecuteTask("added", untilStopped);
    assertEquals(added.state, "executing");
    ending.open();
    await microtasks();
    assertEquals(queued.state, "clean");
    await manager.stop();
    assertEquals(added.state, "clean");
    assertEquals(await errors, []);
  });

  const outcomes: {
    outcome: TaskOutcome;
    how: string;
    execute: () => void | Promise<void>;
    initialize?: () => Promise<void>;
    type?: "strict" | "error";
  }[] = [
    { outcome: "clean", how: "it returned", execute: () => {}, type: "error" },
    {
      outcome: "failed",
      how: "it threw",
      execute: () => {
        throw undefined;
      },
    },
    {
      outcome: "failed",
      how: "its initialize rejected",
      execute: () => {},
      initialize: () => Promise.reject("failed"),
    },
    {
      outcome: "unexpected-stop",
      how: "it is strict and returned",
      execute: () => {},
    },
    { outcome: "timed-out", how: "it overran its timeout", execute: stuck },
  ];
  for (const { outcome, how, execute, initialize, type } of outcomes) {
    it(`finishes as "${outcome}" when ${how}`, async () => {
      using time = new FakeTime();
      const manager = new TaskManager({ stopTimeout: 100 });
      const task = initialize ? { initialize, execute } : { execute };
      const handle = manager.addTask("it", task, { type });
      const errors = manager.runSettled();
      await time.runMicrotasks();
      manager.stop();
      await pass(time, 100);
      assertEquals(await handle.finished, outcome);
      assertEquals(handle.state, outcome);
      const isFailure = outcome !== "clean";
      assertEquals((await errors).length, isFailure ? 1 : 0);
    });
  }

  it('finishes as "abandoned" when the shutdown took too long', async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ shutdownTimeout: 100 });
    const task = manager.addTask("task", { execute: stuck });
    const executeTask = manager.addExecuteTask("execute task", stuck);
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop();
    await pass(time, 100);
    assertEquals(await task.finished, "abandoned");
    assertEquals(await executeTask.finished, "abandoned");
    assertEquals((await errors).length, 2);
  });

  it('finishes as "never-started" when the manager stopped before', async () => {
    const manager = new TaskManager();
    const task = manager.addTask("task", { execute: () => {} });
    const executeTask = manager.addExecuteTask("execute task", () => {});
    const outcomes = Promise.all([task.finished, executeTask.finished]);
    await manager.stop();
    assertEquals(await outcomes, ["never-started", "never-started"]);
    assertEquals([task.state, executeTask.state], await outcomes);
  });

  it('finishes as "never-started" when it was initialized, but another was not', async () => {
    const manager = new TaskManager();
    const handle = manager.addTask("it", { execute: () => {} });
    manager.addTask("failing", {
      initialize: () => Promise.reject("failed"),
      execute: () => {},
    });
    const queued = manager.addExecuteTask("queued", () => {});
    assertEquals(summary(await manager.runSettled()), [
      "failing initialize FAILED",
    ]);
    assertEquals(await handle.finished, "never-started");
    assertEquals(await queued.finished, "never-started");
  });

  it("has one promise, whenever it is asked for", async () => {
    const manager = new TaskManager();
    const handle = manager.addTask("it", { execute: untilStopped });
    const before = handle.finished;
    await running(manager);
    await manager.stop();
    assertStrictEquals(handle.finished, before);
    const late = manager.tasks;
    assertEquals(late, []);
    assertEquals(await handle.finished, "clean");
  });

  it("tells of the end to who asks only then", async () => {
    const manager = new TaskManager();
    const handle = manager.addTask("it", { execute: untilStopped });
    await running(manager);
    await manager.stop();
    assertEquals(await handle.finished, "clean");
  });

  it("finishes before any cleanup", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    const handle = manager.addTask(
      "it",
      notingTask(log, {
        async execute({ done }) {
          await done;
        },
      }),
    );
    handle.finished.then((outcome) => log.push(outcome));
    const { errors } = await running(manager);
    manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, ["it initialize", "it execute", "clean", "it cleanup"]);
  });

  it("may be awaited by another task, which never holds up the stop", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    const first = manager.addTask("first", {
      async execute() {
        log.push(`first saw ${await last.finished}`);
      },
    });
    const last = manager.addTask("last", { execute: untilStopped });
    manager.addExecuteTask("third", async () => {
      log.push(`third saw ${await first.finished}`);
    });
    const { errors } = await running(manager);
    manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, ["first saw clean", "third saw clean"]);
  });

  it("may be awaited by an initialize, which never holds up the stop", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    manager.addTask("first", {
      async initialize() {
        log.push(await task.finished, await executeTask.finished);
      },
      execute: untilStopped,
    });
    const task = manager.addTask("task", { execute: untilStopped });
    const executeTask = manager.addExecuteTask("execute task", untilStopped);
    const { errors } = await running(manager);
    assertEquals(manager.state, "initializing");
    manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, ["never-started", "never-started"]);
  });
});

describe("TaskManager.tasks", () => {
  it("lists the handles of those who have not ended, in the order added", async () => {
    const ending = gate();
    const manager = new TaskManager();
    assertEquals(manager.tasks, []);
    const execute = () => ending.reached;
    const b = manager.addExecuteTask("b", execute, { type: "error" });
    const a = manager.addTask("a", { execute: untilStopped });
    const names = () => manager.tasks.map(({ name }) => name);
    assertEquals(names(), ["b", "a"]);
    assertStrictEquals(manager.tasks[0], b);
    assertStrictEquals(manager.tasks[1], a);
    const { errors } = await running(manager);
    manager.addExecuteTask("c", untilStopped);
    assertEquals(names(), ["b", "a", "c"]);
    ending.open();
    await microtasks();
    assertEquals(names(), ["a", "c"]);
    await manager.stop();
    assertEquals(names(), []);
    assertEquals(await errors, []);
  });

  it("leaves a task out that has ended and is not cleaned up", async () => {
    const manager = new TaskManager();
    manager.addTask("it", { execute: () => {} }, { type: "error" });
    const { errors } = await running(manager);
    assertEquals(manager.tasks, []);
    await manager.stop();
    assertEquals(await errors, []);
  });

  it("is a new list each time", async () => {
    const manager = new TaskManager();
    manager.addTask("it", { execute: untilStopped });
    manager.tasks.pop();
    assertEquals(manager.tasks.length, 1);
    await manager.stop();
  });
});
