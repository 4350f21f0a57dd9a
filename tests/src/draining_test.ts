import {
  type ExecuteFunction,
  TaskContext,
  type TaskError,
  TaskManager,
  type TaskManagerOptions,
} from "@goasync/core";
import { repeatable, repeatTimer } from "@goasync/core/tasks";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { untilStopped } from "../rules/noting_task.ts";
import { summary } from "../rules/summary.ts";
import { type Gate, gate } from "../tasks/gate.ts";
import { pass } from "../tasks/pass.ts";
import { CountedTimers } from "./counted_timers.ts";
import { stuck } from "./stuck.ts";

/** A task that drains until it is let go, and notes what it is told. */
function drainer(
  log: string[],
  ending: Promise<unknown> = stuck(),
): ExecuteFunction {
  return async ({ name, draining, signal, done }) => {
    const note = (what: string, { reason }: AbortSignal) =>
      log.push(`${name} ${what}: ${reason}`);
    draining.addEventListener("abort", () => note("draining", draining));
    signal.addEventListener("abort", () => note("signal", signal));
    done.then(() => log.push(`${name} done`));
    await ending;
  };
}

/** Notes when its signal aborts, and ends then. */
function plain(log: string[]): ExecuteFunction {
  return ({ name, signal, done }) => {
    signal.addEventListener(
      "abort",
      () => log.push(`${name} signal: ${signal.reason}`),
    );
    return done;
  };
}

/** A manager that runs one task that drains, and one that does not care. */
async function draining(
  time: FakeTime,
  options: TaskManagerOptions = { drainTimeout: 100 },
): Promise<{
  manager: TaskManager;
  errors: () => Promise<TaskError[]>;
  log: string[];
  ending: Gate;
}> {
  const log: string[] = [];
  const ending = gate();
  const manager = new TaskManager(options);
  manager.addExecuteTask("plain", plain(log));
  manager.addExecuteTask("drainer", drainer(log, ending.reached));
  const errors = manager.runSettled();
  await time.runMicrotasks();
  return { manager, errors: () => errors, log, ending };
}

const TOLD = "drainer draining: enough";
const ABORTED = ["plain signal: enough", "drainer signal: enough"];

