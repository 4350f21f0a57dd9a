import {
  type AddTaskOptions,
  type TaskContext,
  type TaskError,
  TaskManager,
  type TaskManagerOptions,
} from "@goasync/core";
import { forceStop, repeatTimer } from "@goasync/core/tasks";
import {
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { notingTask, untilStopped } from "../rules/noting_task.ts";
import { summary } from "../rules/summary.ts";
import { gate } from "../tasks/gate.ts";
import { pass } from "../tasks/pass.ts";
import { CountedTimers } from "./counted_timers.ts";
import { stuck } from "./stuck.ts";

const LONGEST_TIMEOUT = 2 ** 31 - 1;
const KEYS = [
  "initializeTimeout",
  "stopTimeout",
  "cleanupTimeout",
  "drainTimeout",
  "shutdownTimeout",
] as const;
const PER_TASK = [
  "initializeTimeout",
  "stopTimeout",
  "cleanupTimeout",
  "drainTimeout",
] as const;
const NO_TIMES = [-1, -Infinity, NaN, "5", null, 5n, {}];

/** Starts a run, and waits until it goes on only when something happens. */
async function start(
  manager: TaskManager,
  time: FakeTime,
): Promise<Promise<TaskError[]>[]> {
  const errors = manager.runSettled();
  await time.runMicrotasks();
  return [errors];
}

/** Asserts that an error tells of a timeout, and of its limit. */
function assertTimeout(error: TaskError | undefined, limit: string): void {
  assertEquals(error?.code, "TIMEOUT");
  assertInstanceOf(error?.cause, DOMException);
  assertEquals(error.cause.name, "TimeoutError");
  assertStringIncludes(error.message, `"${error.taskName}"`);
  assertStringIncludes(error.message, error.stage);
  assertStringIncludes(error.message, limit);
}

describe("the timeouts of a TaskManager", () => {
  for (const key of KEYS) {
    it(`throws RangeError for a ${key} that is none`, () => {
      for (const bad of NO_TIMES) {
        const { message } = assertThrows(
          () => new TaskManager({ [key]: bad }),
          RangeError,
          `Cannot create a TaskManager as '${key}' must be`,
        );
        assertStringIncludes(message, "current value is");
      }
    });

    it(`takes ${key} of 0, undefined, Infinity and more than one timer can take`, () => {
      for (const ms of [0, 0.5, undefined, Infinity, LONGEST_TIMEOUT + 1]) {
        assertEquals(new TaskManager({ [key]: ms }).state, "idle");
      }
    });
  }

  for (const key of PER_TASK) {
    it(`throws RangeError for the ${key} of a task that is none, and takes nothing`, async () => {
      const manager = new TaskManager();
      for (const bad of NO_TIMES) {
        const { message } = assertThrows(
          () =>
            manager.addTask("it", { execute: untilStopped }, {
              [key]: bad,
            } as AddTaskOptions),
          RangeError,
          `'${key}' must be`,
        );
        assertStringIncludes(message, '"it"');
      }
      assertEquals(manager.tasks, []);
      assertEquals(manager.state, "idle");
      await manager.stop();
    });
  }

  it("throws RangeError for those of an execute task, too", async () => {
    const manager = new TaskManager();
    for (const key of ["stopTimeout", "drainTimeout"]) {
      assertThrows(
        () => manager.addExecuteTask("it", () => {}, { [key]: -1 }),
        RangeError,
        `Cannot add execute task "it" as '${key}' must be`,
      );
    }
    assertEquals(manager.tasks, []);
    await manager.stop();
  });

  it("throws TypeError for options that are no object", () => {
    for (const bad of [null, 5, "no", true]) {
      assertThrows(
        () => new TaskManager(bad as unknown as TaskManagerOptions),
        TypeError,
        "Cannot create a TaskManager as the options must be an object",
      );
    }
  });

  it("are none by default, and start no timer", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const manager = new TaskManager();
    const initializes = gate();
    const executes = gate();
    const cleans = gate();
    manager.addTask("slow", {
      initialize: () => initializes.reached,
      execute: () => executes.reached,
      cleanup: () => cleans.reached,
    });
    const [errors] = await start(manager, time);
    initializes.open();
    await time.runMicrotasks();
    assertEquals(manager.state, "executing");
    manager.stop();
    executes.open();
    await time.runMicrotasks();
    assertEquals(manager.state, "cleaning-up");
    cleans.open();
    assertEquals(await errors, []);
    assertEquals(timers.started, 0);
  });

  it("are heeded when the options of a task have them from their class", () => {
    class Options {
      get stopTimeout() {
        return -1;
      }
    }
    assertThrows(
      () => new TaskManager().addExecuteTask("it", () => {}, new Options()),
      RangeError,
      "'stopTimeout'",
    );
  });
});

