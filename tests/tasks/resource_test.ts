import { TaskContext, TaskManager } from "@goasync/core";
import { forceStop, supervise } from "@goasync/core/tasks";
import { interruptible } from "@goasync/core/tasks/interruptible";
import { resource } from "@goasync/core/tasks/resource";
import {
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { countedSignal } from "../helpers/counted_signal.ts";
import { FakeProcess } from "../helpers/fake_process.ts";
import { gate } from "../helpers/gate.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { pass } from "../helpers/pass.ts";
import { running } from "../helpers/running.ts";
import { started } from "../helpers/timeouts.ts";

describe("resource()", () => {
  it("opens in initialize, and closes what it opened in cleanup", async () => {
    const log: string[] = [];
    const contexts: TaskContext[] = [];
    const pool = { name: "pool" };
    const database = resource((context) => {
      contexts.push(context);
      log.push("open");
      return Promise.resolve(pool);
    }, (value, context) => {
      contexts.push(context);
      assertStrictEquals(value, pool);
      log.push("close");
    });
    const manager = new TaskManager();
    manager.addTask("database", database);
    manager.addTask("server", {
      initialize: () => log.push(`uses ${database.value.name}`),
      cleanup: () => log.push(`still uses ${database.value.name}`),
    });
    const { errors } = await running(manager);
    assertStrictEquals(database.value, pool);
    manager.stop("enough");
    assertEquals(await errors, []);
    assertEquals(log, ["open", "uses pool", "still uses pool", "close"]);
    assertEquals(contexts.map(({ name }) => name), ["database", "database"]);
    assertEquals(contexts.map(({ signal }) => signal.reason), [
      "enough",
      undefined,
    ]);
  });

  it("holds any value, undefined and functions, too", async () => {
    for (const value of [undefined, null, 0, () => 5]) {
      const closed: unknown[] = [];
      const task = resource(() => value, (value) => closed.push(value));
      const manager = new TaskManager();
      manager.addTask("it", task);
      const { errors } = await running(manager);
      assertStrictEquals(task.value, value);
      manager.stop();
      assertEquals(await errors, []);
      assertEquals(closed, [value]);
    }
  });

  it("has no execute, and a drain only if it is given one", () => {
    const plain = resource(() => 5);
    assertEquals(["execute" in plain, "drain" in plain], [false, false]);
    const draining = resource(() => 5, undefined, { drain() {} });
    assertEquals("drain" in draining, true);
  });

  it("drains with its value, while everything is up", async () => {
    const finish = gate();
    const drained: unknown[] = [];
    const queue = resource(() => "queue", undefined, {
      drain(value, { name, signal }) {
        drained.push(value, name, signal.aborted);
        return finish.reached;
      },
    });
    const manager = new TaskManager();
    manager.addTask("it", queue);
    const { errors } = await running(manager);
    manager.stop();
    await microtasks();
    assertEquals(manager.state, "draining");
    assertEquals(queue.value, "queue");
    finish.open();
    assertEquals(await errors, []);
    assertEquals(drained, ["queue", "it", false]);
  });

  it("closes nothing that it did not open", async () => {
    const closed: unknown[] = [];
    const broken = new Error("refused");
    for (const open of [() => Promise.reject(broken), throws(broken)]) {
      const manager = new TaskManager();
      manager.addTask("it", resource(open, (value) => closed.push(value)));
      const [error, ...others] = await manager.runSettled();
      assertEquals(others, []);
      assertEquals(error?.stage, "initialize");
      assertStrictEquals(error?.cause, broken);
    }
    assertEquals(closed, []);
  });

  it("fails in cleanup with what close throws", async () => {
    const broken = new Error("busy");
    for (const close of [() => Promise.reject(broken), throws(broken)]) {
      const manager = new TaskManager();
      manager.addTask("it", resource(() => 5, close));
      const { errors } = await running(manager);
      manager.stop();
      const [error, ...others] = await errors;
      assertEquals(others, []);
      assertEquals(error?.stage, "cleanup");
      assertStrictEquals(error?.cause, broken);
    }
  });

  it("fails in drain with what that throws, and closes", async () => {
    const log: string[] = [];
    const broken = new Error("busy");
    const task = resource(() => 5, () => log.push("close"), {
      drain: throws(broken),
    });
    const manager = new TaskManager();
    manager.addTask("it", task);
    const { errors } = await running(manager);
    manager.stop();
    const [error] = await errors;
    assertEquals(error?.stage, "drain");
    assertStrictEquals(error?.cause, broken);
    assertEquals(log, ["close"]);
  });

  it("can be opened again when it is closed", async () => {
    const log: string[] = [];
    let opened = 0;
    const task = resource(() => ++opened, (value) => log.push(`${value}`));
    for (let run = 1; run <= 2; run++) {
      const manager = new TaskManager();
      manager.addTask("it", task);
      const { errors } = await running(manager);
      assertEquals(task.value, run);
      await manager.stop();
      assertEquals(await errors, []);
    }
    assertEquals(log, ["1", "2"]);
  });

  it("is opened in one run at a time, which a second one leaves alone", async () => {
    const closed: unknown[] = [];
    const task = resource(() => 5, (value) => closed.push(value));
    const first = new TaskManager();
    first.addTask("first", task);
    const { errors } = await running(first);
    const second = new TaskManager();
    second.addTask("second", task);
    const [error, ...others] = await second.runSettled();
    assertEquals(others, []);
    assertStringIncludes(
      error!.message,
      'Cannot initialize task "second" as it is in a run already',
    );
    assertEquals([task.value, closed], [5, []]);
    await first.stop();
    assertEquals(await errors, []);
    assertEquals(closed, [5]);
  });

  it("does nothing in the cleanup of what was never opened", async () => {
    const closed: unknown[] = [];
    const task = resource(() => 5, (value) => closed.push(value));
    await task.cleanup(new TaskContext({ name: "it" }));
    assertEquals(closed, []);
  });

  it("is opened anew by supervise() and interruptible()", async () => {
    using time = new FakeTime();
    using os = new FakeProcess();
    let opened = 0;
    const log: string[] = [];
    const task = resource(() => {
      if (++opened === 1) throw new Error("refused");
      return opened;
    }, (value) => log.push(`close ${value}`));
    const manager = new TaskManager();
    const backoff = { jitter: 0 };
    const supervised = supervise(task, { backoff });
    manager.addTask("it", interruptible(["SIGHUP"], supervised));
    const { errors } = await started(manager, time);
    await pass(time, 100);
    assertEquals(task.value, 2);
    os.raise("SIGHUP");
    await time.runMicrotasks();
    assertEquals([task.value, log], [3, ["close 2"]]);
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, ["close 2", "close 3"]);
  });

  it("keeps its value behind a wrapper", async () => {
    const task = resource(() => 5);
    const manager = new TaskManager();
    manager.addTask("it", forceStop(10, task));
    const { errors } = await running(manager);
    assertEquals(task.value, 5);
    await manager.stop();
    assertEquals(await errors, []);
  });
});

