import {
  type ExecuteFunction,
  InvalidStateError,
  type Task,
  TaskContext,
  TaskManager,
} from "@goasync/core";
import { forceStop } from "@goasync/core/tasks";
import { assertEquals, assertInstanceOf } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { leaves } from "../helpers/leaves.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { notingTask, untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";
import { summary } from "../helpers/summary.ts";
import { gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";

/** Wraps a task so that its signal never aborts while it is initialized. */
function toldNothing(task: Task, execute: ExecuteFunction): Task {
  const { signal } = new AbortController();
  return {
    initialize: ({ name }) =>
      task.initialize!(new TaskContext({ name, signal })),
    execute,
    cleanup: (context) => task.cleanup!(context),
  };
}

/** Goes on after what others do meanwhile. */
async function someTurns(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await null;
}

describe("TaskManager.asTask()", () => {
  it("initializes and cleans up at its place among its siblings", async () => {
    const log: string[] = [];
    const inner = new TaskManager();
    inner.addTask("inner 1", notingTask(log));
    inner.addTask("inner 2", notingTask(log));
    inner.addExecuteTask("inner 3", ({ name, done }) => {
      log.push(`${name} execute`);
      return done;
    });
    const outer = new TaskManager();
    outer.addTask("before", notingTask(log));
    outer.addTask("inner", inner.asTask());
    outer.addTask("after", notingTask(log));
    const { errors } = await running(outer);
    assertEquals([outer.state, inner.state], ["executing", "executing"]);
    await outer.stop();
    assertEquals(await errors, []);
    assertEquals([outer.state, inner.state], ["finished", "finished"]);
    assertEquals(log, [
      "before initialize",
      "inner 1 initialize",
      "inner 2 initialize",
      "after initialize",
      "before execute",
      "after execute",
      // Those of a manager within start some microtasks later.
      "inner 1 execute",
      "inner 2 execute",
      "inner 3 execute",
      "after cleanup",
      "inner 2 cleanup",
      "inner 1 cleanup",
      "before cleanup",
    ]);
  });

  it("waits for a sibling's cleanup before its own", async () => {
    const cleans = gate();
    const log: string[] = [];
    const inner = new TaskManager();
    inner.addTask("it", notingTask(log));
    const outer = new TaskManager();
    outer.addTask("inner", inner.asTask());
    outer.addTask(
      "sibling",
      notingTask(log, { cleanup: () => cleans.reached }),
    );
    const { errors } = await running(outer);
    outer.stop();
    await microtasks();
    assertEquals(log.at(-1), "sibling cleanup");
    assertEquals([outer.state, inner.state], ["cleaning-up", "stopping"]);
    cleans.open();
    assertEquals(await errors, []);
    assertEquals(log.at(-1), "it cleanup");
  });

  it("stops everything when one of its tasks fails to initialize", async () => {
    const log: string[] = [];
    const inner = new TaskManager();
    inner.addTask("good", notingTask(log));
    inner.addTask(
      "bad",
      notingTask(log, { initialize: () => Promise.reject("broken") }),
    );
    inner.addTask("later", notingTask(log));
    const outer = new TaskManager();
    outer.addTask("before", notingTask(log));
    outer.addTask("inner", inner.asTask());
    outer.addTask("after", notingTask(log));
    const errors = await outer.runSettled();
    assertEquals(summary(errors), ["inner initialize FAILED"]);
    assertEquals(leaves(errors), ["inner/bad initialize FAILED"]);
    assertEquals(log, [
      "before initialize",
      "good initialize",
      "bad initialize",
      "bad cleanup",
      "good cleanup",
      "before cleanup",
    ]);
  });

  it("is told with the others while it initializes", async () => {
    const log: string[] = [];
    const inner = new TaskManager();
    inner.addTask(
      "slow",
      notingTask(log, { initialize: ({ done }) => done }),
    );
    inner.addTask("later", notingTask(log));
    const outer = new TaskManager();
    outer.addTask("inner", inner.asTask());
    const { errors } = await running(outer);
    outer.stop();
    assertEquals([outer.state, inner.state], ["stopping", "stopping"]);
    assertEquals(await errors, []);
    assertEquals(log, ["slow initialize", "slow cleanup"]);
  });

  it("names each failing stage, and gives no error twice", async () => {
    const inner = new TaskManager();
    inner.addTask("leaf", {
      execute: ({ done }) => done.then(() => Promise.reject("broken")),
      cleanup: () => Promise.reject("broken again"),
    });
    const outer = new TaskManager();
    outer.addTask("inner", inner.asTask());
    const { errors } = await running(outer);
    outer.stop();
    const list = await errors;
    assertEquals(summary(list), [
      "inner execute FAILED",
      "inner cleanup FAILED",
    ]);
    assertEquals(leaves(list), [
      "inner/leaf execute FAILED",
      "inner/leaf cleanup FAILED",
    ]);
  });

  it("is skipped altogether when it is cancelled before", async () => {
    const log: string[] = [];
    const inner = new TaskManager();
    inner.addTask("it", notingTask(log));
    const outer = new TaskManager();
    outer.addTask("inner", inner.asTask()).cancel();
    const { errors } = await running(outer);
    await outer.stop();
    assertEquals(await errors, []);
    assertEquals(log, []);
    assertEquals(inner.state, "idle");
  });

  it("fails when the manager was run before, which it leaves alone", async () => {
    const log: string[] = [];
    const inner = new TaskManager();
    inner.addTask("it", notingTask(log));
    const elsewhere = await running(inner);
    const outer = new TaskManager();
    outer.addTask("inner", inner.asTask());
    const errors = await outer.runSettled();
    assertEquals(summary(errors), ["inner initialize FAILED"]);
    assertInstanceOf(errors[0]?.cause, InvalidStateError);
    assertEquals(inner.state, "executing");
    assertEquals(log, ["it initialize", "it execute"]);
    await inner.stop();
    assertEquals(await elsewhere.errors, []);
  });

  it("works once, and the second leaves the first alone", async () => {
    const log: string[] = [];
    const inner = new TaskManager();
    inner.addTask("it", notingTask(log));
    const outer = new TaskManager();
    outer.addTask("first", inner.asTask());
    outer.addTask("between", notingTask(log));
    outer.addTask("second", inner.asTask());
    const errors = await outer.runSettled();
    assertEquals(summary(errors), ["second initialize FAILED"]);
    assertEquals(log, [
      "it initialize",
      "between initialize",
      "between cleanup",
      "it cleanup",
    ]);
  });

  it("runs once, and ends, when it is two tasks at once", async () => {
    const log: string[] = [];
    const inner = new TaskManager();
    inner.addTask("it", notingTask(log));
    const task = inner.asTask();
    const outer = new TaskManager();
    outer.addTask("first", task);
    outer.addExecuteTask("second", task);
    const { errors } = await running(outer);
    await outer.stop();
    assertEquals(await errors, []);
    assertEquals(log, ["it initialize", "it execute", "it cleanup"]);
  });

  it("is stopped by its cleanup when nobody else has told it", async () => {
    const log: string[] = [];
    const inner = new TaskManager();
    const handle = inner.addTask("it", {
      execute: untilStopped,
      cleanup: () => void log.push(inner.state),
    });
    const task = inner.asTask();
    const outer = new TaskManager();
    outer.addTask("inner", toldNothing(task, untilStopped));
    const { errors } = await running(outer);
    await outer.stop();
    assertEquals(await errors, []);
    assertEquals(log, ["cleaning-up"]);
    assertEquals(await handle.finished, "never-started");
    assertEquals(inner.report().stop?.by, "stop");
  });

  it("waits in its cleanup for whom nobody else has told, and cleans up in turn", async () => {
    const log: string[] = [];
    const inner = new TaskManager();
    for (const name of ["A", "B"]) {
      inner.addTask(name, {
        async execute({ done }) {
          await done;
          await someTurns();
          log.push(`${name} ends`);
        },
        async cleanup() {
          log.push(`${name} cleanup begins`);
          await someTurns();
          log.push(`${name} cleanup ends`);
        },
      });
    }
    const task = inner.asTask();
    const outer = new TaskManager();
    outer.addTask(
      "inner",
      toldNothing(
        task,
        ({ name, done }) =>
          Promise.race([task.execute(new TaskContext({ name })), done]),
      ),
    );
    const { errors } = await running(outer);
    await outer.stop();
    assertEquals(await errors, []);
    assertEquals(log, [
      "A ends",
      "B ends",
      "B cleanup begins",
      "B cleanup ends",
      "A cleanup begins",
      "A cleanup ends",
    ]);
  });

  it("abandons in its cleanup whom a wrapper has left behind", async () => {
    const log: string[] = [];
    const late = gate();
    const inner = new TaskManager();
    const handles = ["A", "B"].map((name) =>
      inner.addTask(name, {
        execute: () => late.reached,
        async cleanup() {
          log.push(`${name} cleanup begins`);
          late.open();
          await someTurns();
          log.push(`${name} cleanup ends`);
        },
      })
    );
    const outer = new TaskManager();
    outer.addTask("inner", forceStop(0, inner.asTask()));
    const { errors } = await running(outer);
    await outer.stop();
    assertEquals(leaves(await errors), [
      "inner execute FAILED",
      "inner/A execute TIMEOUT",
      "inner/B execute TIMEOUT",
    ]);
    assertEquals(log, [
      "B cleanup begins",
      "B cleanup ends",
      "A cleanup begins",
      "A cleanup ends",
    ]);
    assertEquals(handles.map(({ state }) => state), ["abandoned", "abandoned"]);
    assertEquals(inner.state, "finished");
  });

  it("does nothing when the manager was stopped before", async () => {
    const log: string[] = [];
    const inner = new TaskManager();
    inner.addTask("it", notingTask(log));
    await inner.stop();
    const outer = new TaskManager();
    outer.addTask("inner", inner.asTask(), { type: "error" });
    const { errors } = await running(outer);
    assertEquals(outer.state, "executing");
    await outer.stop();
    assertEquals(await errors, []);
    assertEquals(log, []);
  });

  it("runs from the first stage to the last when it is an execute task", async () => {
    const log: string[] = [];
    const inner = new TaskManager();
    inner.addTask("it", notingTask(log));
    const outer = new TaskManager();
    outer.addExecuteTask("inner", inner.asTask());
    const { errors } = await running(outer);
    assertEquals(inner.state, "executing");
    await outer.stop();
    assertEquals(await errors, []);
    assertEquals(log, ["it initialize", "it execute", "it cleanup"]);
  });

  it("names what a spent budget of its own left, though its cleanup had not come", async () => {
    using time = new FakeTime();
    const cleans = gate();
    const inner = new TaskManager({ shutdownTimeout: 50 });
    inner.addTask("leaf", { execute: untilStopped, cleanup: () => {} });
    const outer = new TaskManager();
    outer.addTask("inner", inner.asTask());
    outer.addTask("slow", {
      execute: untilStopped,
      cleanup: () => cleans.reached,
    });
    const errors = outer.runSettled();
    await time.runMicrotasks();
    outer.stop();
    await pass(time, 50);
    assertEquals(inner.state, "finished");
    cleans.open();
    assertEquals(leaves(await errors), ["inner/leaf cleanup TIMEOUT"]);
  });
});
