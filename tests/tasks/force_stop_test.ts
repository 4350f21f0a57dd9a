import { type Task, TaskContext, TaskManager } from "@goasync/core";
import { forceStop } from "@goasync/core/tasks/force-stop";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { countedSignal } from "../helpers/counted_signal.ts";
import { CountedTimers } from "../helpers/counted_timers.ts";
import { stuck } from "../helpers/stuck.ts";
import { gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";

const LONGEST_TIMEOUT = 2 ** 31 - 1;

describe("forceStop()", () => {
  it("fails a task that does not stop in time, and says so", async () => {
    using time = new FakeTime();
    const manager = new TaskManager();
    const started = gate();
    manager.addTask(
      "stuck",
      forceStop(500, () => {
        started.open();
        return new Promise(() => {});
      }),
    );
    const run = manager.runSettled();
    await started.reached;
    manager.stop();
    await pass(time, 499);
    assertEquals(manager.state, "stopping");
    await pass(time, 1);
    const [error, ...others] = await run;
    assertEquals(others, []);
    assertEquals(error?.taskName, "stuck");
    assertEquals(error?.stage, "execute");
    assertEquals(
      error?.message,
      'Task "stuck" failed in execute: Still executing 500 ms after its signal was aborted: it is left behind',
    );
  });

  it("gives the time from when the task is told to stop, not before", async () => {
    using time = new FakeTime();
    const manager = new TaskManager();
    const started = gate();
    manager.addTask(
      "patient",
      forceStop(500, ({ done }) => {
        started.open();
        return done;
      }),
    );
    const run = manager.runSettled();
    await started.reached;
    await pass(time, 10_000);
    assertEquals(manager.state, "executing");
    manager.stop();
    assertEquals(await run, []);
  });

  it("leaves a late task behind, whose rejection makes no noise", async () => {
    using time = new FakeTime();
    const context = new TaskContext({
      name: "late",
      signal: AbortSignal.abort(),
    });
    const late = gate();
    const task = forceStop(10, async () => {
      await late.reached;
      throw new Error("too late to matter");
    });
    const run = assertRejects(async () => await task.execute(context), Error);
    await pass(time, 10);
    await run;
    late.open();
    await time.runMicrotasks();
  });

  it("passes on what the task returns or throws in time", async () => {
    const shutdown = new AbortController();
    const context = new TaskContext({ name: "it", signal: shutdown.signal });
    await forceStop(10, () => {}).execute(context);
    await forceStop(10, () => Promise.resolve()).execute(context);
    const thrown = new Error("own error");
    const throws = forceStop(10, () => {
      throw thrown;
    });
    assertEquals(
      await assertRejects(async () => await throws.execute(context), Error),
      thrown,
    );
    const rejects = forceStop(10, () => Promise.reject(thrown));
    assertEquals(
      await assertRejects(async () => await rejects.execute(context), Error),
      thrown,
    );
    // Ended tasks start no timer any more: the sanitizers would show it.
    shutdown.abort();
  });

  it("leaves nothing behind when it is executed again and again", async () => {
    const { signal, listeners } = countedSignal();
    const context = new TaskContext({ name: "it", signal });
    const task = forceStop(10, () => {});
    for (let run = 0; run < 3; run++) await task.execute(context);
    assertEquals(listeners(), 0);
    const { done } = context;
    done.then = () => {
      throw new Error("What awaits done is kept until the task is stopped");
    };
    await task.execute(context);
  });

  it("leaves no timer when the task stops in time", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const shutdown = new AbortController();
    const context = new TaskContext({ name: "it", signal: shutdown.signal });
    const finish = gate();
    const run = forceStop(10, () => finish.reached).execute(context);
    shutdown.abort();
    await pass(time, 9);
    assertEquals(timers.running, 1);
    finish.open();
    await run;
    assertEquals(timers.running, 0);
  });

  it("lets a task that throws its reason stop cleanly", async () => {
    const manager = new TaskManager();
    manager.addTask(
      "clean",
      forceStop(10, async ({ signal, done }) => {
        await done;
        throw signal.reason;
      }),
    );
    manager.addExecuteTask("stop", () => void manager.stop("enough"), {
      type: "error",
    });
    assertEquals(await manager.runSettled(), []);
  });

  it("passes initialize and cleanup through", async () => {
    const manager = new TaskManager();
    const log: string[] = [];
    manager.addTask(
      "wrapped",
      forceStop(10, {
        initialize: () => void log.push("initialize"),
        execute: () => {
          log.push("execute");
          manager.stop();
        },
        cleanup: () => void log.push("cleanup"),
      }),
    );
    await manager.run();
    assertEquals(log, ["initialize", "execute", "cleanup"]);
  });

  it("takes a TaskManager", async () => {
    const inner = new TaskManager();
    inner.addExecuteTask("leaf", ({ done }) => done);
    const manager = new TaskManager();
    manager.addTask("inner", forceStop(10, inner));
    manager.addExecuteTask("stop", () => void manager.stop(), {
      type: "error",
    });
    assertEquals(await manager.runSettled(), []);
    assertEquals(inner.state, "finished");
  });

  it("allows no time at all", async () => {
    using time = new FakeTime();
    const context = new TaskContext({
      name: "stuck",
      signal: AbortSignal.abort(),
    });
    const task = forceStop(0, () => new Promise(() => {}));
    const run = assertRejects(
      async () => await task.execute(context),
      Error,
      "0 ms",
    );
    await pass(time, 0);
    await run;
  });

  it("waits in pieces for a time that one timer cannot take", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const context = new TaskContext({
      name: "slow",
      signal: AbortSignal.abort(),
    });
    let over = false;
    const task = forceStop(LONGEST_TIMEOUT + 5, () => new Promise(() => {}));
    const run = assertRejects(async () => await task.execute(context), Error)
      .then(() => over = true);
    await pass(time, LONGEST_TIMEOUT);
    await pass(time, 4);
    assertEquals(over, false);
    await pass(time, 1);
    await run;
    assertEquals(timers.longest, LONGEST_TIMEOUT);
  });

  it("throws RangeError for what is no time", () => {
    for (const bad of [-1, NaN, Infinity, -Infinity, "5", undefined, null]) {
      assertThrows(
        // deno-lint-ignore no-explicit-any
        () => forceStop(bad as any, () => {}),
        RangeError,
        "Cannot force a task to stop as 'ms' must be a finite number",
      );
    }
  });

  it("throws TypeError for what is no task", () => {
    for (const bad of [undefined, null, {}, { execute: 1 }, "task"]) {
      // deno-lint-ignore no-explicit-any
      assertThrows(() => forceStop(1, bad as any), TypeError, "'execute'");
    }
  });
});

