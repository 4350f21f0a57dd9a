import {
  InvalidStateError,
  type TaskContext,
  type TaskError,
  TaskManager,
} from "@goasync/core";
import { forceStop, repeatable } from "@goasync/core/tasks";
import { interruptible } from "@goasync/core/tasks/interruptible";
import { assertEquals, assertInstanceOf } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeProcess } from "../helpers/fake_process.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { running } from "../helpers/running.ts";
import { AwaitedLog } from "../helpers/awaited_log.ts";
import { gate } from "../helpers/gate.ts";

describe("forceStop() around a TaskManager", () => {
  for (const how of ["inner", "inner.asTask()"]) {
    it(`lets it drain in its own time: ${how}`, async () => {
      const finish = gate();
      const inner = new TaskManager();
      let signal!: AbortSignal;
      inner.addTask("leaf", {
        initialize: (context) => signal = context.signal,
        drain: () => finish.reached,
      });
      const manager = new TaskManager();
      manager.addTask(
        "inner",
        forceStop(10, how === "inner" ? inner : inner.asTask()),
      );
      const { errors } = await running(manager);
      manager.stop();
      await microtasks();
      assertEquals([manager.state, inner.state], ["draining", "draining"]);
      assertEquals(signal.aborted, false);
      finish.open();
      assertEquals(await errors, []);
      assertEquals(inner.state, "finished");
    });
  }
});

describe("repeatable() of a function that runs a TaskManager", () => {
  it("runs a new one each time, until it is told", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    const errors: unknown[] = [];
    const run = (context: TaskContext) => {
      const inner = new TaskManager();
      inner.addExecuteTask("leaf", ({ done }) => {
        log.push("leaf");
        if (log.length < 3) throw new Error("no connection");
        return done;
      });
      return inner.execute(context);
    };
    const options = {
      onError: (error: unknown) => errors.push(error),
      backoff: false,
    } as const;
    manager.addTask("it", repeatable(run, options));
    const { errors: ended } = await running(manager);
    while (log.length < 3) await microtasks();
    manager.stop();
    assertEquals(await ended, []);
    assertEquals(log.length, 3);
    const messages = errors.map((error) => (error as TaskError).message);
    assertEquals(
      messages,
      Array(2).fill('Task "leaf" failed in execute: no connection'),
    );
  });
});

describe("interruptible() of a TaskManager", () => {
  it("starts a new one for each signal, if a function creates it", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const inners: TaskManager[] = [];
    const run = (context: TaskContext) => {
      const inner = new TaskManager();
      inners.push(inner);
      inner.addTask("leaf", {
        initialize: () => log.add("initialize"),
        cleanup: () => log.add("cleanup"),
      });
      return inner.execute(context);
    };
    const manager = new TaskManager();
    manager.addTask("it", interruptible(["SIGHUP"], run));
    const { errors } = await running(manager);
    os.raise("SIGHUP");
    await log.length(3);
    await microtasks();
    assertEquals(inners.map(({ state }) => state), ["finished", "executing"]);
    manager.stop();
    assertEquals(await errors, []);
    assertEquals(log.entries, [
      "initialize",
      "cleanup",
      "initialize",
      "cleanup",
    ]);
  });

  it("cannot start what asTask() returned a second time", async () => {
    using os = new FakeProcess();
    const log: string[] = [];
    const inner = new TaskManager();
    inner.addTask("leaf", { cleanup: () => log.push("cleanup") });
    const manager = new TaskManager();
    manager.addTask("it", interruptible(["SIGHUP"], inner.asTask()));
    const { errors } = await running(manager);
    os.raise("SIGHUP");
    const [error, ...others] = await errors;
    assertEquals(others, []);
    assertInstanceOf(error?.cause, InvalidStateError);
    assertEquals(log, ["cleanup"]);
  });
});
