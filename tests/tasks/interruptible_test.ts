import { type Task, TaskContext, TaskManager } from "@goasync/core";
import { interruptible } from "@goasync/core/tasks/interruptible";
import {
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { countedSignal } from "../helpers/counted_signal.ts";
import { FakeProcess, replaceProcess } from "../helpers/fake_process.ts";
import { AwaitedLog } from "../helpers/awaited_log.ts";
import { microtasks } from "../helpers/microtasks.ts";
import {
  logged,
  ONE_GENERATION,
  TWO_GENERATIONS,
} from "../helpers/generations.ts";

describe("interruptible()", () => {
  it("passes initialize, execute and cleanup through", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    manager.addTask("it", interruptible(["SIGHUP"], logged(log)));
    const run = manager.runSettled();
    await log.length(2);
    manager.stop();
    assertEquals(await run, []);
    assertEquals(log.entries, ONE_GENERATION);
    assertEquals(os.handlers, []);
  });

  it("stops, cleans up, initializes and executes again on a signal", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    manager.addTask("it", interruptible(["SIGHUP", "SIGUSR2"], logged(log)));
    const run = manager.runSettled();
    await log.length(2);
    os.raise("SIGHUP");
    await log.length(5);
    os.raise("SIGUSR2");
    await log.length(8);
    manager.stop();
    assertEquals(await run, []);
    assertEquals(log.entries, [...TWO_GENERATIONS, ...ONE_GENERATION]);
  });

  it("does nothing on other signals", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    manager.addTask("it", interruptible(["SIGHUP"], logged(log)));
    const run = manager.runSettled();
    await log.length(2);
    os.raise("SIGUSR2");
    manager.stop();
    await run;
    assertEquals(log.entries, ONE_GENERATION);
  });

  it("takes a function", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    manager.addTask(
      "it",
      interruptible(["SIGHUP"], ({ name, done }) => {
        log.add(`${name} executes`);
        return done;
      }),
    );
    const run = manager.runSettled();
    await log.length(1);
    os.raise("SIGHUP");
    await log.length(2);
    manager.stop();
    assertEquals(await run, []);
    assertEquals(log.entries, ["it executes", "it executes"]);
  });

  it("looks methods up when they are called, on the task", async () => {
    using _os = new FakeProcess();
    const calls: unknown[] = [];
    const manager = new TaskManager();
    const task: Task = { execute() {} };
    manager.addTask("it", interruptible(["SIGHUP"], task));
    task.initialize = function () {
      calls.push(this);
    };
    task.execute = function () {
      calls.push(this);
      manager.stop();
    };
    task.cleanup = function () {
      calls.push(this);
    };
    assertEquals(await manager.runSettled(), []);
    assertEquals(calls.length, 3);
    for (const self of calls) assertStrictEquals(self, task);
  });

  it("merely executes on a runtime without OS signals", async () => {
    using _none = replaceProcess(undefined);
    const log = new AwaitedLog();
    const manager = new TaskManager();
    manager.addTask("it", interruptible(["SIGHUP"], logged(log)));
    const run = manager.runSettled();
    await log.length(2);
    manager.stop();
    assertEquals(await run, []);
    assertEquals(log.entries, ONE_GENERATION);
  });

  it("can be run again when the run is over", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const task = interruptible(["SIGHUP"], logged(log));
    for (const length of [2, 5]) {
      const manager = new TaskManager();
      manager.addTask("it", task);
      const run = manager.runSettled();
      await log.length(length);
      manager.stop();
      assertEquals(await run, []);
      assertEquals(os.handlers, []);
    }
    assertEquals(log.entries, TWO_GENERATIONS);
  });

  it("fails when it is in a run already, and leaves nothing behind", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const task = interruptible(["SIGHUP"], logged(log));
    manager.addTask("first", task);
    manager.addTask("second", task);
    const [error, ...others] = await manager.runSettled();
    assertEquals(others, []);
    assertEquals(error?.taskName, "second");
    assertStringIncludes(
      error!.message,
      'Cannot initialize task "second" as it is in a run already',
    );
    assertEquals(log.entries, ["initialize", "cleanup"]);
    assertEquals(os.handlers, []);
  });
});

describe("interruptible() as an execute task", () => {
  it("executes again, and calls nothing else", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    manager.addExecuteTask("it", interruptible(["SIGHUP"], logged(log)));
    const run = manager.runSettled();
    await log.length(1);
    assertEquals(os.handlers, ["SIGHUP"]);
    os.raise("SIGHUP");
    await log.length(2);
    manager.stop();
    assertEquals(await run, []);
    assertEquals(log.entries, ["execute", "execute"]);
    assertEquals(os.handlers, []);
  });

  it("starts before addExecuteTask returns", async () => {
    using _os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    manager.addExecuteTask("adds", () => {
      manager.addExecuteTask("it", interruptible(["SIGHUP"], logged(log)));
      assertEquals(log.entries, ["execute"]);
      manager.stop();
    });
    assertEquals(await manager.runSettled(), []);
  });

  it("leaves neither handler nor listener when it fails", async () => {
    using os = new FakeProcess();
    const outer = countedSignal();
    const context = new TaskContext({ name: "it", signal: outer.signal });
    const broken = new Error("broken");
    const wrapped = interruptible(["SIGHUP"], () => Promise.reject(broken));
    const thrown = await assertRejects(async () =>
      await wrapped.execute(context)
    );
    assertStrictEquals(thrown, broken);
    assertEquals(outer.listeners(), 0);
    assertEquals(os.handlers, []);
  });

  it("does not execute when it is told to stop from the start", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const signal = AbortSignal.abort();
    const wrapped = interruptible(["SIGHUP"], logged(log));
    await wrapped.execute(new TaskContext({ name: "it", signal }));
    assertEquals(log.entries, []);
    await microtasks();
    assertEquals(os.handlers, []);
  });
});

describe("interruptible() throws TypeError for", () => {
  const notSignals = [undefined, null, "SIGHUP", [], ["hup"], [1], {}];
  it("signals that are none", () => {
    for (const bad of notSignals) {
      assertThrows(
        // deno-lint-ignore no-explicit-any
        () => interruptible(bad as any, () => {}),
        TypeError,
        "Cannot interrupt a task as 'signals' must",
      );
    }
  });

  it("signals that no program can catch", () => {
    for (const name of ["SIGKILL", "SIGSTOP"] as const) {
      assertThrows(
        () => interruptible(["SIGHUP", name], () => {}),
        TypeError,
        `Cannot interrupt a task on ${name} as no program can catch it`,
      );
    }
  });

  it("what is no task", () => {
    const bad: unknown[] = [undefined, null, {}, { execute: 1 }, "task"];
    for (const task of bad) {
      assertThrows(
        // deno-lint-ignore no-explicit-any
        () => interruptible(["SIGHUP"], task as any),
        TypeError,
        "'execute'",
      );
    }
    assertThrows(
      // deno-lint-ignore no-explicit-any
      () => interruptible(["SIGHUP"], { execute() {}, cleanup: 1 } as any),
      TypeError,
      "'cleanup'",
    );
  });

  it("a TaskManager, which runs once", () => {
    assertThrows(
      () => interruptible(["SIGHUP"], new TaskManager()),
      TypeError,
      "Cannot interrupt a TaskManager as it runs once",
    );
  });
});
