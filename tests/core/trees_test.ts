import {
  type ExecuteFunction,
  InvalidStateError,
  type Task,
  TaskContext,
  TaskError,
  TaskManager,
} from "@goasync/core";
import { forceStop } from "@goasync/core/tasks";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { leaves } from "../helpers/leaves.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { notingTask, untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";
import { stackDepth } from "../helpers/stack_depth.ts";
import { summary } from "../helpers/summary.ts";
import { gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";
import { CountedTimers } from "../helpers/counted_timers.ts";
import { stuck } from "../helpers/stuck.ts";

/** The two ways in which a manager runs in another. */
const WAYS: readonly {
  readonly how: string;
  readonly add: (
    outer: TaskManager,
    name: string,
    inner: TaskManager,
    options?: { stopTimeout?: number; drainTimeout?: number },
  ) => { cancel(reason?: unknown): void; readonly finished: Promise<string> };
}[] = [
  {
    how: "an execute task",
    add: (outer, name, inner, options) =>
      outer.addExecuteTask(name, inner, options),
  },
  {
    how: "a task",
    add: (outer, name, inner, options) =>
      outer.addTask(name, inner.asTask(), options),
  },
];

/** Wraps a task so that its signal never aborts while it is initialized. */
function toldNothing(task: Task, execute: ExecuteFunction): Task {
  const { signal } = new AbortController();
  return {
    initialize: ({ name }) =>
      task.initialize!(new TaskContext({ name, signal })),
    execute,
    cleanup: (context) => task.cleanup!(context),
  };
}

/** Goes on after what others do meanwhile. */
async function someTurns(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await null;
}

/** A manager with one task, in as many others as that. */
function chain(
  count: number,
  add: (outer: TaskManager, name: string, inner: TaskManager) => unknown,
  task: Task,
): TaskManager[] {
  const managers = Array.from({ length: count }, () => new TaskManager());
  managers.forEach((manager, index) => {
    const inner = managers[index + 1];
    if (inner) add(manager, "inner", inner);
    else manager.addTask("leaf", task);
  });
  return managers;
}

describe("TaskManager.asTask()", () => {
  it("initializes and cleans up at its place among its siblings", async () => {
    const log: string[] = [];
    const inner = new TaskManager();
    inner.addTask("inner 1", notingTask(log));
    inner.addTask("inner 2", notingTask(log));
    inner.addExecuteTask("inner 3", ({ name, done }) => {
      log.push(`${name} execute`);
      return done;
    });
    const outer = new TaskManager();
    outer.addTask("before", notingTask(log));
    outer.addTask("inner", inner.asTask());
    outer.addTask("after", notingTask(log));
    const { errors } = await running(outer);
    assertEquals([outer.state, inner.state], ["executing", "executing"]);
    await outer.stop();
    assertEquals(await errors, []);
    assertEquals([outer.state, inner.state], ["finished", "finished"]);
    assertEquals(log, [
      "before initialize",
      "inner 1 initialize",
      "inner 2 initialize",
      "after initialize",
      "before execute",
      "after execute",
      // Those of a manager within start some microtasks later.
      "inner 1 execute",
      "inner 2 execute",
      "inner 3 execute",
      "after cleanup",
      "inner 2 cleanup",
      "inner 1 cleanup",
      "before cleanup",
    ]);
  });

  it("waits for a sibling's cleanup before its own", async () => {
    const cleans = gate();
    const log: string[] = [];
    const inner = new TaskManager();
    inner.addTask("it", notingTask(log));
    const outer = new TaskManager();
    outer.addTask("inner", inner.asTask());
    outer.addTask(
      "sibling",
      notingTask(log, { cleanup: () => cleans.reached }),
    );
    const { errors } = await running(outer);
    outer.stop();
    await microtasks();
    assertEquals(log.at(-1), "sibling cleanup");
    assertEquals([outer.state, inner.state], ["cleaning-up", "stopping"]);
    cleans.open();
    assertEquals(await errors, []);
    assertEquals(log.at(-1), "it cleanup");
  });

  it("stops everything when one of its tasks fails to initialize", async () => {
    const log: string[] = [];
    const inner = new TaskManager();
    inner.addTask("good", notingTask(log));
    inner.addTask(
      "bad",
      notingTask(log, { initialize: () => Promise.reject("broken") }),
    );
    inner.addTask("later", notingTask(log));
    const outer = new TaskManager();
    outer.addTask("before", notingTask(log));
    outer.addTask("inner", inner.asTask());
    outer.addTask("after", notingTask(log));
    const errors = await outer.runSettled();
    assertEquals(summary(errors), ["inner initialize FAILED"]);
    assertEquals(leaves(errors), ["inner/bad initialize FAILED"]);
    assertEquals(log, [
      "before initialize",
      "good initialize",
      "bad initialize",
      "bad cleanup",
      "good cleanup",
      "before cleanup",
    ]);
  });

  it("is told with the others while it initializes", async () => {
    const log: string[] = [];
    const inner = new TaskManager();
    inner.addTask(
      "slow",
      notingTask(log, { initialize: ({ done }) => done }),
    );
    inner.addTask("later", notingTask(log));
    const outer = new TaskManager();
    outer.addTask("inner", inner.asTask());
    const { errors } = await running(outer);
    outer.stop();
    assertEquals([outer.state, inner.state], ["stopping", "stopping"]);
    assertEquals(await errors, []);
    assertEquals(log, ["slow initialize", "slow cleanup"]);
  });

  it("names each failing stage, and gives no error twice", async () => {
    const inner = new TaskManager();
    inner.addTask("leaf", {
      execute: ({ done }) => done.then(() => Promise.reject("broken")),
      cleanup: () => Promise.reject("broken again"),
    });
    const outer = new TaskManager();
    outer.addTask("inner", inner.asTask());
    const { errors } = await running(outer);
    outer.stop();
    const list = await errors;
    assertEquals(summary(list), [
      "inner execute FAILED",
      "inner cleanup FAILED",
    ]);
    assertEquals(leaves(list), [
      "inner/leaf execute FAILED",
      "inner/leaf cleanup FAILED",
    ]);
  });

  it("is skipped altogether when it is cancelled before", async () => {
    const log: string[] = [];
    const inner = new TaskManager();
    inner.addTask("it", notingTask(log));
    const outer = new TaskManager();
    outer.addTask("inner", inner.asTask()).cancel();
    const { errors } = await running(outer);
    await outer.stop();
    assertEquals(await errors, []);
    assertEquals(log, []);
    assertEquals(inner.state, "idle");
  });

  it("fails when the manager was run before, which it leaves alone", async () => {
    const log: string[] = [];
    const inner = new TaskManager();
    inner.addTask("it", notingTask(log));
    const elsewhere = await running(inner);
    const outer = new TaskManager();
    outer.addTask("inner", inner.asTask());
    const errors = await outer.runSettled();
    assertEquals(summary(errors), ["inner initialize FAILED"]);
    assertInstanceOf(errors[0]?.cause, InvalidStateError);
    assertEquals(inner.state, "executing");
    assertEquals(log, ["it initialize", "it execute"]);
    await inner.stop();
    assertEquals(await elsewhere.errors, []);
  });

  it("works once, and the second leaves the first alone", async () => {
    const log: string[] = [];
    const inner = new TaskManager();
    inner.addTask("it", notingTask(log));
    const outer = new TaskManager();
    outer.addTask("first", inner.asTask());
    outer.addTask("between", notingTask(log));
    outer.addTask("second", inner.asTask());
    const errors = await outer.runSettled();
    assertEquals(summary(errors), ["second initialize FAILED"]);
    assertEquals(log, [
      "it initialize",
      "between initialize",
      "between cleanup",
      "it cleanup",
    ]);
  });

  it("runs once, and ends, when it is two tasks at once", async () => {
    const log: string[] = [];
    const inner = new TaskManager();
    inner.addTask("it", notingTask(log));
    const task = inner.asTask();
    const outer = new TaskManager();
    outer.addTask("first", task);
    outer.addExecuteTask("second", task);
    const { errors } = await running(outer);
    await outer.stop();
    assertEquals(await errors, []);
    assertEquals(log, ["it initialize", "it execute", "it cleanup"]);
  });

  it("is stopped by its cleanup when nobody else has told it", async () => {
    const log: string[] = [];
    const inner = new TaskManager();
    const handle = inner.addTask("it", {
      execute: untilStopped,
      cleanup: () => void log.push(inner.state),
    });
    const task = inner.asTask();
    const outer = new TaskManager();
    outer.addTask("inner", toldNothing(task, untilStopped));
    const { errors } = await running(outer);
    await outer.stop();
    assertEquals(await errors, []);
    assertEquals(log, ["cleaning-up"]);
    assertEquals(await handle.finished, "never-started");
    assertEquals(inner.report().stop?.by, "stop");
  });

  it("waits in its cleanup for whom nobody else has told, and cleans up in turn", async () => {
    const log: string[] = [];
    const inner = new TaskManager();
    for (const name of ["A", "B"]) {
      inner.addTask(name, {
        async execute({ done }) {
          await done;
          await someTurns();
          log.push(`${name} ends`);
        },
        async cleanup() {
          log.push(`${name} cleanup begins`);
          await someTurns();
          log.push(`${name} cleanup ends`);
        },
      });
    }
    const task = inner.asTask();
    const outer = new TaskManager();
    outer.addTask(
      "inner",
      toldNothing(
        task,
        ({ name, done }) =>
          Promise.race([task.execute(new TaskContext({ name })), done]),
      ),
    );
    const { errors } = await running(outer);
    await outer.stop();
    assertEquals(await errors, []);
    assertEquals(log, [
      "A ends",
      "B ends",
      "B cleanup begins",
      "B cleanup ends",
      "A cleanup begins",
      "A cleanup ends",
    ]);
  });

  it("abandons in its cleanup whom a wrapper has left behind", async () => {
    const log: string[] = [];
    const late = gate();
    const inner = new TaskManager();
    const handles = ["A", "B"].map((name) =>
      inner.addTask(name, {
        execute: () => late.reached,
        async cleanup() {
          log.push(`${name} cleanup begins`);
          late.open();
          await someTurns();
          log.push(`${name} cleanup ends`);
        },
      })
    );
    const outer = new TaskManager();
    outer.addTask("inner", forceStop(0, inner.asTask()));
    const { errors } = await running(outer);
    await outer.stop();
    assertEquals(leaves(await errors), [
      "inner execute FAILED",
      "inner/A execute TIMEOUT",
      "inner/B execute TIMEOUT",
    ]);
    assertEquals(log, [
      "B cleanup begins",
      "B cleanup ends",
      "A cleanup begins",
      "A cleanup ends",
    ]);
    assertEquals(handles.map(({ state }) => state), ["abandoned", "abandoned"]);
    assertEquals(inner.state, "finished");
  });

  it("does nothing when the manager was stopped before", async () => {
    const log: string[] = [];
    const inner = new TaskManager();
    inner.addTask("it", notingTask(log));
    await inner.stop();
    const outer = new TaskManager();
    outer.addTask("inner", inner.asTask(), { type: "error" });
    const { errors } = await running(outer);
    assertEquals(outer.state, "executing");
    await outer.stop();
    assertEquals(await errors, []);
    assertEquals(log, []);
  });

  it("runs from the first stage to the last when it is an execute task", async () => {
    const log: string[] = [];
    const inner = new TaskManager();
    inner.addTask("it", notingTask(log));
    const outer = new TaskManager();
    outer.addExecuteTask("inner", inner.asTask());
    const { errors } = await running(outer);
    assertEquals(inner.state, "executing");
    await outer.stop();
    assertEquals(await errors, []);
    assertEquals(log, ["it initialize", "it execute", "it cleanup"]);
  });

  it("names what a spent budget of its own left, though its cleanup had not come", async () => {
    using time = new FakeTime();
    const cleans = gate();
    const inner = new TaskManager({ shutdownTimeout: 50 });
    inner.addTask("leaf", { execute: untilStopped, cleanup: () => {} });
    const outer = new TaskManager();
    outer.addTask("inner", inner.asTask());
    outer.addTask("slow", {
      execute: untilStopped,
      cleanup: () => cleans.reached,
    });
    const errors = outer.runSettled();
    await time.runMicrotasks();
    outer.stop();
    await pass(time, 50);
    assertEquals(inner.state, "finished");
    cleans.open();
    assertEquals(leaves(await errors), ["inner/leaf cleanup TIMEOUT"]);
  });
});

for (const { how, add } of WAYS) {
  describe(`a manager in a manager, as ${how}`, () => {
    it("is waited for, its cleanups included", async () => {
      const cleans = gate();
      const inner = new TaskManager();
      inner.addTask("leaf", {
        execute: untilStopped,
        cleanup: () => cleans.reached,
      });
      const outer = new TaskManager();
      add(outer, "inner", inner);
      const { errors } = await running(outer);
      outer.stop();
      await microtasks();
      assertEquals(inner.state, "cleaning-up");
      assert(outer.state !== "finished");
      cleans.open();
      assertEquals(await errors, []);
    });

    it("is stopped by its own task, and stops the others with its error", async () => {
      const inner = new TaskManager();
      inner.addTask("leaf", { execute: () => Promise.reject("broken") });
      const outer = new TaskManager();
      let signal: AbortSignal | undefined;
      outer.addTask("other", {
        execute(context) {
          signal = context.signal;
          return context.done;
        },
      });
      add(outer, "inner", inner);
      const [error, ...others] = await outer.runSettled();
      assertEquals(others, []);
      assertEquals(error?.path, ["inner", "leaf"]);
      assertEquals(
        error?.message,
        'Task "inner/leaf" failed in execute: broken',
      );
      assertEquals([error?.taskName, error?.stage], ["inner", "execute"]);
      assertStrictEquals(signal?.reason, error);
    });

    it("has a path on each error, from the manager that reports it", async () => {
      let leaf: unknown;
      const innermost = new TaskManager();
      innermost.addTask("leaf", {
        execute: () => Promise.reject(new Error("broken")),
      });
      innermost.addTask("witness", {
        async execute({ signal, done }) {
          await done;
          leaf = signal.reason;
          assertInstanceOf(leaf, TaskError);
          assertEquals(leaf.path, ["leaf"]);
          assertEquals(leaf.message, 'Task "leaf" failed in execute: broken');
        },
      });
      const inner = new TaskManager();
      add(inner, "innermost", innermost);
      const outer = new TaskManager();
      add(outer, "inner", inner);
      const [error] = await outer.runSettled();
      assertEquals(error?.path, ["inner", "innermost", "leaf"]);
      assertEquals(
        error?.message,
        'Task "inner/innermost/leaf" failed in execute: broken',
      );
      // That of the innermost manager belongs to it, whoever reports it, too.
      assertInstanceOf(leaf, TaskError);
      assertEquals(leaf.path, ["leaf"]);
    });

    it("shows the first of several errors, and how many more there are", async () => {
      const inner = new TaskManager();
      for (const name of ["1", "2", "3"]) {
        inner.addTask(name, { execute: () => Promise.reject(`no ${name}`) });
      }
      const outer = new TaskManager();
      add(outer, "inner", inner);
      const [error] = await outer.runSettled();
      assertEquals(error?.path, ["inner", "1"]);
      assertEquals(
        error?.message,
        'Task "inner/1" failed in execute: no 1 (and 2 more)',
      );
    });

    it("says once how many more there are, in the error of the run, too", async () => {
      const inner = new TaskManager();
      for (const name of ["1", "2", "3"]) {
        inner.addTask(name, { execute: () => Promise.reject(`no ${name}`) });
      }
      const outer = new TaskManager();
      add(outer, "inner", inner);
      outer.addTask("4", {
        execute: ({ done }) => done.then(() => Promise.reject("no 4")),
      });
      const error = await outer.run().catch((error) => error);
      assertInstanceOf(error, AggregateError);
      assertEquals(error.errors.length, 2);
      assertStringIncludes(error.message, "no 1");
      assertEquals(error.message.match(/more\)/g)?.length, 1);
    });

    it("stops alone when it is cancelled, its tasks cleaned up in time", async () => {
      const log: string[] = [];
      const reasons: unknown[] = [];
      const inner = new TaskManager();
      inner.addTask(
        "leaf",
        notingTask(log, {
          async execute({ signal, done }) {
            await done;
            reasons.push(signal.reason);
          },
        }),
      );
      const outer = new TaskManager();
      const handle = add(outer, "inner", inner);
      const { errors } = await running(outer);
      handle.cancel("enough");
      assertEquals(inner.state, "stopping");
      assertEquals(await handle.finished, "clean");
      assertEquals(reasons, ["enough"]);
      assertEquals(outer.state, "executing");
      await outer.stop();
      assertEquals(await errors, []);
      assertEquals(log, ["leaf initialize", "leaf execute", "leaf cleanup"]);
    });

    it("gives up in the same turn when the parent's budget is spent, and names the leaves", async () => {
      using time = new FakeTime();
      using timers = new CountedTimers();
      const later = gate();
      const innermost = new TaskManager({ shutdownTimeout: 10_000 });
      innermost.addTask("stuck", {
        execute: stuck,
        cleanup: () => {},
      });
      innermost.addExecuteTask(
        "late",
        () => later.reached.then(() => Promise.reject("too late")),
      );
      innermost.addTask("good", { execute: untilStopped });
      const inner = new TaskManager();
      add(inner, "innermost", innermost);
      const outer = new TaskManager({ shutdownTimeout: 100 });
      add(outer, "inner", inner);
      const errors = outer.runSettled();
      await time.runMicrotasks();
      assertEquals(innermost.state, "executing");
      outer.stop();
      await pass(time, 99);
      assertEquals(
        [outer.state, inner.state, innermost.state],
        ["stopping", "stopping", "stopping"],
      );
      time.tick(1);
      assertEquals(
        [outer.state, inner.state, innermost.state],
        ["finished", "finished", "finished"],
      );
      assertEquals(timers.running, 0);
      later.open();
      await pass(time, 1_000);
      const list = await errors;
      assertEquals(leaves(list), [
        "inner/innermost/stuck execute TIMEOUT",
        "inner/innermost/late execute TIMEOUT",
        "inner/innermost/stuck cleanup TIMEOUT",
      ]);
      for (const { code } of list) assertEquals(code, "TIMEOUT");
      assertStringIncludes(list[0]!.message, '"inner/innermost/stuck"');
      for (const { message } of list) {
        assertStringIncludes(message, "100 ms");
        assert((message.match(/Not begun/g) ?? []).length <= 1, message);
      }
    });

    it("names a cleanup that was not begun once, its reason said once", async () => {
      using time = new FakeTime();
      const innermost = new TaskManager();
      innermost.addTask("leaf", { execute: untilStopped, cleanup: () => {} });
      const inner = new TaskManager();
      inner.addTask("innermost", innermost.asTask());
      inner.addTask("stuck", { execute: untilStopped, cleanup: stuck });
      const outer = new TaskManager({ shutdownTimeout: 100 });
      add(outer, "inner", inner);
      const run = outer.run().catch((error) => error);
      await time.runMicrotasks();
      outer.stop();
      await pass(time, 100);
      const error = await run;
      assertInstanceOf(error, AggregateError);
      assertEquals(leaves(error.errors), [
        "inner/stuck cleanup TIMEOUT",
        "inner/innermost/leaf cleanup TIMEOUT",
      ]);
      let at: unknown = error.errors[0].cause;
      while (at instanceof AggregateError) at = at.errors.at(-1)?.cause;
      assertInstanceOf(at, DOMException);
      assertEquals(at.message.match(/Not begun/g)?.length, 1);
    });

    it("gives up in the same turn when its own time to stop is over", async () => {
      using time = new FakeTime();
      const log: string[] = [];
      const inner = new TaskManager();
      inner.addTask("stuck", { execute: stuck });
      const outer = new TaskManager();
      outer.addTask("other", notingTask(log));
      add(outer, "inner", inner, { stopTimeout: 100 });
      const errors = outer.runSettled();
      await time.runMicrotasks();
      outer.stop();
      await pass(time, 99);
      assertEquals(inner.state, "stopping");
      time.tick(1);
      assertEquals(inner.state, "finished");
      const list = await errors;
      assertEquals(leaves(list), ["inner/stuck execute TIMEOUT"]);
      assertEquals(list.length, 1);
      assertEquals(log.at(-1), "other cleanup");
    });

    it("is given up while it initializes", async () => {
      using time = new FakeTime();
      const inner = new TaskManager();
      inner.addTask("stuck", { initialize: stuck, execute: () => {} });
      const outer = new TaskManager({ shutdownTimeout: 100 });
      add(outer, "inner", inner);
      const errors = outer.runSettled();
      await time.runMicrotasks();
      assertEquals(inner.state, "initializing");
      outer.stop();
      await pass(time, 100);
      assertEquals([outer.state, inner.state], ["finished", "finished"]);
      assertEquals(leaves(await errors), ["inner/stuck initialize TIMEOUT"]);
    });

    it("is given up while it cleans up", async () => {
      using time = new FakeTime();
      const log: string[] = [];
      const inner = new TaskManager();
      inner.addTask("first", notingTask(log));
      inner.addTask("stuck", { execute: untilStopped, cleanup: stuck });
      const outer = new TaskManager({ shutdownTimeout: 100 });
      add(outer, "inner", inner);
      const errors = outer.runSettled();
      await time.runMicrotasks();
      outer.stop();
      await pass(time, 100);
      assertEquals([outer.state, inner.state], ["finished", "finished"]);
      assertEquals(leaves(await errors), [
        "inner/stuck cleanup TIMEOUT",
        "inner/first cleanup TIMEOUT",
      ]);
      assertEquals(log, ["first initialize", "first execute"]);
    });

    it("works a thousand deep, stopping included", async () => {
      const log: string[] = [];
      const managers = chain(1_000, add, notingTask(log));
      const errors = managers[0]!.runSettled();
      while (log.length < 2) await microtasks();
      managers[0]!.stop();
      assertEquals(await errors, []);
      for (const { state } of managers) assertEquals(state, "finished");
      assertEquals(log, ["leaf initialize", "leaf execute", "leaf cleanup"]);
    });

    it("starts a thousand deep without growing the stack", async () => {
      let depth = Infinity;
      const managers = chain(1_000, add, {
        execute() {
          depth = stackDepth();
          managers[0]!.stop();
        },
      });
      assertEquals(await managers[0]!.runSettled(), []);
      assert(depth < managers.length, `${depth} calls deep`);
    });

    it("fails a thousand deep with the path of the leaf", async () => {
      const managers = chain(1_000, add, {
        execute: () => Promise.reject("broken"),
      });
      const [error, ...others] = await managers[0]!.runSettled();
      assertEquals(others, []);
      assertEquals(error?.path.length, 1_000);
      assertEquals(error?.path.at(-1), "leaf");
      assert(error?.message.endsWith('/leaf" failed in execute: broken'));
    });

    it("gives up a thousand deep", async () => {
      using time = new FakeTime();
      let isExecuting = false;
      const managers = chain(1_000, add, {
        execute: () => {
          isExecuting = true;
          return stuck();
        },
      });
      const outer = new TaskManager({ shutdownTimeout: 100 });
      add(outer, "outermost", managers[0]!);
      const errors = outer.runSettled();
      while (!isExecuting) await time.runMicrotasks();
      outer.stop();
      time.tick(100);
      assertEquals(outer.state, "finished");
      for (const { state } of managers) assertEquals(state, "finished");
      const [error, ...others] = await errors;
      assertEquals(others, []);
      assertEquals(error?.path.length, 1_001);
      assertEquals(error?.path.at(-1), "leaf");
    });
  });
}