describe("initializeTimeout", () => {
  it("is not longer because the manager was stopped meanwhile", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ initializeTimeout: 100 });
    const slow = manager.addTask(
      "slow",
      notingTask([], { initialize: stuck }),
    );
    const [errors] = await start(manager, time);
    await pass(time, 60);
    manager.stop();
    await pass(time, 40);
    assertEquals(slow.state, "timed-out");
    assertEquals(summary(await errors!), ["slow initialize TIMEOUT"]);
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
    const [errors] = await start(manager, time);
    await pass(time, 99);
    assertEquals(manager.state, "initializing");
    assertEquals(slow.state, "initializing");
    await pass(time, 1);
    assertEquals(manager.state, "finished");
    const list = await errors!;
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
    const [errors] = await start(manager, time);
    time.tick(99);
    assertEquals(reasons, []);
    time.tick(1);
    assertEquals(reasons.length, 1);
    const [error] = await errors!;
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
    const [errors] = await start(manager, time);
    await pass(time, 100);
    const [error] = await errors!;
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
    const [errors] = await start(manager, time);
    await pass(time, 100);
    initializes.open();
    await time.runMicrotasks();
    cleans.open();
    assertEquals(summary(await errors!), ["slow initialize TIMEOUT"]);
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
    const [errors] = await start(manager, time);
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
    const [errors] = await start(manager, time);
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
    const [errors] = await start(manager, time);
    manager.stop("enough");
    await pass(time, 100);
    assertEquals(summary(await errors!), ["slow initialize TIMEOUT"]);
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
    const [errors] = await start(manager, time);
    await pass(time, 10_000);
    assertEquals(manager.state, "initializing");
    second.open();
    await time.runMicrotasks();
    await pass(time, 10);
    const list = await errors!;
    assertEquals(summary(list), ["short initialize TIMEOUT"]);
    assertTimeout(list[0], "10 ms");
  });

  it("is that of the manager when the task's is undefined", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ initializeTimeout: 100 });
    manager.addTask("it", { initialize: stuck, execute: untilStopped }, {
      initializeTimeout: undefined,
    });
    const [errors] = await start(manager, time);
    await pass(time, 100);
    assertEquals(summary(await errors!), ["it initialize TIMEOUT"]);
  });

  it("of 0 ends what is not over in the same turn", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ initializeTimeout: 0 });
    manager.addTask("instant", { initialize: () => {}, execute: untilStopped });
    manager.addTask("slow", { initialize: stuck, execute: untilStopped });
    const [errors] = await start(manager, time);
    await pass(time, 0);
    assertEquals(summary(await errors!), ["slow initialize TIMEOUT"]);
  });

  it("may be longer than one timer can take", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const manager = new TaskManager({ initializeTimeout: LONGEST_TIMEOUT + 5 });
    manager.addTask("it", { initialize: stuck, execute: untilStopped });
    const [errors] = await start(manager, time);
    await pass(time, LONGEST_TIMEOUT);
    await pass(time, 4);
    assertEquals(manager.state, "initializing");
    await pass(time, 1);
    assertEquals(summary(await errors!), ["it initialize TIMEOUT"]);
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
      const [errors] = await start(manager, time);
      await pass(time, 100);
      const list = await errors!;
      initializes.open();
      await pass(time, 100);
      assertEquals(summary(list), ["slow initialize TIMEOUT"]);
      assertEquals(log, ["slow initialize", "slow cleanup"]);
    }
  });
});

