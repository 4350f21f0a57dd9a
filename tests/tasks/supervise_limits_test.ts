import { type TaskContext, TaskManager } from "@goasync/core";
import { resource } from "@goasync/core/tasks/resource";
import { supervise } from "@goasync/core/tasks/supervise";
import { assertEquals, assertInstanceOf } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { CountedTimers } from "../helpers/counted_timers.ts";
import { type Gate, gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";
import { stuck } from "../helpers/stuck.ts";
import {
  BACKOFF,
  failing,
  generations,
  supervising,
} from "../helpers/supervised.ts";

/** Logs how far the stop of a context has come. */
function logStop(
  log: string[],
  { draining, signal, abandoned }: TaskContext,
): void {
  const reasonOf = (signal: AbortSignal) =>
    signal.reason instanceof DOMException
      ? signal.reason.message
      : signal.reason;
  draining.addEventListener("abort", () => log.push("told"));
  signal.addEventListener(
    "abort",
    () => log.push(`aborted: ${reasonOf(signal)}`),
  );
  abandoned.addEventListener(
    "abort",
    () => log.push(`left behind: ${reasonOf(abandoned)}`),
  );
}

describe("the initializeTimeout of supervise()", () => {
  it("leaves each initialize behind that overruns it, and restarts", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const log: string[] = [];
    const given = generations(log, {
      initialize: [(context) => (logStop(log, context), stuck()), () => {}],
    });
    const { manager, errors, notes } = await supervising(time, given, {
      initializeTimeout: 50,
    });
    await pass(time, 49);
    assertEquals(log, ["initialize"]);
    await pass(time, 1);
    assertEquals(log, [
      "initialize",
      "told",
      "aborted: initializeTimeout of 50 ms is over",
      "left behind: initializeTimeout of 50 ms is over",
      "cleanup",
    ]);
    assertEquals(notes(), [
      "restarts in 100 ms, as initialize failed: initializeTimeout of 50 ms is over",
    ]);
    await pass(time, 100);
    assertEquals(log.slice(-2), ["initialize", "execute"]);
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(timers.running, 0);
  });

  it("closes what a resource that was left behind opens later", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const opened: Gate[] = [];
    const pool = resource(async () => {
      const number = opened.push(gate());
      await opened[number - 1]!.reached;
      return number;
    }, (value) => log.push(`close ${value}`));
    const { manager, errors } = await supervising(time, pool, {
      initializeTimeout: 50,
    });
    await pass(time, 50);
    await pass(time, 100);
    opened[1]!.open();
    await time.runMicrotasks();
    assertEquals([pool.value, log], [2, []]);
    opened[0]!.open();
    await time.runMicrotasks();
    assertEquals([pool.value, log], [2, ["close 1"]]);
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, ["close 1", "close 2"]);
  });
});

describe("the stopTimeout of supervise()", () => {
  it("leaves the current generation behind when it overruns it", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const log: string[] = [];
    const given = generations(log, {
      execute: failing(1, (context) => (logStop(log, context), stuck())),
    });
    const { manager, errors } = await supervising(time, given, {
      stopTimeout: 50,
    });
    await pass(time, 100);
    log.length = 0;
    manager.stop("enough");
    await pass(time, 49);
    assertEquals(log, ["told", "aborted: enough"]);
    await pass(time, 1);
    const [error, ...others] = await errors;
    assertEquals(others, []);
    assertEquals(
      error?.message,
      'Task "it" failed in execute: stopTimeout of 50 ms is over',
    );
    assertInstanceOf(error?.cause, DOMException);
    assertEquals(error.cause.name, "TimeoutError");
    assertEquals(log, [
      "told",
      "aborted: enough",
      "left behind: stopTimeout of 50 ms is over",
      "cleanup",
    ]);
    assertEquals(timers.running, 0);
  });

  it("is that of a drain, too, which goes on when it is aborted", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ drainTimeout: 10 });
    const task = supervise({ execute: stuck, drain: stuck }, {
      stopTimeout: 50,
    });
    manager.addTask("it", task);
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop("enough");
    await pass(time, 10);
    await pass(time, 50);
    const messages = (await errors).map(({ message }) => message);
    assertEquals(messages.sort(), [
      'Task "it" failed in drain: stopTimeout of 50 ms is over',
      'Task "it" failed in execute: stopTimeout of 50 ms is over',
    ]);
  });

  it("is no limit of what was stopped and ends in time", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const finish = gate();
    const given = {
      execute: () => finish.reached,
      drain: () => finish.reached,
    };
    const { manager, errors } = await supervising(time, given, {
      stopTimeout: 50,
    });
    await pass(time, 100);
    manager.stop("enough");
    await pass(time, 100);
    finish.open();
    assertEquals(await errors, []);
    assertEquals(timers.running, 0);
  });
});