describe("resource() without close", () => {
  it("disposes of what is AsyncDisposable, and waits for that", async () => {
    const disposed = gate();
    const log: string[] = [];
    const value = {
      async [Symbol.asyncDispose]() {
        assertStrictEquals(this, value);
        await disposed.reached;
        log.push("asynchronously");
      },
      [Symbol.dispose]: () => log.push("at once"),
    };
    const manager = new TaskManager();
    manager.addTask("it", resource(() => value));
    const { errors } = await running(manager);
    manager.stop();
    await microtasks();
    assertEquals(manager.state, "cleaning-up");
    disposed.open();
    assertEquals(await errors, []);
    assertEquals(log, ["asynchronously"]);
  });

  it("disposes of what is Disposable", async () => {
    const log: unknown[] = [];
    class Handle {
      [Symbol.dispose]() {
        log.push(this);
      }
    }
    const task = resource(() => new Handle());
    const manager = new TaskManager();
    manager.addTask("it", task);
    const { errors } = await running(manager);
    const { value } = task;
    manager.stop();
    assertEquals(await errors, []);
    assertStrictEquals(log[0], value);
  });

  it("leaves it to close where there is one", async () => {
    const log: string[] = [];
    const value = { [Symbol.dispose]: () => log.push("disposed") };
    const manager = new TaskManager();
    manager.addTask("it", resource(() => value, () => log.push("closed")));
    const { errors } = await running(manager);
    manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, ["closed"]);
  });

  it("fails in cleanup with what disposing throws", async () => {
    const broken = new Error("busy");
    const value = { [Symbol.dispose]: throws(broken) };
    const manager = new TaskManager();
    manager.addTask("it", resource(() => value));
    const { errors } = await running(manager);
    manager.stop();
    const [error] = await errors;
    assertStrictEquals(error?.cause, broken);
  });
});

