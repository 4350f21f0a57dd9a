import { type Task, TaskError, TaskManager } from "@goasync/core";
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
