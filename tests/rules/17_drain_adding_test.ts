// The interleavings of a stop and its drains with execute tasks that are added:
// before the run, while initializing, while draining (with a drain that takes
// its time, with one that returns at once, with none), from inside a drain, from
// a draining listener and from a signal listener.

import { InvalidStateError, TaskManager } from "@goasync/core";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { gate } from "../helpers/gate.ts";
import { ADDERS, drains, listens } from "../helpers/draining.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { running } from "../helpers/running.ts";

/** Notes when it is executed, told, drained and aborted. */
function noting(
  log: string[],
  drain?: () => unknown,
  onExecute = () => {},
) {
  return drains(log, drain, ({ name, done }) => {
    log.push(`${name} execute`);
    onExecute();
    return done;
  });
}

describe("rule 17: execute tasks that are added", () => {
  for (const { what, add } of ADDERS) {
    it(`before the run are drained: ${what}`, async () => {
      const log: string[] = [];
      const manager = new TaskManager();
      add(manager, "it", noting(log));
      const { errors } = await running(manager);
      manager.stop();
      assertEquals(log, ["it execute", "it told", "it drain", "it aborted"]);
      assertEquals(await errors, []);
    });
  }

  it("while initializing are queued and drained", async () => {
    const log: string[] = [];
    const initializing = gate();
    const manager = new TaskManager();
    manager.addTask("slow", { initialize: () => initializing.reached });
    const { errors } = await running(manager);
    manager.addExecuteTask("queued", noting(log));
    assertEquals(log, []);
    initializing.open();
    await microtasks();
    manager.stop();
    assertEquals(log.slice(0, 3), [
      "queued execute",
      "queued told",
      "queued drain",
    ]);
    assertEquals(await errors, []);
  });

  it("while draining start at once, told, and are drained and waited for", async () => {
    const log: string[] = [];
    const first = gate();
    const late = gate();
    const manager = new TaskManager();
    manager.addTask("first", { drain: () => first.reached });
    const { errors } = await running(manager);
    manager.stop("enough");
    await microtasks();
    const handle = manager.addExecuteTask("late", {
      execute({ draining, signal, done }) {
        log.push(`execute: ${draining.reason}, ${signal.aborted}`);
        return done;
      },
      drain() {
        log.push("drain");
        return late.reached;
      },
    });
    log.push(`added: ${handle.state}`);
    first.open();
    await microtasks();
    assertEquals(log, ["execute: enough, false", "drain", "added: draining"]);
    assertEquals(manager.state, "draining");
    late.open();
    assertEquals(await errors, []);
    assertEquals(handle.state, "clean");
  });

  it("while draining hold up nothing without a drain, or with one that returns at once", async () => {
    const log: string[] = [];
    const first = gate();
    const manager = new TaskManager();
    manager.addTask("first", { drain: () => first.reached });
    const { errors } = await running(manager);
    manager.stop();
    manager.addExecuteTask("plain", listens(log));
    manager.addExecuteTask("quick", drains(log));
    assertEquals(log, ["plain told", "quick told", "quick drain"]);
    assertEquals(manager.state, "draining");
    first.open();
    assertEquals(await errors, []);
    assertEquals(log.slice(3), ["plain aborted", "quick aborted"]);
  });

  for (const type of ["strict", "error"] as const) {
    it(`while draining may return: ${type}`, async () => {
      const first = gate();
      const manager = new TaskManager();
      manager.addTask("first", { drain: () => first.reached });
      const { errors } = await running(manager);
      manager.stop();
      const handle = manager.addExecuteTask("late", () => {}, { type });
      assertEquals(await handle.finished, "clean");
      assertEquals(manager.state, "draining");
      first.open();
      assertEquals(await errors, []);
    });
  }

  it("from inside a drain are drained before those that follow", async () => {
    const log: string[] = [];
    const ending = gate();
    const manager = new TaskManager();
    manager.addTask(
      "1",
      drains(log, () => {
        manager.addExecuteTask("late", drains(log, () => ending.reached));
      }),
    );
    manager.addTask("2", drains(log));
    const { errors } = await running(manager);
    manager.stop();
    assertEquals(log, [
      "1 told",
      "2 told",
      "1 drain",
      "late told",
      "late drain",
      "2 drain",
    ]);
    assertEquals(manager.state, "draining");
    ending.open();
    assertEquals(await errors, []);
  });

  it("from a draining listener are drained when all were told", async () => {
    const log: string[] = [];
    const ending = gate();
    const manager = new TaskManager();
    manager.addTask(
      "1",
      drains(log, () => {}, ({ draining, done }) => {
        draining.addEventListener("abort", () => {
          manager.addExecuteTask("late", noting(log, () => ending.reached));
        });
        return done;
      }),
    );
    manager.addTask("2", drains(log));
    const { errors } = await running(manager);
    manager.stop();
    assertEquals(log, [
      "1 told",
      "late told",
      "late execute",
      "2 told",
      "1 drain",
      "2 drain",
      "late drain",
    ]);
    ending.open();
    assertEquals(await errors, []);
  });

  it("are refused from a signal listener, and where nobody drains from a draining listener", async () => {
    const log: string[] = [];
    for (const which of ["draining", "signal"] as const) {
      const manager = new TaskManager();
      const task = drains([], () => {}, (context) => {
        context[which].addEventListener("abort", () => {
          const error = assertThrows(
            () => manager.addExecuteTask("late", () => log.push("late")),
            InvalidStateError,
          );
          log.push(`${which}: ${error.state}`);
        });
        return context.done;
      });
      const { execute } = task;
      manager.addTask("it", which === "signal" ? task : { execute });
      await running(manager);
      await manager.stop();
    }
    assertEquals(log, ["draining: stopping", "signal: stopping"]);
  });
});