describe("stopTimeout", () => {
  it("leaves an execute that overruns it behind, and cleans it up", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const manager = new TaskManager({ stopTimeout: 100 });
    const slow = manager.addTask("slow", notingTask(log, { execute: stuck }));
    const good = manager.addTask("good", notingTask(log));
    const [errors] = await start(manager, time);
    await pass(time, 10_000);
    assertEquals(manager.state, "executing");
    manager.stop();
    await pass(time, 99);
    assertEquals(manager.state, "stopping");
    await pass(time, 1);
    const list = await errors!;
    assertEquals(summary(list), ["slow execute TIMEOUT"]);
    assertTimeout(list[0], "100 ms");
    assertEquals(log.slice(2), [
      "slow execute",
      "good execute",
      "good cleanup",
      "slow cleanup",
    ]);
    assertEquals([slow.state, good.state], ["timed-out", "clean"]);
  });

  it("leaves execute tasks behind likewise", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ stopTimeout: 100 });
    const queued = manager.addExecuteTask("queued", stuck);
    const [errors] = await start(manager, time);
    const added = manager.addExecuteTask("added", stuck, { stopTimeout: 50 });
    const patient = manager.addExecuteTask("patient", stuck, {
      stopTimeout: 200,
    });
    manager.stop();
    await pass(time, 50);
    assertEquals(
      [queued.state, added.state, patient.state],
      ["executing", "timed-out", "executing"],
    );
    await pass(time, 50);
    assertEquals(queued.state, "timed-out");
    assertEquals(manager.state, "stopping");
    await pass(time, 100);
    assertEquals(summary(await errors!), [
      "added execute TIMEOUT",
      "queued execute TIMEOUT",
      "patient execute TIMEOUT",
    ]);
  });

  it("counts for a task that is called after the stop, in the same turn", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const manager = new TaskManager({ stopTimeout: 100 });
    manager.addTask("stopping", { execute: () => void manager.stop() });
    manager.addTask("task", { execute: stuck });
    manager.addExecuteTask("execute task", stuck);
    const [errors] = await start(manager, time);
    await pass(time, 99);
    assertEquals(manager.state, "stopping");
    await pass(time, 1);
    assertEquals(summary(await errors!), [
      "task execute TIMEOUT",
      "execute task execute TIMEOUT",
    ]);
    assertEquals(timers.running, 0);
  });

  it("does not count for an initialize in flight", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const initializes = gate();
    const manager = new TaskManager({ stopTimeout: 100 });
    const handle = manager.addTask("it", {
      initialize: () => initializes.reached,
      execute: untilStopped,
    });
    const [errors] = await start(manager, time);
    manager.stop();
    assertEquals(timers.started, 0);
    await pass(time, 1_000);
    assertEquals([manager.state, handle.state], ["stopping", "initializing"]);
    initializes.open();
    assertEquals(await errors, []);
    assertEquals(handle.state, "never-started");
  });

  it("ignores whatever the execute does later", async () => {
    using time = new FakeTime();
    for (const late of ["return", "throw"]) {
      const executes = gate();
      const manager = new TaskManager({ stopTimeout: 100 });
      const handle = manager.addTask("slow", {
        async execute() {
          await executes.reached;
          if (late === "throw") throw new Error("too late");
        },
      }, { type: "stop-group" });
      const [errors] = await start(manager, time);
      manager.stop();
      await pass(time, 100);
      const list = await errors!;
      executes.open();
      await pass(time, 100);
      assertEquals(summary(list), ["slow execute TIMEOUT"]);
      assertEquals(await handle.finished, "timed-out");
    }
  });

  it("keeps the reason of the stop on the signal", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ stopTimeout: 100 });
    let signal: AbortSignal | undefined;
    manager.addExecuteTask("slow", (context) => {
      signal = context.signal;
      return stuck();
    });
    await start(manager, time);
    manager.stop("enough");
    await pass(time, 100);
    assertEquals(signal?.reason, "enough");
  });

  it("does not count for what ends in time, and leaves no timer", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const executes = gate();
    const cleans = gate();
    const manager = new TaskManager({ stopTimeout: 100 });
    manager.addTask("ended", { execute: () => {} }, { type: "error" });
    manager.addTask("it", {
      execute: () => executes.reached,
      cleanup: () => cleans.reached,
    });
    const [errors] = await start(manager, time);
    assertEquals(timers.running, 0);
    manager.stop();
    assertEquals(timers.running, 1);
    await pass(time, 99);
    executes.open();
    await time.runMicrotasks();
    assertEquals(timers.running, 0);
    await pass(time, 1_000);
    assertEquals(manager.state, "cleaning-up");
    cleans.open();
    assertEquals(await errors, []);
  });

  it("of a task counts when it is cancelled, and stops nobody", async () => {
    using time = new FakeTime();
    const manager = new TaskManager();
    const slow = manager.addTask("slow", { execute: stuck }, {
      stopTimeout: 100,
    });
    const [errors] = await start(manager, time);
    slow.cancel();
    await pass(time, 100);
    assertEquals(await slow.finished, "timed-out");
    assertEquals(manager.state, "executing");
    await manager.stop();
    const list = await errors!;
    assertEquals(summary(list), ["slow execute TIMEOUT"]);
    assertTimeout(list[0], "100 ms");
  });
});

