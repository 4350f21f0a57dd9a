import { TaskManager } from "@goasync/core";
import { lease, memoryLock } from "@goasync/core/tasks/lease";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { CountedTimers } from "../helpers/counted_timers.ts";
import { gate } from "../helpers/gate.ts";
import { FakeLock, leasing, OPTIONS, terms } from "../helpers/leased.ts";
import { pass } from "../helpers/pass.ts";
import { passInSteps } from "../helpers/pass_in_steps.ts";

describe("lease()", () => {
  it("has a term when it has the lock, and gives it back when it is stopped", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const lock = new FakeLock();
    const log: string[] = [];
    const { manager, task, errors, notes } = await leasing(
      time,
      lock,
      terms(log, { drain: () => {} }),
    );
    assertEquals(task.token, 1);
    assertEquals(log, ["initialize 1", "execute 1"]);
    manager.stop();
    await time.runMicrotasks();
    assertEquals(await errors, []);
    assertEquals(log.slice(2), ["drain 1", "cleanup 1"]);
    assertEquals(lock.calls, ["acquire", "release"]);
    assertEquals(task.token, undefined);
    assertEquals(notes(), ["holds the lease", "gave the lease back"]);
    assertEquals(timers.running, 0);
  });

  it("waits while another one has it, and takes over", async () => {
    using time = new FakeTime();
    const lock = memoryLock();
    const log: string[] = [];
    const first = await leasing(time, lock, terms(log));
    const second = await leasing(time, lock, terms(log));
    await passInSteps(time, 5_000, 50);
    assertEquals([first.task.token, second.task.token], [1, undefined]);
    first.manager.stop();
    await pass(time, 20);
    assertEquals(
      log,
      ["initialize 1", "execute 1", "cleanup 1"].concat([
        "initialize 2",
        "execute 2",
      ]),
    );
    second.manager.stop();
    assertEquals([await first.errors, await second.errors], [[], []]);
  });

  it("asks twice in renewEvery where the lock says nothing", async () => {
    using time = new FakeTime();
    const { wait: _, ...lock } = memoryLock();
    const { signal } = new AbortController();
    await lock.acquire(60_000, signal);
    const { manager, task } = await leasing(time, lock, terms([]));
    await passInSteps(time, 1_000, 50);
    assertEquals(task.token, undefined);
    await lock.release(1, signal);
    await passInSteps(time, 150, 50);
    assertEquals(task.token, 2);
    await manager.stop();
  });

  it("takes over from one that has died when its time is over", async () => {
    using time = new FakeTime();
    const lock = memoryLock();
    await lock.acquire(1_000, new AbortController().signal);
    const { manager, task } = await leasing(time, lock, terms([]));
    await passInSteps(time, 950, 50);
    assertEquals(task.token, undefined);
    await passInSteps(time, 250, 50);
    assertEquals(task.token, 2);
    await manager.stop();
  });

  it("asks at most each 20 ms a lock whose wait is always over", async () => {
    using time = new FakeTime();
    const lock = new FakeLock();
    lock.instead.acquire = () => Promise.resolve(undefined);
    const wait = () => Promise.resolve();
    const { manager } = await leasing(
      time,
      Object.assign(lock, { wait }),
      terms([]),
    );
    await passInSteps(time, 1_000, 10);
    const asked = lock.count("acquire");
    assert(asked > 5 && asked <= 51, `${asked} times`);
    await manager.stop();
  });

  it("asks now and then where waiting fails", async () => {
    using time = new FakeTime();
    const { wait: _, ...lock } = memoryLock();
    const { signal } = new AbortController();
    await lock.acquire(1_000, signal);
    const wait = () => Promise.reject(new Error("cannot listen"));
    const { manager, task } = await leasing(
      time,
      { ...lock, wait },
      terms([]),
    );
    await lock.release(1, signal);
    await passInSteps(time, 150, 50);
    assertEquals(task.token, 2);
    await manager.stop();
  });

  it("renews to the end of the cleanup", async () => {
    using time = new FakeTime();
    const lock = new FakeLock();
    const [drained, cleaned] = [gate(), gate()];
    const { manager, errors } = await leasing(
      time,
      lock,
      terms([], {
        drain: () => drained.reached,
        cleanup: () => cleaned.reached,
      }),
      { ttl: 10_000, renewEvery: 300, cleanupTimeout: 2_000 },
    );
    manager.stop();
    await passInSteps(time, 1_200, 100);
    assertEquals(lock.count("renew"), 4);
    drained.open();
    await passInSteps(time, 600, 100);
    assertEquals([lock.count("renew"), lock.count("release")], [6, 0]);
    cleaned.open();
    await time.runMicrotasks();
    assertEquals(lock.count("release"), 1);
    assertEquals(await errors, []);
    await passInSteps(time, 1_000, 100);
    assertEquals(lock.count("renew"), 6);
  });

  it("waits for its drain with the others, whose signals stay live", async () => {
    using time = new FakeTime();
    const drained = gate();
    const { manager, errors } = await leasing(
      time,
      memoryLock(),
      terms([], { drain: () => drained.reached }),
    );
    manager.stop();
    await time.runMicrotasks();
    assertEquals(manager.state, "draining");
    drained.open();
    assertEquals(await errors, []);
  });

  it("stops a term that initializes when it is told, without a drain", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const { manager, errors } = await leasing(
      time,
      memoryLock(),
      terms(log, {
        initialize: ({ signal }) =>
          new Promise((_, reject) =>
            signal.addEventListener("abort", () => reject(signal.reason))
          ),
        drain: () => {},
      }),
    );
    manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, ["initialize 1", "cleanup 1"]);
  });

  it("returns when the task of a term does", async () => {
    using time = new FakeTime();
    const lock = new FakeLock();
    const log: string[] = [];
    const { manager, errors } = await leasing(
      time,
      lock,
      terms(log, { execute: () => {} }),
    );
    assertEquals(log, ["initialize 1", "execute 1", "cleanup 1"]);
    assertEquals(lock.calls, ["acquire", "release"]);
    assertEquals(manager.tasks, []);
    manager.stop();
    assertEquals(await errors, []);
  });

  it("executes a function, and whole managers", async () => {
    using _time = new FakeTime();
    const log: string[] = [];
    for (const isManager of [false, true]) {
      const inner = new TaskManager();
      inner.addTask("inner", {
        initialize: () => log.push("initialize"),
        execute: () => void inner.stop(),
      });
      const manager = new TaskManager();
      const create = () => isManager ? inner : () => log.push("function");
      const task = lease(memoryLock(), create, OPTIONS);
      manager.addTask("it", task, { type: "stop-group" });
      assertEquals(await manager.runSettled(), []);
    }
    assertEquals(log, ["function", "initialize"]);
  });

  it("is an execute task, too, and can run again", async () => {
    using _time = new FakeTime();
    const task = lease(memoryLock(), (token) => () => token, OPTIONS);
    for (let run = 0; run < 2; run++) {
      const manager = new TaskManager();
      manager.addExecuteTask("it", task, { type: "error" });
      manager.addExecuteTask("stop", async () => {
        await new Promise((resolve) => queueMicrotask(() => resolve(0)));
        manager.stop();
      }, { type: "error" });
      assertEquals(await manager.runSettled(), []);
    }
  });

  it("is in one run at a time", async () => {
    using time = new FakeTime();
    const { manager, task, errors } = await leasing(
      time,
      memoryLock(),
      terms([]),
    );
    const other = new TaskManager();
    other.addTask("it", task);
    const [error] = await other.runSettled();
    assertStringIncludes(`${error?.message}`, "it is in a run already");
    assertEquals(task.token, 1);
    manager.stop();
    assertEquals(await errors, []);
    const third = new TaskManager();
    third.addTask("it", task);
    const run = third.runSettled();
    await time.runMicrotasks();
    assertEquals(task.token, 2);
    third.stop();
    assertEquals(await run, []);
  });
});

