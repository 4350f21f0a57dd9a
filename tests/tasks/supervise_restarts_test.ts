import { type Task, TaskContext, TaskManager } from "@goasync/core";
import {
  type Restart,
  supervise,
  type SuperviseOptions,
} from "@goasync/core/tasks/supervise";
import {
  assertEquals,
  assertInstanceOf,
  assertNotStrictEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";
import { running } from "../helpers/running.ts";
import {
  BACKOFF,
  failing,
  generations,
  supervising,
} from "../helpers/supervised.ts";

describe("supervise()", () => {
  it("restarts a task whole when its execute fails", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const task = generations(log, {
      execute: failing(1, ({ done }) => done),
      drain: [() => {}],
    });
    const { manager, errors } = await supervising(time, task);
    assertEquals(log, ["initialize", "execute", "cleanup"]);
    log.length = 0;
    await pass(time, 100);
    assertEquals(log, ["initialize", "execute"]);
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, ["initialize", "execute", "drain", "cleanup"]);
  });

  it("restarts a task whole when a later initialize fails", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const [fail] = failing(1);
    const task = generations(log, {
      initialize: [() => {}, fail!, () => {}],
      execute: failing(1, ({ done }) => done),
    });
    const { manager, errors } = await supervising(time, task);
    await pass(time, 100);
    await pass(time, 200);
    assertEquals(log, [
      ...["initialize", "execute", "cleanup"],
      ...["initialize", "cleanup"],
      ...["initialize", "execute"],
    ]);
    await manager.stop();
    assertEquals(await errors, []);
  });

  it("takes a function, and anything that is thrown", async () => {
    using time = new FakeTime();
    const names: string[] = [];
    const thrown = [undefined, "text", null, 5];
    const options = { backoff: false } as const;
    const { manager, errors } = await supervising(time, ({ name, done }) => {
      names.push(name);
      if (names.length > thrown.length) return done;
      const next = thrown[names.length - 1];
      if (next === null) return Promise.reject(next);
      throw next;
    }, options);
    while (names.length < 5) await time.runMicrotasks();
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(names, Array(5).fill("it"));
  });

  it("restarts on an AbortError that comes before the stop", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const early = new DOMException("Too slow", "AbortError");
    const task = generations(log, {
      execute: [() => Promise.reject(early), ({ done }) => done],
    });
    const { manager } = await supervising(time, task);
    await pass(time, 100);
    await manager.stop();
    assertEquals(log.filter((entry) => entry === "execute").length, 2);
  });

  it("ends when the task returns, which the manager judges by its type", async () => {
    for (const type of ["strict", "error"] as const) {
      const log: string[] = [];
      const task = generations(log, { execute: [() => {}] });
      const manager = new TaskManager();
      manager.addTask("it", supervise(task), { type });
      const { errors } = await running(manager);
      await manager.stop();
      assertEquals(
        (await errors).map(({ code }) => code),
        type === "strict" ? ["UNEXPECTED_STOP"] : [],
      );
      assertEquals(log, ["initialize", "execute", "cleanup"]);
    }
  });

  it('restarts a task that returns with restart: "always"', async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const restarts: Restart[] = [];
    const task = generations(log, { execute: [() => {}, ({ done }) => done] });
    const { manager, errors, notes } = await supervising(time, task, {
      restart: "always",
      onRestart: (restart) => restarts.push(restart),
    });
    await pass(time, 100);
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, [
      ...["initialize", "execute", "cleanup"],
      ...["initialize", "execute", "cleanup"],
    ]);
    assertEquals(notes(), ["restarts in 100 ms, as execute returned"]);
    const [{ hasReturned, error }] = restarts as [Restart];
    assertEquals(hasReturned, true);
    assertInstanceOf(error, Error);
    assertEquals(error.message, 'Task "it" returned from execute');
  });

  it("drains a generation that has returned, as long as others go on", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const signals: AbortSignal[] = [];
    const task = generations(log, {
      initialize: [({ signal }) => signals.push(signal)],
      execute: [() => {}],
      drain: [() => log.push(`aborted: ${signals[0]!.aborted}`)],
    });
    const { manager, errors } = await supervising(time, task);
    assertEquals(signals[0]!.aborted, false);
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, [
      "initialize",
      "execute",
      "drain",
      "aborted: false",
      "cleanup",
    ]);
  });

  it("gives each generation a context of its own, and its cleanup a live one", async () => {
    using time = new FakeTime();
    const contexts: TaskContext[] = [];
    const aborted: boolean[] = [];
    const broken = new Error("broken");
    const keep = (context: TaskContext) => contexts.push(context);
    const task = generations([], {
      initialize: [keep],
      execute: [
        (context) => (keep(context), Promise.reject(broken)),
        (context) => (keep(context), context.done),
      ],
      cleanup: [({ signal, draining, abandoned, name }) => {
        aborted.push(signal.aborted, draining.aborted, abandoned.aborted);
        assertEquals(name, "it");
      }],
    });
    const { manager, errors } = await supervising(time, task);
    const [first, same] = contexts;
    assertStrictEquals(first, same);
    assertStrictEquals(first!.signal.reason, broken);
    assertEquals(first!.abandoned.aborted, false);
    await pass(time, 100);
    const second = contexts[2]!;
    assertNotStrictEquals(second, first);
    assertEquals([second.name, second.signal.aborted], ["it", false]);
    manager.stop("enough");
    assertEquals(second.signal.reason, "enough");
    assertEquals(await errors, []);
    assertEquals(aborted, Array(6).fill(false));
  });

  it("looks methods up when they are called, on the task", async () => {
    using time = new FakeTime();
    const calls: unknown[] = [];
    const task: Task = { execute() {} };
    const wrapped = supervise(task, { backoff: BACKOFF });
    task.initialize = function () {
      calls.push(this);
    };
    task.execute = function () {
      calls.push(this);
      if (calls.length < 3) throw new Error("broken");
      manager.stop();
    };
    task.cleanup = function () {
      calls.push(this);
    };
    const manager = new TaskManager();
    manager.addTask("it", wrapped);
    const errors = manager.runSettled();
    await time.runMicrotasks();
    await pass(time, 100);
    assertEquals(await errors, []);
    assertEquals(calls.length, 6);
    for (const self of calls) assertStrictEquals(self, task);
  });
});