describe("a task that runs managers with its context", () => {
  it("is the leaf of what it throws itself, even if that has errors", async () => {
    const cause = new AggregateError([new Error("one")], "of its own");
    const manager = new TaskManager();
    manager.addTask("it", { execute: () => Promise.reject(cause) });
    const [error] = await manager.runSettled();
    assertEquals(error?.path, ["it"]);
    assertEquals(error?.message, 'Task "it" failed in execute: of its own');
    assertStrictEquals(error?.cause, cause);
  });

  it("has all of them stopped, when there are several", async () => {
    const log: string[] = [];
    const inner = ["1", "2"].map((name) => {
      const manager = new TaskManager();
      manager.addTask(name, notingTask(log));
      return manager;
    });
    const outer = new TaskManager();
    outer.addTask("it", {
      execute: (context) => Promise.all(inner.map((each) => each.run(context))),
    });
    const { errors } = await running(outer);
    outer.stop();
    assertEquals(inner.map(({ state }) => state), ["stopping", "stopping"]);
    assertEquals(await errors, []);
    assertEquals(log.slice(-2).toSorted(), ["1 cleanup", "2 cleanup"]);
  });

  it("has all of them given up, when there are several", async () => {
    using time = new FakeTime();
    const inner = ["1", "2"].map((name) => {
      const manager = new TaskManager();
      manager.addTask(name, { execute: stuck });
      return manager;
    });
    const outer = new TaskManager({ shutdownTimeout: 100 });
    outer.addTask("it", {
      execute: (context) => Promise.all(inner.map((each) => each.run(context))),
    });
    const errors = outer.runSettled();
    await time.runMicrotasks();
    outer.stop();
    await pass(time, 100);
    assertEquals(inner.map(({ state }) => state), ["finished", "finished"]);
    assertEquals(leaves(await errors), [
      "it/1 execute TIMEOUT",
      "it/2 execute TIMEOUT",
    ]);
  });

  it("may run one after another", async () => {
    const inner: TaskManager[] = [];
    const outer = new TaskManager();
    outer.addTask("it", {
      async execute(context) {
        while (!context.signal.aborted) {
          const manager = new TaskManager();
          inner.push(manager);
          manager.addTask("leaf", { execute: untilStopped });
          await manager.run(context);
        }
      },
    });
    const { errors } = await running(outer);
    await inner[0]!.stop();
    await microtasks();
    assertEquals(inner.map(({ state }) => state), ["finished", "executing"]);
    await outer.stop();
    assertEquals(await errors, []);
    assertEquals(inner.map(({ state }) => state), ["finished", "finished"]);
  });

  it("has its own cleanup named when it was not begun", async () => {
    using time = new FakeTime();
    const inner = new TaskManager();
    inner.addTask("leaf", { execute: untilStopped });
    const outer = new TaskManager({ shutdownTimeout: 100 });
    outer.addTask("it", {
      execute: (context) => inner.run(context),
      cleanup: () => {},
    });
    outer.addTask("stuck", { execute: stuck });
    const errors = outer.runSettled();
    await time.runMicrotasks();
    outer.stop();
    await pass(time, 100);
    assertEquals(leaves(await errors), [
      "stuck execute TIMEOUT",
      "it cleanup TIMEOUT",
    ]);
  });

  it("has one given up that runs in a cleanup which is left behind", async () => {
    using time = new FakeTime();
    const inner = new TaskManager();
    inner.addTask("leaf", { execute: stuck });
    const outer = new TaskManager({ cleanupTimeout: 100 });
    outer.addTask("it", {
      execute: untilStopped,
      cleanup: (context) => inner.run(context),
    });
    const errors = outer.runSettled();
    await time.runMicrotasks();
    outer.stop();
    await pass(time, 99);
    assertEquals(inner.state, "executing");
    await pass(time, 1);
    assertEquals(inner.state, "finished");
    assertEquals(leaves(await errors), ["it/leaf execute TIMEOUT"]);
  });

  it("is told when it runs one with a context it was told with before", async () => {
    const log: string[] = [];
    const inner = new TaskManager();
    inner.addTask("leaf", notingTask(log));
    const outer = new TaskManager();
    outer.addTask("it", {
      async execute(context: TaskContext) {
        await context.done;
        await inner.run(context);
      },
    });
    const { errors } = await running(outer);
    await outer.stop();
    assertEquals(await errors, []);
    assertEquals(log, []);
    assertEquals(inner.state, "finished");
  });
});
