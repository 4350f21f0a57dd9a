// Whose drain is called, and how, in these interleavings:
// - the task executes, has no execute, has returned before the stop, returns
//   while others drain;
// - it has failed, or returned too early; it is an execute task that has ended;
// - its drain came or went since it was added, or is not its own.

import { type Task, type TaskContext, TaskManager } from "@goasync/core";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { gate } from "../helpers/gate.ts";
import { ADDERS, drains, listens } from "../helpers/draining.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";

describe("rule 17: the drain of a task", () => {
  for (const { what, add } of ADDERS) {
    it(`is called once, as a method, with the context of its execute: ${what}`, async () => {
      const calls: unknown[] = [];
      const ending = gate();
      const manager = new TaskManager();
      const task = {
        execute(this: unknown, context: TaskContext) {
          calls.push(this, context);
          return context.done;
        },
        drain(this: unknown, context: TaskContext) {
          calls.push(this, context);
          return ending.reached;
        },
      };
      add(manager, "it", task);
      const { errors } = await running(manager);
      manager.stop();
      manager.stop();
      ending.open();
      assertEquals(await errors, []);
      assertEquals(calls.length, 4);
      const [executed, context, drained, sameContext] = calls;
      assertStrictEquals(executed, task);
      assertStrictEquals(drained, task);
      assertStrictEquals(sameContext, context);
    });

    it(`is looked up when it is called: ${what}`, async () => {
      const log: string[] = [];
      const manager = new TaskManager();
      const task: { execute: typeof untilStopped; drain?: () => unknown } = {
        execute: untilStopped,
      };
      const gone = drains(log);
      add(manager, "later", task);
      add(manager, "gone", gone);
      const { errors } = await running(manager);
      task.drain = () => log.push("later drain");
      delete gone.drain;
      manager.stop();
      assertEquals(log, ["gone told", "later drain", "gone aborted"]);
      assertEquals(await errors, []);
    });

    it(`lets a strict ${what} return from being told on, while others drain`, async () => {
      const working = gate();
      const ending = gate();
      const manager = new TaskManager();
      const handles = [
        add(manager, "plain", { execute: () => working.reached }),
        add(manager, "drainer", {
          execute: () => working.reached,
          drain: () => ending.reached,
        }),
      ];
      const { errors } = await running(manager);
      manager.stop();
      working.open();
      await microtasks();
      assertEquals(manager.state, "draining");
      assertEquals(handles.map(({ state }) => state), ["clean", "draining"]);
      ending.open();
      assertEquals(await errors, []);
      assertEquals(handles.map(({ state }) => state), ["clean", "clean"]);
    });

    it(`is not called for a ${what} that has failed, or returned too early`, async () => {
      const log: string[] = [];
      for (const execute of [() => Promise.reject("broken"), () => {}]) {
        const manager = new TaskManager();
        add(manager, "bad", { execute, drain: () => log.push("bad drain") });
        add(manager, "good", drains(log));
        assertEquals((await manager.runSettled()).length, 1);
        assertEquals(log.splice(0), [
          "good told",
          "good drain",
          "good aborted",
        ]);
      }
    });
  }

  it("is called for a task without an execute, which ends by its signal", async () => {
    const log: string[] = [];
    const ending = gate();
    const manager = new TaskManager();
    const tasks: Task[] = [
      { drain: ({ name }) => void log.push(`${name} drain`) },
      {
        initialize: ({ name }) => void log.push(`${name} initialize`),
        drain({ name }) {
          log.push(`${name} drain`);
          return ending.reached;
        },
        cleanup: ({ name }) => void log.push(`${name} cleanup`),
      },
    ];
    const handles = tasks.map((task, index) =>
      manager.addTask(`${index}`, task)
    );
    const { errors } = await running(manager);
    manager.stop();
    await microtasks();
    assertEquals(log, ["1 initialize", "0 drain", "1 drain"]);
    assertEquals(handles.map(({ state }) => state), ["executing", "draining"]);
    ending.open();
    assertEquals(await errors, []);
    assertEquals(log.at(-1), "1 cleanup");
  });

  it("is called for a task whose execute returned before; its handle stays clean, its signal live", async () => {
    const log: string[] = [];
    const ending = gate();
    const manager = new TaskManager();
    const handle = manager.addTask(
      "ended",
      drains(log, () => ending.reached, () => {}),
      { type: "error" },
    );
    const { errors } = await running(manager);
    assertEquals(await handle.finished, "clean");
    manager.stop();
    await microtasks();
    assertEquals(log, ["ended told", "ended drain"]);
    assertEquals([manager.state, handle.state], ["draining", "clean"]);
    ending.open();
    assertEquals(await errors, []);
    assertEquals(log.slice(2), ["ended aborted"]);
  });

  it("that goes on after execute has returned before holds up the cleanup", async () => {
    const log: string[] = [];
    const ending = gate();
    const manager = new TaskManager();
    manager.addTask("ended", {
      execute: () => {},
      drain: () => ending.reached,
      cleanup: () => void log.push("cleanup"),
    }, { type: "error" });
    const { errors } = await running(manager);
    manager.stop();
    manager.stop(undefined, { drain: false });
    await microtasks();
    assertEquals([manager.state, ...log], ["stopping"]);
    ending.open();
    assertEquals(await errors, []);
    assertEquals(log, ["cleanup"]);
  });

  it("is not called for an execute task that has ended, which is forgotten", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    manager.addExecuteTask("ended", drains(log, () => {}, () => {}), {
      type: "error",
    });
    manager.addExecuteTask("other", listens([]));
    const { errors } = await running(manager);
    log.length = 0;
    manager.stop();
    assertEquals(manager.state, "stopping");
    assertEquals(await errors, []);
    assertEquals(log, []);
  });

  it("is none of a function that is its execute, whatever properties it has", async () => {
    let calls = 0;
    const execute = Object.assign(({ done }: TaskContext) => {
      calls++;
      return done;
    }, { drain: () => calls++ });
    const manager = new TaskManager();
    manager.addExecuteTask("it", execute);
    const { errors } = await running(manager);
    manager.stop();
    assertEquals(manager.state, "stopping");
    assertEquals(await errors, []);
    assertEquals(calls, 1);
  });
});
