import { TaskManager } from "@goasync/core";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { gate } from "../helpers/gate.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { notingTask } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";
import { summary } from "../helpers/summary.ts";

const NAMES = ["first", "second", "third"];

/** Three tasks, of which one waits in its initialize, and an execute task. */
function withSlowInitialize(slow: string): {
  manager: TaskManager;
  log: string[];
  open: () => void;
} {
  const log: string[] = [];
  const { reached, open } = gate();
  const manager = new TaskManager();
  for (const name of NAMES) {
    const initialize = () => name === slow ? reached : undefined;
    manager.addTask(name, notingTask(log, { initialize }));
  }
  manager.addExecuteTask("execute task", notingTask(log));
  return { manager, log, open };
}

describe("rule 11: stopped before everything is initialized", () => {
  NAMES.forEach((slow, index) => {
    const initialized = NAMES.slice(0, index + 1);

    for (const how of ["stop", "the caller's signal"]) {
      it(`initializes and executes no more when ${how} stops the ${slow} initialize`, async () => {
        const { manager, log, open } = withSlowInitialize(slow);
        const shutdown = new AbortController();
        const { errors } = await running(manager, { signal: shutdown.signal });
        if (how === "stop") manager.stop();
        else shutdown.abort();
        await microtasks();
        assertEquals(manager.state, "stopping");
        open();
        assertEquals(await errors, []);
        assertEquals(log, [
          ...initialized.map((name) => `${name} initialize`),
          ...initialized.toReversed().map((name) => `${name} cleanup`),
        ]);
      });
    }
  });

  it("executes nothing when it is stopped from inside the last initialize", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    manager.addTask(
      "it",
      notingTask(log, { initialize: () => void manager.stop() }),
    );
    manager.addExecuteTask("execute task", notingTask(log));
    assertEquals(await manager.runSettled(), []);
    assertEquals(log, ["it initialize", "it cleanup"]);
  });

  it("cleans up an initialize that failed once stopped, and records it", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    manager.addTask("first", notingTask(log));
    manager.addTask(
      "failing",
      notingTask(log, {
        initialize: ({ done }) =>
          done.then(() => Promise.reject(new Error("half open"))),
      }),
    );
    const { errors } = await running(manager);
    await manager.stop();
    assertEquals(summary(await errors), ["failing initialize FAILED"]);
    assertEquals(log, [
      "first initialize",
      "failing initialize",
      "failing cleanup",
      "first cleanup",
    ]);
  });

  it("calls no task when it is stopped in the turn in which it begins", async () => {
    for (const how of ["stop", "the caller's signal"]) {
      const { manager, log } = withSlowInitialize("none");
      const shutdown = new AbortController();
      const errors = manager.runSettled({ signal: shutdown.signal });
      if (how === "stop") manager.stop();
      else shutdown.abort();
      assertEquals(manager.state, "stopping");
      assertEquals(await errors, []);
      assertEquals(log, []);
    }
  });

  it("does nothing at all when it runs with a signal that is already aborted", async () => {
    const { manager, log } = withSlowInitialize("none");
    const run = manager.run({ signal: AbortSignal.abort(new Error("before")) });
    assertEquals(manager.state, "stopping");
    assertEquals(await run, undefined);
    assertEquals(manager.state, "finished");
    assertEquals(log, []);
  });
});
