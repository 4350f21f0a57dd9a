import { type ExecuteFunction, TaskContext, TaskManager } from "@goasync/core";
import { interruptible } from "@goasync/core/tasks/interruptible";
import { repeatable } from "@goasync/core/tasks/repeatable";
import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeProcess } from "../helpers/fake_process.ts";
import { AwaitedLog } from "../helpers/awaited_log.ts";
import {
  executing,
  inTurn,
  logged,
  ONE_GENERATION,
  TWO_GENERATIONS,
} from "../helpers/generations.ts";

describe("interruptible() and what the task does wrong", () => {
  const clean: [string, ExecuteFunction][] = [
    ["its signal's reason", ({ signal, done }) =>
      done.then(() => {
        throw signal.reason;
      })],
    ["an AbortError", ({ done }) =>
      done.then(() => {
        throw new DOMException("closed", "AbortError");
      })],
  ];
  for (const [what, execute] of clean) {
    it(`takes ${what} as a clean end when it was told to stop`, async () => {
      using os = new FakeProcess();
      const log = new AwaitedLog();
      const manager = new TaskManager();
      const task = logged(log, { execute });
      manager.addTask("it", interruptible(["SIGHUP"], task));
      const run = manager.runSettled();
      await log.length(2);
      os.raise("SIGHUP");
      await log.length(5);
      manager.stop("enough");
      assertEquals(await run, []);
      assertEquals(log.entries, TWO_GENERATIONS);
    });
  }

  it("passes on an AbortError when it was stopped", async () => {
    using _os = new FakeProcess();
    const own = new AbortController();
    const context = new TaskContext({ name: "it", signal: own.signal });
    const closed = new DOMException("closed", "AbortError");
    const run = interruptible(["SIGHUP"], ({ done }) =>
      done.then(() => {
        throw closed;
      })).execute(context);
    own.abort("enough");
    const thrown = await assertRejects(async () => await run);
    assertStrictEquals(thrown, closed);
  });

  it("passes on what execute throws, unasked or not", async () => {
    using os = new FakeProcess();
    const thrown = [
      new Error("broken"),
      new DOMException("timed out within", "AbortError"),
    ];
    for (const error of thrown) {
      const log = new AwaitedLog();
      const manager = new TaskManager();
      const task = logged(log, { execute: () => Promise.reject(error) });
      manager.addTask("it", interruptible(["SIGHUP"], task));
      const [first, ...others] = await manager.runSettled();
      assertEquals(others, []);
      assertEquals(first?.stage, "execute");
      assertStrictEquals(first?.cause, error);
      assertEquals(log.entries, ONE_GENERATION);
    }

    const log = new AwaitedLog();
    const manager = new TaskManager();
    const task = logged(log, {
      execute: ({ done }) => done.then(() => Promise.reject(thrown[0])),
    });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    const [first, ...others] = await run;
    assertEquals(others, []);
    assertStrictEquals(first?.cause, thrown[0]);
    assertEquals(log.entries, ONE_GENERATION);
  });

  for (const type of ["strict", "error", "stop-group"] as const) {
    it(`fails as "${type}" when execute returns unasked`, async () => {
      using os = new FakeProcess();
      const log = new AwaitedLog();
      const manager = new TaskManager();
      const task = logged(log, { execute: () => {} });
      manager.addTask("it", interruptible(["SIGHUP"], task), { type });
      const [error, ...others] = await manager.runSettled();
      assertEquals(others, []);
      assertEquals(error?.stage, "execute");
      assertMatch(
        (error?.cause as Error).message,
        /^Task "it" returned from execute before it was told to stop/,
      );
      assertEquals(log.entries, ONE_GENERATION);
      assertEquals(os.handlers, []);
    });
  }

  it("passes on what the first initialize throws, and cleans up once", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const broken = new Error("broken");
    const task = logged(log, {
      initialize: () => {
        throw broken;
      },
    });
    manager.addTask("it", interruptible(["SIGHUP"], task));
    const [error, ...others] = await manager.runSettled();
    assertEquals(others, []);
    assertEquals(error?.stage, "initialize");
    assertStrictEquals(error?.cause, broken);
    assertEquals(log.entries, ["initialize", "cleanup"]);
    assertEquals(os.handlers, []);
  });

  it("passes on what a reload's initialize throws, and cleans up once", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const broken = new Error("broken");
    const task = logged(log, {
      initialize: inTurn(() => {}, () => Promise.reject(broken)),
    });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    const [error, ...others] = await run;
    assertEquals(others, []);
    assertEquals(error?.stage, "execute");
    assertStrictEquals(error?.cause, broken);
    assertEquals(log.entries, [...ONE_GENERATION, "initialize", "cleanup"]);
  });

  it("passes on what a reload's cleanup throws, and does not repeat it", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const broken = new Error("broken");
    const task = logged(log, { cleanup: () => Promise.reject(broken) });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    const [error, ...others] = await run;
    assertEquals(others, []);
    assertEquals(error?.stage, "execute");
    assertStrictEquals(error?.cause, broken);
    assertEquals(log.entries, ONE_GENERATION);
    assertEquals(os.handlers, []);
  });

  it("passes on what the last cleanup throws", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const broken = new Error("broken");
    const task = logged(log, { cleanup: () => Promise.reject(broken) });
    const { run } = await executing(manager, task, log);
    manager.stop();
    const [error, ...others] = await run;
    assertEquals(others, []);
    assertEquals(error?.stage, "cleanup");
    assertStrictEquals(error?.cause, broken);
    assertEquals(os.handlers, []);
  });

  it("goes on after a failed reload if it is executed again", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const broken = new Error("broken");
    const fail = () => Promise.reject(broken);
    const task = logged(log, {
      initialize: inTurn(() => {}, fail),
      cleanup: inTurn(fail),
    });
    const errors: unknown[] = [];
    manager.addTask(
      "it",
      repeatable(interruptible(["SIGHUP"], task), {
        onError: (error) => errors.push(error),
        backoff: false,
      }),
    );
    const run = manager.runSettled();
    await log.length(2);
    os.raise("SIGHUP");
    await log.length(7);
    manager.stop();
    assertEquals(await run, []);
    assertEquals(errors, [broken, broken]);
    assertEquals(log.entries, [
      ...ONE_GENERATION,
      "initialize",
      "cleanup",
      ...ONE_GENERATION,
    ]);
  });
});
