import { InvalidStateError, type Task, TaskManager } from "@goasync/core";
import { FakeTaskManager } from "@goasync/core/testing";
import { type Restart, supervise } from "@goasync/core/tasks/supervise";
import {
  assertEquals,
  assertInstanceOf,
  assertStringIncludes,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { gate } from "../helpers/gate.ts";
import { leaves } from "../helpers/leaves.ts";
import { pass } from "../helpers/pass.ts";
import { stuck } from "../helpers/stuck.ts";
import { BACKOFF } from "../helpers/supervised.ts";

/** Makes groups, and counts them. */
function groups(fill: (group: TaskManager, number: number) => void) {
  const made: TaskManager[] = [];
  return {
    made,
    create() {
      const group = new TaskManager();
      made.push(group);
      fill(group, made.length);
      return group;
    },
    get states() {
      return made.map(({ state }) => state);
    },
  };
}

/** A task that logs, and fails in the first group. */
function leaf(log: string[], number: number): Task {
  return {
    initialize: () => log.push(`initialize ${number}`),
    execute({ done }) {
      if (number === 1) throw new Error("no connection");
      return done;
    },
    drain: () => log.push(`drain ${number}`),
    cleanup: () => log.push(`cleanup ${number}`),
  };
}

const WAYS = [
  { what: "a TaskManager", of: (manager: TaskManager) => manager },
  { what: "its asTask()", of: (manager: TaskManager) => manager.asTask() },
];

for (const { what, of } of WAYS) {
  describe(`supervise() of ${what}`, () => {
    it("restarts the whole group, and drains the last one", async () => {
      using time = new FakeTime();
      const log: string[] = [];
      const restarts: Restart[] = [];
      const inner = groups((group, number) => {
        group.addTask("pool", { cleanup: () => log.push(`close ${number}`) });
        group.addTask("leaf", leaf(log, number));
      });
      const manager = new TaskManager();
      const task = supervise({ create: () => of(inner.create()) }, {
        backoff: BACKOFF,
        onRestart: (restart) => restarts.push(restart),
      });
      manager.addTask("group", task);
      const errors = manager.runSettled();
      await time.runMicrotasks();
      assertEquals(
        log,
        ["initialize 1", "drain 1", "cleanup 1", "close 1"]
          .filter((entry) => entry !== "drain 1"),
      );
      assertEquals(inner.states, ["finished"]);
      await pass(time, 100);
      assertEquals(inner.states, ["finished", "executing"]);
      log.length = 0;
      await manager.stop();
      assertEquals(await errors, []);
      assertEquals(log, ["drain 2", "cleanup 2", "close 2"]);
      assertEquals(inner.states, ["finished", "finished"]);
      const [{ error }] = restarts as [Restart];
      assertInstanceOf(error, AggregateError);
      assertEquals(leaves(error.errors), ["leaf execute FAILED"]);
      assertStringIncludes(
        manager.report().tasks[0]!.notes![0]!.message,
        "no connection",
      );
    });

    it("retries a group whose tasks do not initialize", async () => {
      using time = new FakeTime();
      const log: string[] = [];
      const inner = groups((group, number) => {
        group.addTask("leaf", {
          initialize() {
            log.push(`initialize ${number}`);
            if (number === 1) throw new Error("no connection");
          },
        });
      });
      const manager = new TaskManager();
      const task = supervise({ create: () => of(inner.create()) }, {
        backoff: BACKOFF,
      });
      manager.addTask("group", task);
      manager.addTask("next", { initialize: () => log.push("next") });
      const errors = manager.runSettled();
      await time.runMicrotasks();
      assertEquals(manager.state, "initializing");
      await pass(time, 100);
      assertEquals(log, ["initialize 1", "initialize 2", "next"]);
      await manager.stop();
      assertEquals(await errors, []);
    });

    it("runs it as an execute task, too", async () => {
      using time = new FakeTime();
      const log: string[] = [];
      const inner = groups((group, number) =>
        void group.addTask("leaf", leaf(log, number))
      );
      const manager = new TaskManager();
      const task = supervise({ create: () => of(inner.create()) }, {
        backoff: BACKOFF,
      });
      manager.addExecuteTask("group", task);
      const errors = manager.runSettled();
      await time.runMicrotasks();
      await pass(time, 100);
      assertEquals(inner.states, ["finished", "executing"]);
      await manager.stop();
      assertEquals(await errors, []);
      assertEquals(log, [
        ...["initialize 1", "cleanup 1"],
        ...["initialize 2", "drain 2", "cleanup 2"],
      ]);
    });

    it("names what fails in the last one by its whole path", async () => {
      using time = new FakeTime();
      const inner = groups((group) =>
        void group.addTask("leaf", { execute: () => Promise.reject("lost") })
      );
      const manager = new TaskManager();
      const task = supervise({ create: () => of(inner.create()) }, {
        intensity: { restarts: 0, within: 0 },
      });
      manager.addTask("group", task);
      const errors = manager.runSettled();
      await time.runMicrotasks();
      const [error, ...others] = await errors;
      assertEquals(others, []);
      const { cause } = error!.cause as Error;
      assertInstanceOf(cause, AggregateError);
      assertEquals(leaves(cause.errors), ["leaf execute FAILED"]);
    });

    it("leaves it behind by its stopTimeout, and cleans it up", async () => {
      using time = new FakeTime();
      const log: string[] = [];
      const inner = groups((group) => {
        group.addTask("leaf", {
          execute: ({ abandoned }) => {
            abandoned.addEventListener("abort", () => log.push("left behind"));
            return stuck();
          },
          cleanup: () => log.push("cleanup"),
        });
      });
      const manager = new TaskManager();
      const task = supervise({ create: () => of(inner.create()) }, {
        stopTimeout: 50,
      });
      manager.addTask("group", task);
      const errors = manager.runSettled();
      await time.runMicrotasks();
      manager.stop();
      await pass(time, 50);
      const messages = (await errors).map(({ message }) => message);
      assertEquals(
        messages[0],
        'Task "group" failed in execute: stopTimeout of 50 ms is over',
      );
      assertEquals(log, ["left behind", "cleanup"]);
      assertEquals(inner.states, ["finished"]);
    });
  });
}

describe("supervise() of groups", () => {
  it("stops one that is initialized when it is told", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const drained = gate();
    const inner = groups((group, number) => {
      group.addTask("leaf", {
        initialize: ({ done, signal }) => {
          log.push(`initialize ${number}`);
          if (number === 1) return;
          return done.then(() => Promise.reject(signal.reason));
        },
        execute: () => Promise.reject("lost"),
        cleanup: () => log.push(`cleanup ${number}`),
      });
    });
    const manager = new TaskManager();
    const task = supervise(inner, { backoff: BACKOFF });
    const handle = manager.addTask("group", task);
    manager.addTask("drainer", { drain: () => drained.reached });
    const errors = manager.runSettled();
    await time.runMicrotasks();
    await pass(time, 100);
    manager.stop("enough");
    assertEquals(await handle.finished, "clean");
    assertEquals(manager.state, "draining");
    drained.open();
    assertEquals(await errors, []);
    assertEquals(log, [
      ...["initialize 1", "cleanup 1"],
      ...["initialize 2", "cleanup 2"],
    ]);
  });

  it("holds everyone up until the last group has drained", async () => {
    using time = new FakeTime();
    const finish = gate();
    const signals: AbortSignal[] = [];
    const inner = groups((group) => {
      group.addTask("leaf", { drain: () => finish.reached });
    });
    const manager = new TaskManager();
    manager.addTask("pool", {
      initialize: ({ signal }) => signals.push(signal),
    });
    manager.addTask("group", supervise(inner));
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop();
    await time.runMicrotasks();
    assertEquals([manager.state, ...inner.states], ["draining", "draining"]);
    assertEquals(signals[0]!.aborted, false);
    finish.open();
    assertEquals(await errors, []);
  });

  it("takes what is an execute task and manages others", async () => {
    using time = new FakeTime();
    const fakes: FakeTaskManager[] = [];
    const create = () => {
      const fake = new FakeTaskManager();
      fakes.push(fake);
      return fake;
    };
    const manager = new TaskManager();
    manager.addTask("group", supervise({ create }));
    const errors = manager.runSettled();
    await time.runMicrotasks();
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(fakes.length, 1);
    assertEquals(fakes[0]!.methods.execute.callCount, 1);
  });

  it("says that a group which was not made anew cannot run again", async () => {
    using time = new FakeTime();
    const group = new TaskManager();
    group.addTask("leaf", { execute: () => Promise.reject("lost") });
    const errors: unknown[] = [];
    const manager = new TaskManager();
    const task = supervise({ create: () => group }, {
      backoff: BACKOFF,
      onRestart: ({ error }) => errors.push(error),
    });
    manager.addTask("group", task);
    const run = manager.runSettled();
    await time.runMicrotasks();
    await pass(time, 100);
    assertInstanceOf(errors[1], InvalidStateError);
    await manager.stop();
    assertEquals(await run, []);
  });
});
