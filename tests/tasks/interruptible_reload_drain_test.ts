import { type Task, type TaskContext, TaskManager } from "@goasync/core";
import { interruptible } from "@goasync/core/tasks/interruptible";
import { repeatable } from "@goasync/core/tasks";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { FakeProcess } from "../helpers/fake_process.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { stuck } from "../helpers/stuck.ts";
import { AwaitedLog } from "../helpers/awaited_log.ts";
import { gate } from "../helpers/gate.ts";
import {
  DRAINED,
  executing,
  inTurn,
  logged,
  ONE_GENERATION,
} from "../helpers/generations.ts";
import { pass } from "../helpers/pass.ts";

describe("interruptible() drains before it starts anew", () => {
  it("and aborts the signal when the drain has ended", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const finish = gate();
    const task = logged(log, {
      execute: inTurn(({ draining, signal, done }) => {
        draining.addEventListener("abort", () => log.add("told"));
        signal.addEventListener("abort", () => log.add("aborted"));
        return done;
      }, ({ done }) => done),
      drain: inTurn(() => finish.reached, () => {}),
    });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    await microtasks();
    assertEquals(log.entries, ["initialize", "execute", "told", "drain"]);
    finish.open();
    await log.length(8);
    manager.stop();
    assertEquals(await run, []);
    assertEquals(log.entries, [
      "initialize",
      "execute",
      "told",
      "drain",
      "aborted",
      "cleanup",
      ...DRAINED,
    ]);
  });

  it("on the task, with the context of its execute, looked up when called", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const contexts: TaskContext[] = [];
    const task = logged(log, {
      execute: (context) => {
        contexts.push(context);
        return context.done;
      },
      drain: () => {},
    });
    const { run } = await executing(manager, task, log);
    task.drain = function (this: unknown, context) {
      assertStrictEquals(this, task);
      contexts.push(context);
      log.add("new drain");
    };
    os.raise("SIGHUP");
    await log.length(6);
    manager.stop();
    assertEquals(await run, []);
    assertEquals(log.entries.filter((each) => each.includes("drain")), [
      "new drain",
      "new drain",
    ]);
    const [first, firstDrained, second, secondDrained] = contexts;
    assertStrictEquals(firstDrained, first);
    assertStrictEquals(secondDrained, second);
  });

  it("as an execute task, too", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const task = logged(log, { drain: () => {} });
    manager.addExecuteTask("it", interruptible(["SIGHUP"], task));
    const run = manager.runSettled();
    await log.length(1);
    os.raise("SIGHUP");
    await log.length(3);
    manager.stop();
    assertEquals(await run, []);
    assertEquals(log.entries, ["execute", "drain", "execute", "drain"]);
  });

  it("and once more when another signal came meanwhile", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const raise = () => {
      os.raise("SIGHUP");
      os.raise("SIGHUP");
    };
    const task = logged(log, { drain: inTurn(raise) });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    await log.length(8);
    manager.stop();
    assertEquals(await run, []);
    assertEquals(log.entries, [
      ...DRAINED,
      "initialize",
      "cleanup",
      ...DRAINED,
    ]);
  });

  it("which needs no execute", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const task: Task = {
      initialize: () => log.add("initialize"),
      drain: () => log.add("drain"),
      cleanup: () => log.add("cleanup"),
    };
    manager.addTask("it", interruptible(["SIGHUP"], task));
    manager.addTask("next", { execute: ({ done }) => (log.add("next"), done) });
    const run = manager.runSettled();
    await log.length(2);
    os.raise("SIGHUP");
    await log.length(5);
    await microtasks();
    manager.stop();
    assertEquals(await run, []);
    assertEquals(log.entries.filter((each) => each !== "next"), [
      "initialize",
      "drain",
      "cleanup",
      "initialize",
      "drain",
      "cleanup",
    ]);
  });

  it("drains nothing on a signal after its execute has failed", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const task = logged(log, {
      execute: inTurn(
        () => Promise.reject(new Error("broken")),
        ({ done }) => done,
      ),
      drain: () => {},
    });
    const repeated = repeatable(interruptible(["SIGHUP"], task), {
      onError: () => os.raise("SIGHUP"),
      backoff: false,
    });
    manager.addTask("it", repeated);
    const run = manager.runSettled();
    await log.length(5);
    manager.stop();
    assertEquals(await run, []);
    assertEquals(log.entries, [...ONE_GENERATION, ...DRAINED]);
  });
});

describe("interruptible() stopped while a signal drains it", () => {
  it("waits for that drain, begins none, and starts nothing anew", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const finish = gate();
    const task = logged(log, { drain: () => finish.reached });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    await log.length(3);
    manager.stop();
    await microtasks();
    assertEquals(manager.state, "draining");
    assertEquals(log.entries, ["initialize", "execute", "drain"]);
    finish.open();
    assertEquals(await run, []);
    assertEquals(log.entries, DRAINED);
  });

  it("keeps its signal live until everyone has drained", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const [own, other] = [gate(), gate()];
    const signals: AbortSignal[] = [];
    const task = logged(log, {
      initialize: ({ signal }) => void signals.push(signal),
      drain: () => own.reached,
    });
    manager.addTask("other", { drain: () => other.reached });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    await log.length(3);
    manager.stop();
    own.open();
    await microtasks();
    assertEquals(manager.state, "draining");
    assertEquals(signals[0]!.aborted, false);
    other.open();
    assertEquals(await run, []);
    assertEquals(signals[0]!.aborted, true);
  });

  it("by a listener that hears of the signal first: drains once", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const finish = gate();
    const task = logged(log, {
      execute: ({ draining, done }) => {
        draining.addEventListener("abort", () => void manager.stop());
        return done;
      },
      drain: () => finish.reached,
    });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    await microtasks();
    assertEquals(manager.state, "draining");
    finish.open();
    assertEquals(await run, []);
    assertEquals(log.entries, DRAINED);
  });

  it("during the next cleanup or initialize: drains nothing", async () => {
    for (const stage of ["cleanup", "initialize"] as const) {
      using os = new FakeProcess();
      const log = new AwaitedLog();
      const manager = new TaskManager();
      let calls = 0;
      const task = logged(log, {
        [stage]: () => {
          if (++calls === (stage === "cleanup" ? 1 : 2)) manager.stop();
        },
        drain: () => {},
      });
      const { run } = await executing(manager, task, log);
      os.raise("SIGHUP");
      assertEquals(await run, []);
      assertEquals(
        log.entries,
        stage === "cleanup" ? DRAINED : [...DRAINED, "initialize", "cleanup"],
      );
    }
  });

  it("is left behind once, if that drain never ends", async () => {
    using time = new FakeTime();
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager({ drainTimeout: 10, stopTimeout: 20 });
    const task = logged(log, { drain: stuck });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    await log.length(3);
    manager.stop();
    await pass(time, 10);
    assertEquals(manager.state, "stopping");
    await pass(time, 20);
    const [error, ...others] = await run;
    assertEquals(others, []);
    assertEquals(error?.code, "TIMEOUT");
    assertEquals(log.entries, DRAINED);
    assertEquals(os.handlers, []);
  });
});
