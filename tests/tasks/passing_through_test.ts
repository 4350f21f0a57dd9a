import {
  type ExecuteFunction,
  type ExecuteTask,
  type Task,
  TaskManager,
} from "@goasync/core";
import {
  forceStop,
  graceful,
  repeatable,
  repeatTimer,
  supervise,
} from "@goasync/core/tasks";
import { interruptible } from "@goasync/core/tasks/interruptible";
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { microtasks } from "../helpers/microtasks.ts";
import { running } from "../helpers/running.ts";
import { gate } from "../helpers/gate.ts";

type Wrapper = (task: Task | ExecuteFunction) => Task & ExecuteTask;

const WRAPPERS: readonly {
  readonly name: string;
  readonly wrap: Wrapper;
  /** Whether it has a drain though the task has none. */
  readonly drains?: boolean;
}[] = [
  { name: "repeatable", wrap: (task) => repeatable(task) },
  { name: "repeatTimer", wrap: (task) => repeatTimer(10, task) },
  { name: "forceStop", wrap: (task) => forceStop(10, task) },
  { name: "graceful", wrap: (task) => graceful(task), drains: true },
  { name: "interruptible", wrap: (task) => interruptible(["SIGHUP"], task) },
  { name: "supervise", wrap: (task) => supervise(task) },
];

/** A task whose four methods log, on themselves, and then are others. */
function replaced(log: string[]): { task: Task; replace: () => void } {
  const wrong = () => void log.push("was not looked up");
  const task: Task = {
    initialize: wrong,
    execute: wrong,
    drain: wrong,
    cleanup: wrong,
  };
  const replace = () => {
    for (
      const stage of ["initialize", "execute", "drain", "cleanup"] as const
    ) {
      task[stage] = function (this: unknown, { name, draining }) {
        assertStrictEquals(this, task);
        log.push(`${name} ${stage}`);
        if (stage !== "execute") return;
        return new Promise((resolve) => {
          draining.addEventListener("abort", resolve);
        });
      };
    }
  };
  return { task, replace };
}

for (const { name, wrap, drains = false } of WRAPPERS) {
  describe(`${name}() passes through`, () => {
    it("every stage, looked up on the task when it is called", async () => {
      const log: string[] = [];
      const { task, replace } = replaced(log);
      const manager = new TaskManager();
      manager.addTask("it", wrap(task));
      replace();
      const { errors } = await running(manager);
      manager.stop();
      assertEquals(await errors, []);
      assertEquals(log, [
        "it initialize",
        "it execute",
        "it drain",
        "it cleanup",
      ]);
    });

    it("a drain that holds everyone up until it has settled", async () => {
      const finish = gate();
      const manager = new TaskManager();
      const task: Task = { drain: () => finish.reached };
      const handle = manager.addTask("it", wrap(task));
      const other = manager.addTask("other", { cleanup() {} });
      const { errors } = await running(manager);
      manager.stop();
      await microtasks();
      assertEquals(manager.state, "draining");
      assertEquals(handle.state, "draining");
      assertEquals(other.state, "executing");
      finish.open();
      assertEquals(await errors, []);
    });

    it("a drain of an execute task", async () => {
      const log: string[] = [];
      const { task, replace } = replaced(log);
      replace();
      const manager = new TaskManager();
      manager.addExecuteTask("it", wrap(task));
      const { errors } = await running(manager);
      manager.stop();
      assertEquals(await errors, []);
      assertEquals(log, ["it execute", "it drain"]);
    });

    it("what a drain throws", async () => {
      const broken = new Error("broken");
      const manager = new TaskManager();
      const task: Task = { drain: () => Promise.reject(broken) };
      manager.addTask("it", wrap(task));
      const { errors } = await running(manager);
      manager.stop();
      const [error, ...others] = await errors;
      assertEquals(others, []);
      assertEquals(error?.stage, "drain");
      assertStrictEquals(error?.cause, broken);
    });

    if (!drains) {
      it("that there is no drain", () => {
        assertEquals("drain" in wrap(() => {}), false);
        assertEquals("drain" in wrap({ initialize() {} }), false);
      });

      it("a drain that returns no promise: nobody waits for it", async () => {
        const manager = new TaskManager();
        const signals: AbortSignal[] = [];
        manager.addTask("it", wrap({ drain: () => signals.length }));
        manager.addTask("other", {
          initialize: ({ signal }) => signals.push(signal),
        });
        const { errors } = await running(manager);
        manager.stop();
        assertEquals(signals.map(({ aborted }) => aborted), [true]);
        assertEquals(await errors, []);
      });
    }
  });

  describe(`${name}() takes`, () => {
    it("a task without execute, which waits until its signal aborts", async () => {
      const log: string[] = [];
      const manager = new TaskManager();
      const task: Task = {
        initialize: () => log.push("initialize"),
        cleanup: () => log.push("cleanup"),
      };
      const handle = manager.addTask("it", wrap(task));
      const { errors } = await running(manager);
      assertEquals(handle.state, "executing");
      manager.stop();
      assertEquals(await errors, []);
      assertEquals(log, ["initialize", "cleanup"]);
    });

    it("no generator function", () => {
      const bad: (Task | ExecuteFunction)[] = [
        function* () {},
        async function* () {},
        { *execute() {} },
        { execute() {}, *initialize() {} },
        { execute() {}, async *drain() {} },
        { execute() {}, *cleanup() {} },
      ];
      for (const task of bad) {
        assertThrows(
          () => wrap(task),
          TypeError,
          "must be no generator function, whose body would never run",
        );
      }
    });

    it("no task without a method", () => {
      for (const bad of [undefined, null, {}, "task", 5]) {
        assertThrows(
          // deno-lint-ignore no-explicit-any
          () => wrap(bad as any),
          TypeError,
          "must have an 'initialize', 'execute', 'drain' or 'cleanup' function",
        );
      }
    });

    it("no method that is no function", () => {
      for (const stage of ["initialize", "execute", "drain", "cleanup"]) {
        assertThrows(
          () => wrap({ execute() {}, [stage]: 5 }),
          TypeError,
          `its '${stage}' must be a function or left out`,
        );
      }
    });
  });
}

describe("options that are no object are a TypeError of", () => {
  const message = "as the options must be an object";
  // deno-lint-ignore no-explicit-any
  for (const options of [null, "fast", 5, () => {}] as any[]) {
    it(`repeatable(), repeatTimer() and supervise(): ${options}`, () => {
      assertThrows(() => repeatable(() => {}, options), TypeError, message);
      assertThrows(() => supervise(() => {}, options), TypeError, message);
      assertThrows(() => repeatTimer(1, () => {}, options), TypeError, message);
    });
  }
});
