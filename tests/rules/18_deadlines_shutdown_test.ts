import { TaskManager } from "@goasync/core";
import { forceStop, repeatTimer } from "@goasync/core/tasks";
import {
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { CountedTimers } from "../helpers/counted_timers.ts";
import { stuck } from "../helpers/stuck.ts";
import { gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";
import { notingTask, untilStopped } from "../helpers/noting_task.ts";
import { summary } from "../helpers/summary.ts";
import { assertTimeout, started } from "../helpers/timeouts.ts";

describe("rule 18: shutdownTimeout", () => {
  it("does not count before the stop", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const manager = new TaskManager({ shutdownTimeout: 100 });
    manager.addTask("it", { execute: untilStopped });
    const { errors } = await started(manager, time);
    await pass(time, 10_000);
    assertEquals(timers.started, 0);
    assertEquals(manager.state, "executing");
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(timers.running, 0);
    assertEquals(timers.started, 1);
  });

  it("abandons every execute that still runs, and names the cleanups not begun", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const manager = new TaskManager({ shutdownTimeout: 100 });
    const task = manager.addTask("task", notingTask(log, { execute: stuck }));
    const good = manager.addTask("good", notingTask(log));
    const plain = manager.addTask("plain", { execute: stuck });
    const executeTask = manager.addExecuteTask("execute task", stuck);
    const { errors } = await started(manager, time);
    log.length = 0;
    manager.stop();
    await pass(time, 99);
    assertEquals(manager.state, "stopping");
    time.tick(1);
    assertEquals(manager.state, "finished");
    const list = await errors;
    assertEquals(summary(list), [
      "task execute TIMEOUT",
      "plain execute TIMEOUT",
      "execute task execute TIMEOUT",
      "good cleanup TIMEOUT",
      "task cleanup TIMEOUT",
    ]);
    for (const error of list) assertTimeout(error, "100 ms");
    assertEquals(log, []);
    assertEquals(
      [task, good, plain, executeTask].map(({ state }) => state),
      ["abandoned", "clean", "abandoned", "abandoned"],
    );
  });

  it("names no cleanup of a provided task that wraps one without", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ shutdownTimeout: 100 });
    manager.addTask("repeatTimer", repeatTimer(10, untilStopped));
    manager.addTask("forceStop", forceStop(10, untilStopped));
    manager.addTask("stuck", { execute: stuck });
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 100);
    assertEquals(summary(await errors), ["stuck execute TIMEOUT"]);
  });

  it("abandons an initialize in flight", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    let signal: AbortSignal | undefined;
    const manager = new TaskManager({ shutdownTimeout: 100 });
    manager.addTask("first", notingTask(log));
    const slow = manager.addTask(
      "slow",
      notingTask(log, {
        initialize: (context) => {
          signal = context.signal;
          return stuck();
        },
      }),
    );
    const later = manager.addTask("later", notingTask(log));
    const { errors } = await started(manager, time);
    manager.stop("enough");
    await pass(time, 99);
    assertEquals(manager.state, "stopping");
    await pass(time, 1);
    assertEquals(manager.state, "finished");
    assertEquals(summary(await errors), [
      "slow initialize TIMEOUT",
      "slow cleanup TIMEOUT",
      "first cleanup TIMEOUT",
    ]);
    assertEquals(log, ["first initialize", "slow initialize"]);
    assertEquals(signal?.reason, "enough");
    assertEquals([slow.state, later.state], ["abandoned", "never-started"]);
  });

  it("abandons the cleanup that runs, whose signal aborts, and names those not begun", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    let signal: AbortSignal | undefined;
    const manager = new TaskManager({ shutdownTimeout: 100 });
    manager.addTask("first", notingTask(log));
    manager.addTask("plain", { execute: untilStopped });
    manager.addTask(
      "slow",
      notingTask(log, {
        cleanup: (context) => {
          signal = context.signal;
          return stuck();
        },
      }),
    );
    manager.addTask("last", notingTask(log));
    const { errors } = await started(manager, time);
    log.length = 0;
    manager.stop();
    await pass(time, 100);
    const list = await errors;
    assertEquals(summary(list), [
      "slow cleanup TIMEOUT",
      "first cleanup TIMEOUT",
    ]);
    assertEquals(log, ["last cleanup", "slow cleanup"]);
    assertStrictEquals(signal?.reason, list[0]?.cause);
    for (const error of list) assertTimeout(error, "100 ms");
  });

  it("begins no cleanup when one that was abandoned ends later", async () => {
    using time = new FakeTime();
    const later = gate();
    const log: string[] = [];
    const manager = new TaskManager({ shutdownTimeout: 100 });
    manager.addTask("first", notingTask(log));
    manager.addTask("slow", notingTask(log, { cleanup: () => later.reached }));
    const { errors } = await started(manager, time);
    log.length = 0;
    manager.stop();
    await pass(time, 100);
    assertEquals(manager.state, "finished");
    later.open();
    await pass(time, 0);
    assertEquals(summary(await errors), [
      "slow cleanup TIMEOUT",
      "first cleanup TIMEOUT",
    ]);
    assertEquals(log, ["slow cleanup"]);
  });

  it("lets later ones use what early ones did not", async () => {
    using time = new FakeTime();
    const executes = gate();
    const cleans = [gate(), gate()];
    const manager = new TaskManager({ shutdownTimeout: 100 });
    for (const { reached } of cleans) {
      manager.addTask("it", {
        execute: () => executes.reached,
        cleanup: () => reached,
      });
    }
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 10);
    executes.open();
    await pass(time, 80);
    assertEquals(manager.state, "cleaning-up");
    cleans[1]!.open();
    await pass(time, 9);
    assertEquals(manager.state, "cleaning-up");
    cleans[0]!.open();
    assertEquals(await errors, []);
  });

  it("covers an initialize in flight, executes and cleanups in one budget", async () => {
    using time = new FakeTime();
    const initializes = gate();
    const manager = new TaskManager({ shutdownTimeout: 100 });
    manager.addTask("it", {
      initialize: () => initializes.reached,
      execute: untilStopped,
      cleanup: stuck,
    });
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 60);
    initializes.open();
    await pass(time, 39);
    assertEquals(manager.state, "cleaning-up");
    await pass(time, 1);
    assertEquals(summary(await errors), ["it cleanup TIMEOUT"]);
  });

  it("goes on with the deadlines of each", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const manager = new TaskManager({
      stopTimeout: 40,
      cleanupTimeout: 40,
      shutdownTimeout: 100,
    });
    manager.addTask("1", notingTask(log, { cleanup: stuck }));
    manager.addTask("2", notingTask(log, { cleanup: stuck }));
    manager.addTask("3", notingTask(log, { execute: stuck }));
    const { errors } = await started(manager, time);
    manager.stop();
    for (let ms = 0; ms < 100; ms += 20) await pass(time, 20);
    const list = await errors;
    assertEquals(summary(list), [
      "3 execute TIMEOUT",
      "2 cleanup TIMEOUT",
      "1 cleanup TIMEOUT",
    ]);
    assertEquals(
      list.map(({ message }) => /\d+ ms/.exec(message)?.[0]),
      ["40 ms", "40 ms", "100 ms"],
    );
  });

  it("starts one timer, whatever starts the stop", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const stops: ((manager: TaskManager, shutdown: AbortController) => void)[] =
      [
        (manager) => void manager.stop(),
        (_, shutdown) => shutdown.abort(),
        (manager) =>
          void manager.addExecuteTask("failing", () => {
            throw "failed";
          }),
      ];
    for (const stop of stops) {
      const before = timers.started;
      const shutdown = new AbortController();
      const manager = new TaskManager({ shutdownTimeout: 100 });
      const executes = gate();
      manager.addTask("1", { execute: () => executes.reached });
      manager.addTask("2", { execute: untilStopped });
      const errors = manager.runSettled({ signal: shutdown.signal });
      await time.runMicrotasks();
      stop(manager, shutdown);
      await time.runMicrotasks();
      manager.stop();
      assertEquals(timers.running, 1);
      await pass(time, 99);
      assertEquals(manager.state, "stopping");
      executes.open();
      await errors;
      assertEquals(timers.running, 0);
      assertEquals(timers.started, before + 1);
    }
  });

  it("of 0 gives those who stop at once their turn, and nobody else", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const manager = new TaskManager({ shutdownTimeout: 0 });
    manager.addTask("quick", notingTask(log));
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 0);
    assertEquals(await errors, []);
    assertEquals(log.at(-1), "quick cleanup");
  });

  it("says nothing of a task whose cleanup was called and is over", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ shutdownTimeout: 100 });
    manager.addTask("slow", { execute: untilStopped, cleanup: stuck });
    manager.addTask("failing", {
      execute: untilStopped,
      cleanup: () => Promise.reject("failed"),
    });
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 100);
    assertEquals(summary(await errors), [
      "failing cleanup FAILED",
      "slow cleanup TIMEOUT",
    ]);
  });

  it("names a cleanup that cannot even be looked up", async () => {
    using time = new FakeTime();
    let isRunning = false;
    const manager = new TaskManager({ shutdownTimeout: 100 });
    manager.addTask("hostile", {
      execute: stuck,
      get cleanup(): () => void {
        if (isRunning) throw new Error("Do not touch");
        return () => {};
      },
    });
    const { errors } = await started(manager, time);
    isRunning = true;
    manager.stop();
    await pass(time, 100);
    assertEquals(summary(await errors), [
      "hostile execute TIMEOUT",
      "hostile cleanup TIMEOUT",
    ]);
  });

  it("ignores whatever was abandoned does later", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const later = gate();
    const log: string[] = [];
    const fail = async () => {
      await later.reached;
      throw new Error("too late");
    };
    const manager = new TaskManager({ shutdownTimeout: 100 });
    manager.addTask("1", notingTask(log, { execute: fail }));
    manager.addExecuteTask("2", fail);
    const { errors } = await started(manager, time);
    const { length } = log;
    manager.stop();
    await pass(time, 100);
    const list = await errors;
    const expected = summary(list);
    later.open();
    await pass(time, 1_000);
    assertEquals(summary(list), expected);
    assertEquals(log.length, length);
    assertEquals(manager.state, "finished");
    assertEquals(timers.running, 0);
  });

  it("begins no cleanup when one that was abandoned ends later", async () => {
    using time = new FakeTime();
    const later = gate();
    const log: string[] = [];
    const manager = new TaskManager({ shutdownTimeout: 100 });
    manager.addTask("first", notingTask(log));
    manager.addTask("slow", notingTask(log, { cleanup: () => later.reached }));
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 100);
    assertEquals(summary(await errors), [
      "slow cleanup TIMEOUT",
      "first cleanup TIMEOUT",
    ]);
    log.length = 0;
    later.open();
    await pass(time, 1_000);
    assertEquals(log, []);
  });

  it("resolves stop, and rejects run, when it is spent", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ shutdownTimeout: 100 });
    manager.addTask("slow", { execute: stuck });
    const run = manager.run().catch((error) => error);
    await time.runMicrotasks();
    const stop = manager.stop();
    await pass(time, 100);
    await stop;
    const error = await run;
    assertInstanceOf(error, AggregateError);
    assertEquals(summary(error.errors), ["slow execute TIMEOUT"]);
    assertStringIncludes(error.message, '"slow" timed out in execute');
  });
});