describe("forceStop() around a task that drains", () => {
  /** Stops a manager with such a task, whose drain may last for 100 ms. */
  async function stopped(time: FakeTime, task: Task) {
    const manager = new TaskManager({ drainTimeout: 100 });
    const handle = manager.addTask("it", forceStop(500, task));
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop();
    return { manager, handle, errors };
  }

  it("gives the drain no limit before the signal aborts", async () => {
    using time = new FakeTime();
    const manager = new TaskManager();
    const finish = gate();
    manager.addTask("it", forceStop(500, { drain: () => finish.reached }));
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop();
    await pass(time, 10_000);
    assertEquals(manager.state, "draining");
    finish.open();
    assertEquals(await errors, []);
  });

  it("fails a drain that is late after the signal, and says so", async () => {
    using time = new FakeTime();
    const { manager, errors } = await stopped(time, { drain: stuck });
    await pass(time, 100);
    await pass(time, 499);
    assertEquals(manager.state, "stopping");
    await pass(time, 1);
    const [error, ...others] = await errors;
    assertEquals(others, []);
    assertEquals(
      error?.message,
      'Task "it" failed in drain: Still draining 500 ms after its signal was aborted: it is left behind',
    );
  });

  it("takes a drain that is unfinished then and ends in time", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const finish = gate();
    const { manager, handle, errors } = await stopped(time, {
      drain: () => finish.reached,
    });
    await pass(time, 100);
    assertEquals(manager.state, "stopping");
    await pass(time, 499);
    finish.open();
    assertEquals(await errors, []);
    assertEquals(handle.state, "clean");
    assertEquals(timers.running, 0);
  });

  it("names both where neither ends", async () => {
    using time = new FakeTime();
    const task = { execute: stuck, drain: stuck };
    const { errors } = await stopped(time, task);
    await pass(time, 100);
    await pass(time, 500);
    assertEquals((await errors).map(({ stage }) => stage), [
      "execute",
      "drain",
    ]);
  });

  it("lets execute end as it returns what is no promise", async () => {
    const manager = new TaskManager();
    const run = manager.run();
    await new Promise<void>((started) => {
      manager.addExecuteTask("starts", () => started(), { type: "error" });
    });
    const task = forceStop(500, () => "no promise");
    const handle = manager.addExecuteTask("it", task, { type: "error" });
    assertEquals(handle.state, "clean");
    await manager.stop();
    await run;
  });
});