describe("cleanupTimeout", () => {
  it("leaves a cleanup that overruns it behind, and begins the next", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const manager = new TaskManager({ cleanupTimeout: 100 });
    manager.addTask("first", notingTask(log));
    manager.addTask("slow", notingTask(log, { cleanup: stuck }));
    manager.addTask("patient", notingTask(log, { cleanup: stuck }), {
      cleanupTimeout: 200,
    });
    const [errors] = await start(manager, time);
    log.length = 0;
    manager.stop();
    await pass(time, 199);
    assertEquals(log, ["patient cleanup"]);
    await pass(time, 1);
    assertEquals(log, ["patient cleanup", "slow cleanup"]);
    await pass(time, 100);
    assertEquals(log, ["patient cleanup", "slow cleanup", "first cleanup"]);
    const list = await errors!;
    assertEquals(summary(list), [
      "patient cleanup TIMEOUT",
      "slow cleanup TIMEOUT",
    ]);
    assertTimeout(list[0], "200 ms");
    assertTimeout(list[1], "100 ms");
  });

  it("begins no cleanup while a fake clock passes over its time at once", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const manager = new TaskManager({ cleanupTimeout: 100 });
    manager.addTask("first", notingTask(log));
    manager.addTask("slow", notingTask(log, { cleanup: stuck }));
    const [errors] = await start(manager, time);
    manager.stop();
    await time.runMicrotasks();
    time.tick(1_000); // Whatever is due comes before any microtask.
    assertEquals(summary(await errors!), ["slow cleanup TIMEOUT"]);
    assertEquals(log.slice(-2), ["slow cleanup", "first cleanup"]);
  });

  it("aborts the signal of the cleanup, and no other, with the TimeoutError", async () => {
    using time = new FakeTime();
    const signals: AbortSignal[] = [];
    const manager = new TaskManager({ cleanupTimeout: 100 });
    manager.addTask("slow", {
      execute({ signal, done }) {
        signals.push(signal);
        return done;
      },
      cleanup({ signal }) {
        signals.push(signal);
        return stuck();
      },
    });
    const [errors] = await start(manager, time);
    manager.stop("enough");
    await time.runMicrotasks();
    time.tick(99);
    assertEquals(signals.map(({ aborted }) => aborted), [true, false]);
    time.tick(1);
    assertEquals(signals.map(({ aborted }) => aborted), [true, true]);
    const [error] = await errors!;
    assertEquals(signals[0]?.reason, "enough");
    assertStrictEquals(signals[1]?.reason, error?.cause);
  });

  it("resolves done of the cleanup", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const manager = new TaskManager({ cleanupTimeout: 100 });
    manager.addTask("slow", {
      execute: untilStopped,
      async cleanup({ done }) {
        await done;
        log.push("told");
      },
    });
    const [errors] = await start(manager, time);
    manager.stop();
    await pass(time, 100);
    assertEquals(summary(await errors!), ["slow cleanup TIMEOUT"]);
    assertEquals(log, ["told"]);
  });

  it("ignores whatever the cleanup does later", async () => {
    using time = new FakeTime();
    const cleans = gate();
    const manager = new TaskManager({ cleanupTimeout: 100 });
    const handle = manager.addTask("slow", {
      execute: untilStopped,
      async cleanup() {
        await cleans.reached;
        throw new Error("too late");
      },
    });
    const [errors] = await start(manager, time);
    manager.stop();
    await pass(time, 100);
    const list = await errors!;
    cleans.open();
    await pass(time, 100);
    assertEquals(summary(list), ["slow cleanup TIMEOUT"]);
    assertEquals(handle.state, "clean");
  });
});

