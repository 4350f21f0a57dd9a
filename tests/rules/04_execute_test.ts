import { InvalidStateError, TaskManager } from "@goasync/core";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { gate } from "../helpers/gate.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { notingTask, untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";
import { summary } from "../helpers/summary.ts";

describe("rule 4: execute", () => {
  it("starts all in one turn, in the order added, tasks before execute tasks", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    manager.addExecuteTask("execute task 1", (context) => {
      log.push("execute task 1 execute");
      return context.done;
    });
    manager.addTask("task 1", {
      execute(context) {
        log.push("task 1 execute");
        queueMicrotask(() => log.push("the turn is over"));
        return context.done;
      },
    });
    manager.addExecuteTask("execute task 2", notingTask(log));
    manager.addTask("task 2", { execute: notingTask(log).execute });
    const { errors } = await running(manager);
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, [
      "task 1 execute",
      "task 2 execute",
      "execute task 1 execute",
      "execute task 2 execute",
      "the turn is over",
    ]);
  });

  it("calls all once the first was called, after a stop with an aborted signal", async () => {
    const aborted: boolean[] = [];
    const manager = new TaskManager();
    manager.addTask("before", {
      execute: ({ signal, done }) => {
        aborted.push(signal.aborted);
        return done;
      },
    });
    manager.addTask("stops", {
      execute: ({ signal }) => {
        manager.stop();
        aborted.push(signal.aborted);
      },
    });
    manager.addTask("after", {
      execute: ({ signal }) => void aborted.push(signal.aborted),
    });
    manager.addExecuteTask(
      "execute task",
      ({ signal }) => void aborted.push(signal.aborted),
    );
    assertEquals(await manager.runSettled(), []);
    assertEquals(aborted, [false, true, true, true]);
  });

  it("calls all although the first throws", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    manager.addTask("failing", {
      execute: () => {
        throw new Error("no");
      },
    });
    manager.addTask("task", notingTask(log));
    manager.addExecuteTask("execute task", notingTask(log));
    assertEquals(summary(await manager.runSettled()), [
      "failing execute FAILED",
    ]);
    assertEquals(log, [
      "task initialize",
      "task execute",
      "execute task execute",
      "task cleanup",
    ]);
  });

  it("counts the stop-group before its first member starts", async () => {
    const log: string[] = [];
    const last = gate();
    const manager = new TaskManager();
    manager.addTask("returns at once", { execute: () => {} }, {
      type: "stop-group",
    });
    manager.addTask(
      "last",
      notingTask(log, { execute: () => last.reached }),
      { type: "stop-group" },
    );
    const { errors } = await running(manager);
    assertEquals(manager.state, "executing");
    last.open();
    assertEquals(await errors, []);
  });

  it("waits for everyone, whatever the others did", async () => {
    const gates = { throws: gate(), returns: gate(), fails: gate() };
    const manager = new TaskManager();
    manager.addTask("returns", { execute: () => gates.returns.reached });
    manager.addTask("fails", {
      execute: () =>
        gates.fails.reached.then(() => {
          throw new Error("after the stop");
        }),
    });
    manager.addExecuteTask("throws", () =>
      gates.throws.reached.then(() => {
        throw new Error("before the stop");
      }));
    let cleaned = false;
    manager.addTask("cleaned", {
      execute: untilStopped,
      cleanup: () => void (cleaned = true),
    });
    const { errors } = await running(manager);
    gates.throws.open();
    await microtasks();
    assertEquals(manager.state, "stopping");
    gates.fails.open();
    await microtasks();
    assertEquals(manager.state, "stopping");
    assertEquals(cleaned, false);
    gates.returns.open();
    assertEquals(summary(await errors), [
      "throws execute FAILED",
      "fails execute FAILED",
    ]);
    assertEquals(cleaned, true);
  });

  it("waits for everyone when the first told all to stop as it was called", async () => {
    const log: string[] = [];
    const slow = gate();
    const manager = new TaskManager();
    manager.addTask("stops", {
      execute: () => void manager.stop(),
      cleanup: () => void log.push("cleanup"),
    });
    manager.addExecuteTask("slow", async () => {
      await slow.reached;
      log.push("slow ends");
    });
    const { errors } = await running(manager);
    await microtasks();
    assertEquals(log, []);
    slow.open();
    assertEquals(await errors, []);
    assertEquals(log, ["slow ends", "cleanup"]);
  });

  it("waits for an execute task that was added while it executed", async () => {
    const { reached, open } = gate();
    const manager = new TaskManager();
    const { errors } = await running(manager);
    manager.addExecuteTask("late", () => reached);
    manager.stop();
    await microtasks();
    assertEquals(manager.state, "stopping");
    open();
    assertEquals(await errors, []);
  });

  it("takes nothing more from the stop on", async () => {
    const { reached, open } = gate();
    const manager = new TaskManager();
    manager.addTask("slow", { execute: () => reached });
    const { errors } = await running(manager);
    manager.stop();
    assertThrows(
      () => manager.addExecuteTask("late", untilStopped),
      InvalidStateError,
      '"late"',
    );
    open();
    assertEquals(await errors, []);
  });
});