describe("lease().yield()", () => {
  it("drains, stops and cleans up, and lets others go first", async () => {
    using time = new FakeTime();
    const lock = memoryLock();
    const log: string[] = [];
    const drained = gate();
    const first = await leasing(
      time,
      lock,
      terms(log, { drain: () => drained.reached }),
    );
    const second = await leasing(time, lock, terms(log));
    const yielded = first.task.yield("enough");
    await time.runMicrotasks();
    assertEquals(log, ["initialize 1", "execute 1", "drain 1"]);
    drained.open();
    await yielded;
    await pass(time, 20);
    assertEquals(log.slice(3), ["cleanup 1", "initialize 2", "execute 2"]);
    await passInSteps(time, 1_000, 50);
    assertEquals([first.task.token, second.task.token], [undefined, 2]);
    second.manager.stop();
    await passInSteps(time, 20, 20);
    assertEquals(first.task.token, 3);
    first.manager.stop();
    assertEquals([await first.errors, await second.errors], [[], []]);
  });

  it("takes it again after renewEvery if nobody else does", async () => {
    using time = new FakeTime();
    const { manager, task } = await leasing(time, memoryLock(), terms([]));
    await task.yield();
    await pass(time, 299);
    assertEquals(task.token, undefined);
    await pass(time, 1);
    assertEquals(task.token, 2);
    await manager.stop();
  });

  it("changes nothing while there is no term, or one is told", async () => {
    using time = new FakeTime();
    const task = lease(memoryLock(), () => () => {}, OPTIONS);
    await task.yield();
    const drained = gate();
    const log: string[] = [];
    const { manager, task: other, errors } = await leasing(
      time,
      memoryLock(),
      terms(log, { drain: () => drained.reached }),
    );
    const yielded = other.yield();
    other.yield();
    manager.stop();
    await time.runMicrotasks();
    assertEquals(manager.state, "draining");
    drained.open();
    await yielded;
    assertEquals(await errors, []);
    assertEquals(log.filter((line) => line === "drain 1").length, 1);
  });

  it("fails with what the drain throws, unless that is a clean stop", async () => {
    for (const isClean of [true, false]) {
      using time = new FakeTime();
      const reason = new Error("reason");
      const { manager, task, errors } = await leasing(
        time,
        memoryLock(),
        terms([], {
          drain: () => Promise.reject(isClean ? reason : new Error("lost")),
        }),
      );
      await task.yield(reason);
      manager.stop();
      assertEquals(
        (await errors).map(({ cause }) => Object(cause).message),
        isClean ? [] : ["lost"],
      );
    }
  });

  it("waits while nobody has a term", async () => {
    using time = new FakeTime();
    const lock = memoryLock();
    await lock.acquire(1_000, new AbortController().signal);
    const { manager, task } = await leasing(time, lock, terms([]));
    await task.yield();
    await manager.stop();
  });
});