describe("shutdownTimeout", () => {
  it("does not count before the stop", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const manager = new TaskManager({ shutdownTimeout: 100 });
    manager.addTask("it", { execute: untilStopped });
    const [errors] = await start(manager, time);
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
    const [errors] = await start(manager, time);
    log.length = 0;
    manager.stop();
    await pass(time, 99);
    assertEquals(manager.state, "stopping");
    time.tick(1);
    assertEquals(manager.state, "finished");
    const list = await errors!;
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
    const [errors] = await start(manager, time);
    manager.stop();
    await pass(time, 100);
    assertEquals(summary(await errors!), ["stuck execute TIMEOUT"]);
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
    const [errors] = await start(manager, time);
    manager.stop("enough");
    await pass(time, 99);
    assertEquals(manager.state, "stopping");
    await pass(time, 1);
    assertEquals(manager.state, "finished");
    assertEquals(summary(await errors!), [
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
    const [errors] = await start(manager, time);
    log.length = 0;
    manager.stop();
    await pass(time, 100);
    const list = await errors!;
    assertEquals(summary(list), [
      "slow cleanup TIMEOUT",
      "first cleanup TIMEOUT",
    ]);
    assertEquals(log, ["last cleanup", "slow cleanup"]);
    assertStrictEquals(signal?.reason, list[0]?.cause);
    for (const error of list) assertTimeout(error, "100 ms");
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
    const [errors] = await start(manager, time);
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
    const [errors] = await start(manager, time);
    manager.stop();
    await pass(time, 60);
    initializes.open();
    await pass(time, 39);
    assertEquals(manager.state, "cleaning-up");
    await pass(time, 1);
    assertEquals(summary(await errors!), ["it cleanup TIMEOUT"]);
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
    const [errors] = await start(manager, time);
    manager.stop();
    for (let ms = 0; ms < 100; ms += 20) await pass(time, 20);
    const list = await errors!;
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
    const [errors] = await start(manager, time);
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
    const [errors] = await start(manager, time);
    manager.stop();
    await pass(time, 100);
    assertEquals(summary(await errors!), [
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
    const [errors] = await start(manager, time);
    isRunning = true;
    manager.stop();
    await pass(time, 100);
    assertEquals(summary(await errors!), [
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
    const [errors] = await start(manager, time);
    const { length } = log;
    manager.stop();
    await pass(time, 100);
    const list = await errors!;
    const expected = summary(list);
    later.open();
    await pass(time, 1_000);
    assertEquals(summary(list), expected);
    assertEquals(log.length, length);
    assertEquals(manager.state, "finished");
    assertEquals(timers.running, 0);
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