describe("TaskContext.draining", () => {
  it("aborts in the turn of the stop; signal follows when the task has ended", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const { manager, errors, log, ending } = await draining(time);
    manager.stop("enough");
    assertEquals(log, [TOLD]);
    assertEquals(manager.state, "stopping");
    await pass(time, 99);
    assertEquals(log, [TOLD]);
    ending.open();
    await time.runMicrotasks();
    assertEquals(log[1], ABORTED[0]);
    assertEquals(await errors(), []);
    assertEquals(timers.running, 0);
  });

  it("aborts when the caller's signal does", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const ending = gate();
    const shutdown = new AbortController();
    const manager = new TaskManager({ drainTimeout: 100 });
    manager.addExecuteTask("drainer", drainer(log, ending.reached));
    const errors = manager.runSettled({ signal: shutdown.signal });
    await time.runMicrotasks();
    shutdown.abort("enough");
    assertEquals(log, [TOLD]);
    ending.open();
    assertEquals(await errors, []);
  });

  it("aborts with the error of a task that failed", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const ending = gate();
    const manager = new TaskManager({ drainTimeout: 100 });
    manager.addExecuteTask("drainer", drainer(log, ending.reached));
    manager.addExecuteTask("failing", () => Promise.reject("broken"));
    const errors = manager.runSettled();
    await time.runMicrotasks();
    assertEquals(log, [
      'drainer draining: TaskError: Task "failing" failed in execute: broken',
    ]);
    ending.open();
    assertEquals(summary(await errors), ["failing execute FAILED"]);
  });

  it("is followed by signal and done when drainTimeout is over, with the same reason", async () => {
    using time = new FakeTime();
    const { manager, errors, log, ending } = await draining(time);
    manager.stop("enough");
    await pass(time, 99);
    assertEquals(log, [TOLD]);
    await pass(time, 1);
    assertEquals(log, [TOLD, ...ABORTED, "drainer done"]);
    ending.open();
    assertEquals(await errors(), []);
  });

  it("is followed at once when none has read it", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const log: string[] = [];
    const manager = new TaskManager({ drainTimeout: 100 });
    manager.addExecuteTask("plain", plain(log));
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop("enough");
    assertEquals(log, ["plain signal: enough"]);
    assertEquals(await errors, []);
    assertEquals(timers.started, 0);
  });

  it("is followed at once without a drainTimeout", async () => {
    using time = new FakeTime();
    for (const options of [{}, { drainTimeout: 0 }]) {
      const { manager, errors, log, ending } = await draining(time, options);
      manager.stop("enough");
      assertEquals(log.slice(0, 2), ["plain signal: enough", TOLD]);
      assertEquals(log[2], "drainer signal: enough");
      ending.open();
      assertEquals(await errors(), []);
    }
  });

  it("is followed at once when those who read it have ended", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const log: string[] = [];
    const manager = new TaskManager({ drainTimeout: 100 });
    manager.addTask("ended", { execute: drainer([], Promise.resolve()) }, {
      type: "error",
    });
    manager.addExecuteTask("plain", plain(log));
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop("enough");
    assertEquals(log, ["plain signal: enough"]);
    assertEquals(timers.started, 0);
    assertEquals(await errors, []);
  });

  it("is followed when the last of several has ended", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const endings = [gate(), gate()];
    const manager = new TaskManager({ drainTimeout: 100 });
    manager.addTask("plain", { execute: plain(log) });
    endings.forEach(({ reached }, index) =>
      manager.addTask(`${index}`, { execute: drainer([], reached) })
    );
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop("enough");
    endings[1]!.open();
    await time.runMicrotasks();
    assertEquals(log, []);
    endings[0]!.open();
    await time.runMicrotasks();
    assertEquals(log, ["plain signal: enough"]);
    assertEquals(await errors, []);
  });

  it("has the drainTimeout of each task", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const manager = new TaskManager({ drainTimeout: 50, stopTimeout: 1 });
    manager.addTask("plain", { execute: plain(log) });
    manager.addTask("none", { execute: drainer([]) }, { drainTimeout: 0 });
    manager.addTask("short", { execute: drainer([]) });
    manager.addExecuteTask("long", drainer([]), { drainTimeout: 100 });
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop("enough");
    await pass(time, 99);
    assertEquals(log, []);
    await pass(time, 1);
    assertEquals(log, ["plain signal: enough"]);
    await pass(time, 1);
    assertEquals((await errors).length, 3);
  });

  it("waits without end for a drainTimeout of Infinity", async () => {
    using time = new FakeTime();
    const { manager, errors, log, ending } = await draining(time, {
      drainTimeout: Infinity,
    });
    manager.stop("enough");
    await pass(time, 1_000_000);
    assertEquals(log, [TOLD]);
    ending.open();
    assertEquals(await errors(), []);
  });

  const skips: {
    how: string;
    skip: (manager: TaskManager, shutdown: AbortController) => void;
  }[] = [
    { how: "a second stop", skip: (manager) => void manager.stop("now") },
    { how: "an abort", skip: (_, shutdown) => shutdown.abort("now") },
  ];
  for (const { how, skip } of skips) {
    it(`is followed at once by ${how}, with the first reason`, async () => {
      using time = new FakeTime();
      using timers = new CountedTimers();
      const log: string[] = [];
      const ending = gate();
      const shutdown = new AbortController();
      const manager = new TaskManager({ drainTimeout: 100 });
      manager.addExecuteTask("plain", plain(log));
      manager.addExecuteTask("drainer", drainer(log, ending.reached));
      const errors = manager.runSettled({ signal: shutdown.signal });
      await time.runMicrotasks();
      manager.stop("enough");
      skip(manager, shutdown);
      assertEquals(log, [TOLD, ...ABORTED]);
      assertEquals(timers.running, 0);
      ending.open();
      assertEquals(await errors, []);
    });
  }

  it("of a task that was cancelled is followed at once by a second stop", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const log: string[] = [];
    const ending = gate();
    const manager = new TaskManager({ drainTimeout: Infinity });
    const handle = manager.addExecuteTask(
      "drainer",
      drainer(log, ending.reached),
    );
    const errors = manager.runSettled();
    await time.runMicrotasks();
    handle.cancel("alone");
    manager.stop("enough");
    assertEquals(log, ["drainer draining: alone"]);
    manager.stop("now");
    assertEquals(log, ["drainer draining: alone", "drainer signal: alone"]);
    ending.open();
    assertEquals(await errors, []);
    assertEquals(timers.running, 0);
  });

  it("is followed at once when the stop comes during an initialize", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const ending = gate();
    const manager = new TaskManager({ drainTimeout: 100 });
    manager.addTask("reader", {
      initialize: drainer(log, ending.reached),
      execute: untilStopped,
    });
    const errors = manager.runSettled();
    await time.runMicrotasks();
    assertEquals(manager.state, "initializing");
    manager.stop("enough");
    assertEquals(log, ["reader draining: enough", "reader signal: enough"]);
    ending.open();
    assertEquals(await errors, []);
  });

  it("ends with the budget of the shutdown", async () => {
    using time = new FakeTime();
    const { manager, errors, log } = await draining(time, {
      drainTimeout: 1_000,
      shutdownTimeout: 100,
    });
    manager.stop("enough");
    await pass(time, 99);
    assertEquals(log, [TOLD]);
    time.tick(1);
    assertEquals(log, [TOLD, ...ABORTED]);
    assertEquals(manager.state, "finished");
    assertEquals(summary(await errors()), [
      "plain execute TIMEOUT",
      "drainer execute TIMEOUT",
    ]);
  });

  it("lets stopTimeout count from signal", async () => {
    using time = new FakeTime();
    const { manager, errors, log } = await draining(time, {
      drainTimeout: 100,
      stopTimeout: 50,
    });
    manager.stop("enough");
    await pass(time, 100);
    assertEquals(log.slice(0, 3), [TOLD, ...ABORTED]);
    await pass(time, 49);
    assertEquals(manager.state, "stopping");
    await pass(time, 1);
    assertEquals(summary(await errors()), ["drainer execute TIMEOUT"]);
  });

  it("lets shutdownTimeout count from being told", async () => {
    using time = new FakeTime();
    const { manager, errors } = await draining(time, {
      drainTimeout: 60,
      shutdownTimeout: 100,
    });
    manager.stop("enough");
    await pass(time, 60);
    await pass(time, 39);
    assertEquals(manager.state, "stopping");
    await pass(time, 1);
    assertEquals(summary(await errors()), ["drainer execute TIMEOUT"]);
  });

  it("aborts when the task alone is cancelled, and nobody else is told", async () => {
    using time = new FakeTime();
    const { manager, errors, log, ending } = await draining(time);
    const [, drains] = manager.tasks;
    drains!.cancel("enough");
    assertEquals(log, [TOLD]);
    await pass(time, 99);
    drains!.cancel("again");
    assertEquals(log, [TOLD]);
    await pass(time, 1);
    assertEquals(log, [TOLD, "drainer signal: enough", "drainer done"]);
    ending.open();
    assertEquals(await drains!.finished, "clean");
    assertEquals(manager.state, "executing");
    await manager.stop();
    assertEquals(await errors(), []);
  });

  for (const thrown of ["nothing", "the reason", "an AbortError"]) {
    it(`lets a strict task that drains end with ${thrown}`, async () => {
      using time = new FakeTime();
      const ending = gate();
      const manager = new TaskManager({ drainTimeout: 100 });
      const handle = manager.addExecuteTask("it", async ({ draining }) => {
        await ending.reached;
        if (thrown === "the reason") throw draining.reason;
        if (thrown === "an AbortError") {
          throw new DOMException("aborted", "AbortError");
        }
      });
      const errors = manager.runSettled();
      await time.runMicrotasks();
      manager.stop("enough");
      ending.open();
      assertEquals(await errors, []);
      assertEquals(handle.state, "clean");
    });
  }

  it("lets a strict task that did not read it return while others drain", async () => {
    using time = new FakeTime();
    const first = gate();
    const { manager, errors, log, ending } = await draining(time);
    const handle = manager.addExecuteTask("quick", () => first.reached);
    manager.stop("enough");
    first.open();
    await time.runMicrotasks();
    assertEquals(handle.state, "clean");
    assertEquals(log, [TOLD]);
    ending.open();
    assertEquals(await errors(), []);
  });

  it("records what a task that drains throws otherwise", async () => {
    using time = new FakeTime();
    const ending = gate();
    const manager = new TaskManager({ drainTimeout: 100 });
    manager.addExecuteTask("it", async ({ draining }) => {
      void draining;
      await ending.reached;
      throw new Error("broken");
    });
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop("enough");
    ending.open();
    assertEquals(summary(await errors), ["it execute FAILED"]);
  });

  it("is aborted already when it is first read while others drain", async () => {
    using time = new FakeTime();
    const seen: unknown[] = [];
    const first = gate();
    const { manager, errors, ending } = await draining(time);
    manager.addExecuteTask("late", async (context) => {
      await first.reached;
      seen.push(context.draining.reason, context.signal.aborted);
    });
    manager.stop("enough");
    first.open();
    await time.runMicrotasks();
    assertEquals(seen, ["enough", false]);
    ending.open();
    assertEquals(await errors(), []);
  });

  it("is one signal, that never aborts, if nothing else was given", () => {
    const context = new TaskContext({ name: "it" });
    assertStrictEquals(context.draining, context.draining);
    assertEquals(context.draining.aborted, false);
  });

  it("is the signal of a context that was given one", () => {
    const { signal } = new AbortController();
    const context = new TaskContext({ name: "it", signal });
    assertStrictEquals(context.draining, signal);
  });

  it("is that of the context it was made with", () => {
    const context = new TaskContext({ name: "it" });
    const { draining } = context;
    const { signal } = new AbortController();
    const other = context.with({ signal });
    assertStrictEquals(other.draining, draining);
    assertStrictEquals(other.with({ signal }).draining, draining);
  });

  it("asks for time when a wrapped task reads it", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const ending = gate();
    const manager = new TaskManager({ drainTimeout: 100 });
    manager.addExecuteTask("drainer", (context) => {
      const { signal } = new AbortController();
      return drainer(log, ending.reached)(context.with({ signal }));
    });
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop("enough");
    await pass(time, 99);
    assertEquals(log, [TOLD]);
    ending.open();
    assertEquals(await errors, []);
  });
});