describe("resource() told while it opens", () => {
  it("aborts what opens, and closes nothing if that fails", async () => {
    const closed: unknown[] = [];
    const task = resource(
      ({ signal, done }) => done.then(() => Promise.reject(signal.reason)),
      (value) => closed.push(value),
    );
    const manager = new TaskManager();
    manager.addTask("it", task);
    const { errors } = await running(manager);
    manager.stop("enough");
    assertEquals(await errors, []);
    assertEquals(closed, []);
  });

  it("closes what is opened all the same", async () => {
    const opened = gate();
    const closed: unknown[] = [];
    const task = resource(
      () => opened.reached.then(() => 5),
      (value) => closed.push(value),
    );
    const manager = new TaskManager();
    manager.addTask("it", task);
    const { errors } = await running(manager);
    manager.stop("enough");
    opened.open();
    assertEquals(await errors, []);
    assertEquals(closed, [5]);
  });

  it("closes what comes when it was left behind, whatever that throws", async () => {
    for (const broken of [false, true]) {
      using time = new FakeTime();
      const opened = gate();
      const closed: unknown[] = [];
      const task = resource(
        () => opened.reached.then(() => 5),
        (value, own) => {
          closed.push(value, own.signal.aborted);
          if (broken) throw new Error("busy");
        },
      );
      const manager = new TaskManager({ initializeTimeout: 50 });
      manager.addTask("it", task);
      const { errors } = await started(manager, time);
      await pass(time, 50);
      assertEquals((await errors).map(({ code }) => code), ["TIMEOUT"]);
      assertEquals(closed, []);
      opened.open();
      await time.runMicrotasks();
      assertEquals(closed, [5, false]);
      assertThrows(() => task.value, Error, '"closed"');
    }
  });

  it("ignores what fails when it was left behind", async () => {
    using time = new FakeTime();
    const opened = gate();
    const task = resource(() =>
      opened.reached.then(() => Promise.reject("refused"))
    );
    const manager = new TaskManager({ initializeTimeout: 50 });
    manager.addTask("it", task);
    const { errors } = await started(manager, time);
    await pass(time, 50);
    assertEquals((await errors).length, 1);
    opened.open();
    await time.runMicrotasks();
    assertThrows(() => task.value, Error, '"closed"');
  });
});

describe("resource() and a signal", () => {
  const contextOf = (signal: AbortSignal) =>
    new TaskContext({ name: "it", signal });
  const opens = () =>
    resource(({ signal }) => {
      signal.throwIfAborted();
      return 5;
    });

  it("that is not aborted, or aborts after it settled", async () => {
    const { signal, listeners, abort } = countedSignal();
    const task = opens();
    await task.initialize(contextOf(signal));
    assertEquals(listeners(), 0);
    abort();
    assertEquals(task.value, 5);
    await task.cleanup(contextOf(new AbortController().signal));
  });

  it("that aborts while it runs, with a reason of its own", async () => {
    const stop = new AbortController();
    const task = resource(({ signal, done }) =>
      done.then(() =>
        Promise.reject(new Error("told", { cause: signal.reason }))
      )
    );
    const opening = task.initialize(contextOf(stop.signal));
    stop.abort("enough");
    const error = await assertRejects(() => opening, Error, "told");
    assertEquals(error.cause, "enough");
  });

  it("that is aborted already", async () => {
    const task = opens();
    await assertRejects(
      () => task.initialize(contextOf(AbortSignal.abort())),
      DOMException,
    );
  });
});

describe("resource() throws TypeError for", () => {
  it("an open, close or drain that is no function, and other options", () => {
    // deno-lint-ignore no-explicit-any
    const make: any = resource;
    const open = () => {};
    const cases: [unknown[], string][] = [
      [[], "'open' must be a function: current value is undefined"],
      [
        [{}],
        "'open' must be a function: current value is an instance of Object",
      ],
      [[open, { drain() {} }], "'close' must be a function"],
      [[open, null], "'close' must be a function: current value is null"],
      [[open, open, 5], "the options must be an object: current value is 5"],
      [[open, open, null], "the options must be an object"],
      [[open, open, { drain: 5 }], "'drain' must be a function"],
    ];
    for (const [args, message] of cases) {
      const error = assertThrows(() => make(...args), TypeError);
      assertStringIncludes(
        error.message,
        `Cannot make a resource as ${message}`,
      );
    }
  });
});

function throws(error: unknown): () => never {
  return () => {
    throw error;
  };
}