describe("the first initialize of supervise()", () => {
  const failsTwice = (log: string[]) =>
    generations(log, { initialize: failing(2, () => log.push("is up")) });

  it("is retried, and what was added after it starts when it is up", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const manager = new TaskManager();
    manager.addTask("it", supervise(failsTwice(log), { backoff: BACKOFF }));
    manager.addTask("next", { initialize: () => log.push("next") });
    const errors = manager.runSettled();
    await time.runMicrotasks();
    assertEquals(log, ["initialize", "cleanup"]);
    await pass(time, 100);
    assertEquals(manager.state, "initializing");
    await pass(time, 200);
    assertEquals(log, [
      ...["initialize", "cleanup"],
      ...["initialize", "cleanup"],
      ...["initialize", "is up", "next", "execute"],
    ]);
    await manager.stop();
    assertEquals(await errors, []);
  });

  it('fails with initialize: "fail", and is cleaned up', async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const options = { initialize: "fail" } as const;
    const { task, errors, notes } = await supervising(
      time,
      failsTwice(log),
      options,
    );
    const [error, ...others] = await errors;
    assertEquals(others, []);
    assertEquals(
      error?.message,
      'Task "it" failed in initialize: no connection',
    );
    assertEquals(log, ["initialize", "cleanup"]);
    assertEquals([task.restarts, notes()], [0, []]);
  });

  it('is the only one that fails with initialize: "fail"', async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const task = generations(log, {
      initialize: [() => {}, ...failing(1), () => log.push("is up again")],
      execute: failing(1, ({ done }) => done),
    });
    const options: SuperviseOptions = { initialize: "fail" };
    const { manager, errors } = await supervising(time, task, options);
    await pass(time, 100);
    await pass(time, 200);
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(log.includes("is up again"), true);
  });
});

describe("what can be read of supervise()", () => {
  it("is whether it is up, and how often it was restarted", async () => {
    using time = new FakeTime();
    const open = gate();
    const fail = gate();
    const failed = () => fail.reached.then(() => Promise.reject("lost"));
    const given = generations([], {
      initialize: [() => open.reached, () => {}],
      execute: [failed, ({ done }) => done],
    });
    const { manager, task, errors } = await supervising(time, given);
    const read = () => [task.isUp, task.restarts];
    assertEquals(read(), [false, 0]);
    open.open();
    await time.runMicrotasks();
    assertEquals(read(), [true, 0]);
    fail.open();
    await time.runMicrotasks();
    assertEquals(read(), [false, 1]);
    await pass(time, 100);
    assertEquals(read(), [true, 1]);
    await manager.stop();
    assertEquals(read(), [false, 1]);
    assertEquals(await errors, []);
  });

  it("is the same before it is added, and begins anew with another run", async () => {
    using time = new FakeTime();
    const task = supervise(generations([], { execute: failing(1, () => {}) }), {
      backoff: BACKOFF,
    });
    assertEquals([task.isUp, task.restarts], [false, 0]);
    for (const restarts of [1, 0]) {
      const manager = new TaskManager();
      manager.addTask("it", task, { type: "stop-group" });
      const errors = manager.runSettled();
      await time.runMicrotasks();
      await pass(time, 100);
      assertEquals(await errors, []);
      assertEquals([task.isUp, task.restarts], [false, restarts]);
    }
  });

  it("cannot be assigned", () => {
    const task: { isUp: unknown } = supervise(() => {});
    try {
      task.isUp = true;
    } catch {
      // As strict code does.
    }
    assertEquals(task.isUp, false);
  });
});