describe("managers in managers that drain", () => {
  /** Starts a manager with one task, a manager whose task drains. */
  async function drainingWithin(
    time: FakeTime,
    options: TaskManagerOptions = { drainTimeout: 100 },
  ) {
    const log: string[] = [];
    const ending = gate();
    const inner = new TaskManager({ drainTimeout: 100 });
    inner.addExecuteTask("drainer", drainer(log, ending.reached));
    const outer = new TaskManager(options);
    outer.addExecuteTask("inner", inner);
    const errors = outer.runSettled();
    await time.runMicrotasks();
    return { inner, outer, errors: () => errors, log, ending };
  }

  /** Stops the manager that it runs in, and has it go on until others drained. */
  async function runOnWhileOthersDrain(inner: TaskManager, time: FakeTime) {
    const { manager: outer, errors, ending } = await draining(time);
    outer.addExecuteTask("inner", inner);
    await time.runMicrotasks();
    outer.stop("enough");
    assertEquals([outer.state, inner.state], ["stopping", "executing"]);
    ending.open();
    await time.runMicrotasks();
    return errors;
  }

  it("have their tasks told in the turn of the outermost, and waited for", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const ending = gate();
    const innermost = new TaskManager({ drainTimeout: 100 });
    innermost.addExecuteTask("drainer", drainer(log, ending.reached));
    const inner = new TaskManager({ drainTimeout: 100 });
    inner.addTask("innermost", innermost.asTask());
    const outer = new TaskManager({ drainTimeout: 100 });
    outer.addExecuteTask("plain", plain(log));
    outer.addExecuteTask("inner", inner);
    const errors = outer.runSettled();
    await time.runMicrotasks();
    outer.stop("enough");
    assertEquals(log, [TOLD]);
    assertEquals(
      [outer.state, inner.state, innermost.state],
      ["stopping", "stopping", "stopping"],
    );
    await pass(time, 99);
    assertEquals(log, [TOLD]);
    ending.open();
    await time.runMicrotasks();
    assertEquals(log.includes("plain signal: enough"), true);
    assertEquals(await errors, []);
  });

  it("leave the rest of the drain out when the outermost is stopped again", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const { outer, errors, log, ending } = await drainingWithin(time);
    outer.stop("enough");
    assertEquals(log, [TOLD]);
    outer.stop("now");
    assertEquals(log, [TOLD, "drainer signal: enough"]);
    assertEquals(timers.running, 0);
    ending.open();
    assertEquals(await errors(), []);
  });

  it("run on while others drain when none of theirs does", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const inner = new TaskManager();
    inner.addTask("plain", { execute: plain(log) });
    const errors = await runOnWhileOthersDrain(inner, time);
    assertEquals(log, ["plain signal: enough"]);
    assertEquals(await errors(), []);
  });

  it("run on while others drain when theirs ask for nothing at all", async () => {
    using time = new FakeTime();
    const working = gate();
    const inner = new TaskManager({ drainTimeout: 100 });
    inner.addExecuteTask("works", () => working.reached);
    const errors = await runOnWhileOthersDrain(inner, time);
    assertEquals(inner.state, "stopping");
    working.open();
    assertEquals(await errors(), []);
  });

  it("are told when but one of their tasks wants to drain", async () => {
    using time = new FakeTime();
    const { inner, outer, errors, log, ending } = await drainingWithin(time);
    inner.addExecuteTask("waits", ({ done }) => done);
    outer.stop("enough");
    assertEquals(log, [TOLD]);
    ending.open();
    assertEquals(await errors(), []);
  });

  it("have no time to drain when the outermost gives none", async () => {
    using time = new FakeTime();
    const { outer, errors, log, ending } = await drainingWithin(time, {});
    outer.stop("enough");
    assertEquals(log, [TOLD, "drainer signal: enough"]);
    ending.open();
    assertEquals(await errors(), []);
  });
});