describe("the cleanupTimeout of supervise()", () => {
  it("leaves a cleanup behind between two generations, and is noted", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const log: string[] = [];
    const given = generations(log, {
      execute: failing(1, ({ done }) => done),
      cleanup: [(context) => (logStop(log, context), stuck()), () => {}],
    });
    const { manager, errors, notes } = await supervising(time, given, {
      cleanupTimeout: 50,
    });
    await pass(time, 50);
    await pass(time, 100);
    assertEquals(log, [
      ...["initialize", "execute", "cleanup", "told"],
      "aborted: cleanupTimeout of 50 ms is over",
      "left behind: cleanupTimeout of 50 ms is over",
      ...["initialize", "execute"],
    ]);
    assertEquals(notes(), [
      "restarts in 100 ms, as execute failed: no connection",
      "cleanup failed: cleanupTimeout of 50 ms is over",
    ]);
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(timers.running, 0);
  });

  it("fails the task in its last cleanup", async () => {
    using time = new FakeTime();
    const { manager, errors } = await supervising(time, { cleanup: stuck }, {
      cleanupTimeout: 50,
    });
    manager.stop();
    await pass(time, 50);
    assertEquals((await errors).map(({ message }) => message), [
      'Task "it" failed in cleanup: cleanupTimeout of 50 ms is over',
    ]);
  });
});

describe("a generation of supervise() is left behind with its task", () => {
  it("while it executes", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const manager = new TaskManager({ stopTimeout: 50 });
    const given = generations(log, {
      execute: failing(1, (context) => (logStop(log, context), stuck())),
    });
    manager.addTask("it", supervise(given, { backoff: BACKOFF }));
    const errors = manager.runSettled();
    await time.runMicrotasks();
    await pass(time, 100);
    log.length = 0;
    manager.stop("enough");
    await pass(time, 50);
    assertEquals((await errors).map(({ code }) => code), ["TIMEOUT"]);
    assertEquals(log, [
      ...["told", "aborted: enough"],
      "left behind: stopTimeout of 50 ms is over",
      "cleanup",
    ]);
  });

  it("while it is cleaned up between two", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const manager = new TaskManager({ stopTimeout: 50 });
    const given = generations(log, {
      execute: failing(1),
      cleanup: [(context) => (logStop(log, context), stuck())],
    });
    manager.addTask("it", supervise(given, { backoff: BACKOFF }));
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop("enough");
    assertEquals(log, ["initialize", "execute", "cleanup"]);
    await pass(time, 50);
    assertEquals((await errors).map(({ code }) => code), ["TIMEOUT"]);
    assertEquals(log.slice(3).sort(), [
      "aborted: stopTimeout of 50 ms is over",
      "left behind: stopTimeout of 50 ms is over",
      "told",
    ]);
  });

  it("and begins no other, whatever comes of it", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const late = gate();
    const manager = new TaskManager({ stopTimeout: 50 });
    const given = generations(log, {
      execute: [() => late.reached.then(() => Promise.reject("late"))],
    });
    manager.addTask("it", supervise(given, { backoff: BACKOFF }));
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop("enough");
    await pass(time, 50);
    assertEquals((await errors).length, 1);
    late.open();
    await pass(time, 1_000);
    assertEquals(log, ["initialize", "execute", "cleanup"]);
  });
});
