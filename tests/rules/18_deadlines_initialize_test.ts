import { type TaskContext, TaskManager } from "@goasync/core";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { CountedTimers } from "../helpers/counted_timers.ts";
import { stuck } from "../helpers/stuck.ts";
import { gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";
import { notingTask, untilStopped } from "../helpers/noting_task.ts";
import { summary } from "../helpers/summary.ts";
import {
  assertTimeout,
  LONGEST_TIMEOUT,
  started,
} from "../helpers/timeouts.ts";

describe("rule 18: initializeTimeout", () => {
  it("is not longer because the manager was stopped meanwhile", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ initializeTimeout: 100 });
    const slow = manager.addTask(
      "slow",
      notingTask([], { initialize: stuck }),
    );
    const { errors } = await started(manager, time);
    await pass(time, 60);
    manager.stop();
    await pass(time, 40);
    assertEquals(slow.state, "timed-out");
    assertEquals(summary(await errors), ["slow initialize TIMEOUT"]);
  });

  it("is over though time passes within the call itself", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ initializeTimeout: 100 });
    manager.addTask("blocking", { initialize: () => time.tick(100) });
    const errors = await manager.runSettled();
    assertEquals(summary(errors), ["blocking initialize TIMEOUT"]);
  });

  it("leaves an initialize that overruns it behind, which stops everything", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const manager = new TaskManager({ initializeTimeout: 100 });
    const first = manager.addTask("first", notingTask(log));
    const slow = manager.addTask(
      "slow",
      notingTask(log, { initialize: stuck }),
    );
    const later = manager.addTask("later", notingTask(log));
    const { errors } = await started(manager, time);
    await pass(time, 99);
    assertEquals(manager.state, "initializing");
    assertEquals(slow.state, "initializing");
    await pass(time, 1);
    assertEquals(manager.state, "finished");
    const list = await errors;
    assertEquals(summary(list), ["slow initialize TIMEOUT"]);
    assertTimeout(list[0], "100 ms");
    assertEquals(log, [
      "first initialize",
      "slow initialize",
      "slow cleanup",
      "first cleanup",
    ]);
    assertEquals(
      [first.state, slow.state, later.state],
      ["never-started", "timed-out", "never-started"],
    );
  });

  it("aborts the signal with the TimeoutError at that moment", async () => {
    using time = new FakeTime();
    const reasons: unknown[] = [];
    const manager = new TaskManager({ initializeTimeout: 100 });
    manager.addTask("slow", {
      initialize: ({ signal }) => {
        signal.addEventListener("abort", () => reasons.push(signal.reason));
        return stuck();
      },
      execute: untilStopped,
    });
    const { errors } = await started(manager, time);
    time.tick(99);
    assertEquals(reasons, []);
    time.tick(1);
    assertEquals(reasons.length, 1);
    const [error] = await errors;
    assertStrictEquals(error?.cause, reasons[0]);
  });

  it("gives the others the error as the reason of the stop", async () => {
    using time = new FakeTime();
    let other: TaskContext | undefined;
    const manager = new TaskManager({ initializeTimeout: 100 });
    manager.addTask("other", {
      initialize: (context) => void (other = context),
      execute: untilStopped,
    });
    manager.addTask("slow", { initialize: stuck, execute: untilStopped });
    const { errors } = await started(manager, time);
    await pass(time, 100);
    const [error] = await errors;
    assertStrictEquals(other?.signal.reason, error);
  });

  it("lets the cleanup overlap what the initialize still does", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const initializes = gate();
    const cleans = gate();
    const manager = new TaskManager({ initializeTimeout: 100 });
    manager.addTask("slow", {
      async initialize() {
        await initializes.reached;
        log.push("initialize goes on");
      },
      execute: untilStopped,
      async cleanup() {
        log.push("cleanup begins");
        await cleans.reached;
        log.push("cleanup ends");
      },
    });
    const { errors } = await started(manager, time);
    await pass(time, 100);
    initializes.open();
    await time.runMicrotasks();
    cleans.open();
    assertEquals(summary(await errors), ["slow initialize TIMEOUT"]);
    assertEquals(log, ["cleanup begins", "initialize goes on", "cleanup ends"]);
  });

  it("does not count what an initialize did in time", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const initializes = gate();
    const manager = new TaskManager({ initializeTimeout: 100 });
    manager.addTask("it", {
      initialize: () => initializes.reached,
      execute: untilStopped,
    });
    const { errors } = await started(manager, time);
    assertEquals(timers.running, 1);
    await pass(time, 99);
    initializes.open();
    await time.runMicrotasks();
    assertEquals(timers.running, 0);
    await pass(time, 1_000);
    assertEquals(manager.state, "executing");
    await manager.stop();
    assertEquals(await errors, []);
  });

  it("counts for each task anew", async () => {
    using time = new FakeTime();
    const first = gate();
    const second = gate();
    const manager = new TaskManager({ initializeTimeout: 100 });
    for (const { reached } of [first, second]) {
      manager.addTask("it", {
        initialize: () => reached,
        execute: untilStopped,
      });
    }
    const { errors } = await started(manager, time);
    await pass(time, 99);
    first.open();
    await pass(time, 99);
    second.open();
    await time.runMicrotasks();
    assertEquals(manager.state, "executing");
    await manager.stop();
    assertEquals(await errors, []);
  });

  it("still counts when a stop came during the initialize", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ initializeTimeout: 100 });
    let context: TaskContext | undefined;
    manager.addTask("slow", {
      initialize: (given) => {
        context = given;
        return stuck();
      },
      execute: untilStopped,
    });
    const { errors } = await started(manager, time);
    manager.stop("enough");
    await pass(time, 100);
    assertEquals(summary(await errors), ["slow initialize TIMEOUT"]);
    assertEquals(context?.signal.reason, "enough");
  });

  it("is won by that of the task, whichever is longer", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ initializeTimeout: 100 });
    const second = gate();
    manager.addTask("unlimited", {
      initialize: () => second.reached,
      execute: untilStopped,
    }, { initializeTimeout: Infinity });
    manager.addTask("short", { initialize: stuck, execute: untilStopped }, {
      initializeTimeout: 10,
    });
    const { errors } = await started(manager, time);
    await pass(time, 10_000);
    assertEquals(manager.state, "initializing");
    second.open();
    await time.runMicrotasks();
    await pass(time, 10);
    const list = await errors;
    assertEquals(summary(list), ["short initialize TIMEOUT"]);
    assertTimeout(list[0], "10 ms");
  });

  it("is that of the manager when the task's is undefined", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ initializeTimeout: 100 });
    manager.addTask("it", { initialize: stuck, execute: untilStopped }, {
      initializeTimeout: undefined,
    });
    const { errors } = await started(manager, time);
    await pass(time, 100);
    assertEquals(summary(await errors), ["it initialize TIMEOUT"]);
  });

  it("of 0 ends what is not over in the same turn", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ initializeTimeout: 0 });
    manager.addTask("instant", { initialize: () => {}, execute: untilStopped });
    manager.addTask("slow", { initialize: stuck, execute: untilStopped });
    const { errors } = await started(manager, time);
    await pass(time, 0);
    assertEquals(summary(await errors), ["slow initialize TIMEOUT"]);
  });

  it("may be longer than one timer can take", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const manager = new TaskManager({ initializeTimeout: LONGEST_TIMEOUT + 5 });
    manager.addTask("it", { initialize: stuck, execute: untilStopped });
    const { errors } = await started(manager, time);
    await pass(time, LONGEST_TIMEOUT);
    await pass(time, 4);
    assertEquals(manager.state, "initializing");
    await pass(time, 1);
    assertEquals(summary(await errors), ["it initialize TIMEOUT"]);
    assertEquals(timers.longest, LONGEST_TIMEOUT);
  });

  it("ignores whatever the initialize does later", async () => {
    using time = new FakeTime();
    for (const late of ["return", "throw"]) {
      const initializes = gate();
      const log: string[] = [];
      const manager = new TaskManager({ initializeTimeout: 100 });
      manager.addTask(
        "slow",
        notingTask(log, {
          async initialize() {
            await initializes.reached;
            if (late === "throw") throw new Error("too late");
          },
        }),
      );
      const { errors } = await started(manager, time);
      await pass(time, 100);
      const list = await errors;
      initializes.open();
      await pass(time, 100);
      assertEquals(summary(list), ["slow initialize TIMEOUT"]);
      assertEquals(log, ["slow initialize", "slow cleanup"]);
    }
  });
});