describe("provided tasks that drain", () => {
  it("begin no run: repeatable()", async () => {
    const runs: Gate[] = [];
    const manager = new TaskManager({ drainTimeout: 60_000 });
    let aborted = false;
    const begun = gate();
    manager.addTask(
      "loop",
      repeatable(({ signal }) => {
        signal.addEventListener("abort", () => aborted = true);
        const run = gate();
        runs.push(run);
        begun.open();
        return run.reached;
      }),
    );
    const errors = manager.runSettled();
    await begun.reached;
    manager.stop("enough");
    assertEquals(aborted, false);
    runs[0]!.open();
    assertEquals(await errors, []);
    assertEquals(runs.length, 1);
  });

  it("begin no run: repeatTimer()", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const runs: Gate[] = [];
    let aborted = false;
    const manager = new TaskManager({ drainTimeout: 10_000 });
    manager.addTask(
      "timer",
      repeatTimer(100, ({ signal }) => {
        signal.addEventListener("abort", () => aborted = true);
        const run = gate();
        runs.push(run);
        return run.reached;
      }),
    );
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop("enough");
    await pass(time, 1_000);
    assertEquals(aborted, false);
    assertEquals(manager.state, "stopping");
    runs[0]!.open();
    assertEquals(await errors, []);
    assertEquals(runs.length, 1);
    assertEquals(timers.running, 0);
  });

  it("wake up between two runs: repeatTimer()", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    let runs = 0;
    const manager = new TaskManager({ drainTimeout: 10_000 });
    manager.addTask("timer", repeatTimer(100, () => void runs++));
    const errors = manager.runSettled();
    await pass(time, 1);
    manager.stop("enough");
    assertEquals(await errors, []);
    assertEquals(runs, 1);
    assertEquals(timers.running, 0);
  });

  it("hand on no error of a run whose signal alone was aborted", async () => {
    using time = new FakeTime();
    const seen: unknown[] = [];
    const shutdown = new AbortController();
    const timer = repeatTimer(100, async ({ signal, done }) => {
      await done;
      throw signal.reason;
    }, { onError: (error) => seen.push(error) });
    const manager = new TaskManager();
    manager.addTask("timer", {
      execute: (context) =>
        timer.execute(context.with({ signal: shutdown.signal })),
    }, { type: "error" });
    const errors = manager.runSettled();
    await time.runMicrotasks();
    shutdown.abort("enough");
    await time.runMicrotasks();
    assertEquals(manager.tasks, []);
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(seen, []);
  });

  it("do not call what a run throws while it drains an error", async () => {
    using time = new FakeTime();
    const seen: unknown[] = [];
    const ending = gate();
    const manager = new TaskManager({ drainTimeout: 10_000 });
    manager.addTask(
      "timer",
      repeatTimer(100, async ({ draining }) => {
        await ending.reached;
        throw draining.reason;
      }, { onError: (error) => seen.push(error) }),
    );
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop("enough");
    ending.open();
    assertEquals(await errors, []);
    assertEquals(seen, []);
  });
});