describe("supervise() tells of each restart", () => {
  it("by a note, and by onRestart before it cleans up", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const restarts: Restart[] = [];
    const broken = new Error("broken");
    const lost = new Error("");
    const task = generations(log, {
      initialize: [() => {}, () => Promise.reject(broken), () => {}],
      execute: [() => Promise.reject(lost), ({ done }) => done],
    });
    const { manager, notes } = await supervising(time, task, {
      onRestart(restart) {
        log.push("told");
        restarts.push(restart);
      },
    });
    await pass(time, 100);
    await pass(time, 200);
    assertEquals(log.slice(0, 4), ["initialize", "execute", "told", "cleanup"]);
    const common = { name: "it", hasReturned: false };
    assertEquals(restarts, [
      { ...common, restarts: 1, wait: 100, stage: "execute", error: lost },
      { ...common, restarts: 2, wait: 200, stage: "initialize", error: broken },
    ]);
    assertEquals(notes(), [
      "restarts in 100 ms, as execute failed: Error",
      "restarts in 200 ms, as initialize failed: broken",
    ]);
    const [note] = manager.report().tasks[0]!.notes!;
    assertEquals(note!.details, { restarts: 1, wait: 100 });
    await manager.stop();
  });

  it("whatever onRestart throws, rejects with or waits for", async () => {
    using time = new FakeTime();
    let calls = 0;
    const task = generations([], { execute: failing(3, ({ done }) => done) });
    const { manager, errors } = await supervising(
      time,
      task,
      {
        onRestart() {
          calls++;
          if (calls === 1) throw new Error("thrown by onRestart");
          if (calls === 2) return Promise.reject("rejected by onRestart");
          return new Promise(() => {});
        },
      },
    );
    for (const wait of [100, 200, 400]) await pass(time, wait);
    assertEquals([calls, manager.state], [3, "executing"]);
    await manager.stop();
    assertEquals(await errors, []);
  });

  it("even if onRestart stops the manager, which drains what has not failed", async () => {
    for (const fails of [true, false]) {
      using time = new FakeTime();
      const log: string[] = [];
      const drained = gate();
      const manager = new TaskManager();
      const given = generations(log, {
        execute: fails ? failing(1) : [() => {}],
        drain: [() => drained.reached.then(() => log.push("drained"))],
      });
      const onRestart = () => void manager.stop();
      manager.addTask("it", supervise(given, { restart: "always", onRestart }));
      const errors = manager.runSettled();
      await time.runMicrotasks();
      drained.open();
      assertEquals(await errors, []);
      assertEquals(log, [
        ...["initialize", "execute"],
        ...(fails ? [] : ["drain", "drained"]),
        "cleanup",
      ]);
    }
  });
});

describe("supervise() as an execute task", () => {
  it("executes again, and calls nothing else but drain", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const given = generations(log, {
      execute: failing(2, ({ done }) => done),
      drain: [() => {}],
    });
    const task = supervise(given, { backoff: BACKOFF });
    const manager = new TaskManager();
    manager.addExecuteTask("it", task);
    const errors = manager.runSettled();
    await time.runMicrotasks();
    assertEquals([task.isUp, task.restarts], [false, 1]);
    await pass(time, 100);
    await pass(time, 200);
    assertEquals([task.isUp, task.restarts], [true, 2]);
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals([task.isUp, task.restarts], [false, 2]);
    assertEquals(log, ["execute", "execute", "execute", "drain"]);
  });

  it("can be added once more when it has ended", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const task = supervise(generations(log, { execute: [() => {}] }));
    const manager = new TaskManager();
    const errors = manager.runSettled();
    await time.runMicrotasks();
    for (let times = 1; times <= 2; times++) {
      manager.addExecuteTask("it", task, { type: "error" });
      await time.runMicrotasks();
      assertEquals(log, Array(times).fill("execute"));
    }
    await manager.stop();
    assertEquals(await errors, []);
  });
});

describe("supervise() in two runs at once", () => {
  it("fails in the second, and goes on in the first", async () => {
    const log: string[] = [];
    const task = supervise(generations(log, {}));
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
    assertEquals([first.state, task.isUp], ["executing", true]);
    await first.stop();
    assertEquals(await errors, []);
    assertEquals(log, ["initialize", "execute", "cleanup"]);
  });

  it("rejects in the second, and throws nothing to a wrapper that calls it", async () => {
    const task = supervise(generations([], {}));
    const context = new TaskContext({ name: "it" });
    await task.initialize(context);
    const again = task.initialize(context);
    await assertRejects(() => again, Error, "it is in a run already");
    await task.cleanup(context);
    await task.cleanup(context);
  });

  it("fails as an execute task in the second, too", async () => {
    const task = supervise(({ done }) => done);
    const manager = new TaskManager();
    manager.addExecuteTask("first", task);
    manager.addExecuteTask("second", task);
    const { errors } = await running(manager);
    const [error, ...others] = await errors;
    assertEquals(others, []);
    assertStringIncludes(
      error!.message,
      'Cannot execute task "second" as it is in a run already',
    );
  });

  it("does nothing in the cleanup of a task that was never initialized", async () => {
    const log: string[] = [];
    const task = supervise(generations(log, {}));
    await task.cleanup(new TaskContext({ name: "it" }));
    assertEquals(log, []);
  });
});
