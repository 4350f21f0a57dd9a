import { type Task, TaskContext, TaskManager } from "@goasync/core";
import { supervise } from "@goasync/core/tasks/supervise";
import { lease, type Lock, memoryLock } from "@goasync/core/tasks/lease";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { countedSignal } from "../helpers/counted_signal.ts";
import { CountedTimers } from "../helpers/counted_timers.ts";
import { gate } from "../helpers/gate.ts";
import { FakeLock, leasing, OPTIONS, terms } from "../helpers/leased.ts";
import { pass } from "../helpers/pass.ts";
import { passInSteps } from "../helpers/pass_in_steps.ts";

// deno-lint-ignore no-explicit-any
const untyped = (value: unknown): any => value;

describe("lease() that is supervised", () => {
  for (const isMadeAnew of [false, true]) {
    const how = isMadeAnew ? "made anew" : "the same";

    it(`has a new term after each failure: ${how}`, async () => {
      using time = new FakeTime();
      using timers = new CountedTimers();
      const lock = new FakeLock();
      const log: string[] = [];
      const create = terms(log, {
        execute({ done }) {
          if (log.length > 6) return done;
          throw new Error("wrong");
        },
      });
      const make = () => lease(lock, create, OPTIONS);
      const manager = new TaskManager();
      const task = isMadeAnew ? { create: make } : make();
      manager.addTask("it", supervise(task, { backoff: { min: 10 } }));
      const errors = manager.runSettled();
      await passInSteps(time, 200, 10);
      manager.stop();
      await time.runMicrotasks();
      assertEquals(await errors, []);
      assertEquals(log.filter((line) => line.startsWith("initialize")), [
        "initialize 1",
        "initialize 2",
        "initialize 3",
      ]);
      assertEquals([lock.count("acquire"), lock.count("release")], [3, 3]);
      assertEquals(timers.running, 0);
    });
  }
});

describe("lease().yield(), whenever it is called,", () => {
  it("drains once, though it is called twice and while the manager drains", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const drained = gate();
    const drain = () => drained.reached;
    const { manager, task, errors } = await leasing(
      time,
      memoryLock(),
      terms(log, { drain }),
    );
    const yields = [task.yield(), task.yield()];
    await time.runMicrotasks();
    manager.stop();
    yields.push(task.yield());
    await time.runMicrotasks();
    drained.open();
    await Promise.all(yields);
    assertEquals(await errors, []);
    assertEquals(log, ["initialize 1", "execute 1", "drain 1", "cleanup 1"]);
  });

  it("stops a term that initializes", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const { manager, task, errors } = await leasing(
      time,
      memoryLock(),
      terms(log, { initialize: ({ done }) => done }),
    );
    await task.yield();
    assertEquals(log, ["initialize 1", "cleanup 1"]);
    await passInSteps(time, 300, 50);
    assertEquals(log[2], "initialize 2");
    manager.stop();
    assertEquals(await errors, []);
  });

  it("waits for a cleanup that goes on", async () => {
    using time = new FakeTime();
    const lock = new FakeLock();
    const cleaned = gate();
    const { manager, task, errors } = await leasing(
      time,
      lock,
      terms([], { cleanup: () => cleaned.reached }),
    );
    manager.stop();
    await time.runMicrotasks();
    const yields = task.yield();
    assertEquals(lock.count("release"), 0);
    cleaned.open();
    await yields;
    assertEquals(lock.count("release"), 1);
    assertEquals(await errors, []);
  });
});

describe("lease() over a lock that is written carelessly", () => {
  it("takes what a class answers, without promises", async () => {
    using time = new FakeTime();
    class Careless {
      #token = 0;
      acquire() {
        return ++this.#token;
      }
      renew(token: number) {
        return token === this.#token;
      }
      release() {
        this.#token++;
      }
      wait() {}
    }
    const log: string[] = [];
    const lock: Lock = untyped(new Careless());
    const { manager, task, errors } = await leasing(time, lock, terms(log));
    await passInSteps(time, 1_000, 50);
    assertEquals(task.token, 1);
    manager.stop();
    assertEquals(await errors, []);
  });

  for (const thrown of [new Error("wrong"), "wrong", undefined, null]) {
    it(`bears ${thrown} that is thrown, not rejected`, async () => {
      using time = new FakeTime();
      using timers = new CountedTimers();
      const lock = new FakeLock();
      const log: string[] = [];
      const fail = () => {
        throw thrown;
      };
      const careless = Object.assign(lock, { wait: fail });
      lock.instead.acquire = fail;
      const { manager, errors } = await leasing(time, careless, terms(log));
      await passInSteps(time, 500, 50);
      delete lock.instead.acquire;
      await passInSteps(time, 200, 50);
      Object.assign(lock.instead, { renew: fail, release: fail });
      await passInSteps(time, 300, 50);
      manager.stop();
      await pass(time, 100);
      assertEquals(await errors, []);
      assertEquals(log, ["initialize 1", "execute 1", "cleanup 1"]);
      assertEquals(timers.running, 0);
    });
  }

  it("gives back what is answered once its request was aborted", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const lock = new FakeLock();
    lock.instead.acquire = (signal) =>
      new Promise((resolve) => {
        signal.addEventListener("abort", () => {
          lock.memory.acquire(1_000, signal).then(resolve);
        });
      });
    const { manager, errors } = await leasing(time, lock, terms([]), {
      ttl: 60_000,
    });
    manager.stop();
    await pass(time, 1_000);
    assertEquals(await errors, []);
    await time.runMicrotasks();
    assertEquals(lock.calls, ["acquire", "release"]);
    const { signal } = new AbortController();
    assertEquals(await lock.memory.acquire(1_000, signal), 2);
    assertEquals(timers.running, 0);
  });
});

describe("lease() that goes on for long", () => {
  it("leaves no listener and no timer of terms and waits that are over", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const [signal, draining, abandoned] = [
      countedSignal(),
      countedSignal(),
      countedSignal(),
    ];
    const counts = () =>
      [signal, draining, abandoned].map(({ listeners }) => listeners());
    const context = new TaskContext({
      name: "it",
      signal: signal.signal,
      draining: draining.signal,
      abandoned: abandoned.signal,
    });
    const lock = new FakeLock();
    const task = lease(lock, () => ({ drain() {} }), OPTIONS);
    const run = task.execute(context);
    await time.runMicrotasks();
    const [listeners, running] = [counts(), timers.running];
    for (let term = 1; term <= 5; term++) {
      assertEquals(task.token, term * 2 - 1);
      await passInSteps(time, 900, 50);
      await task.yield();
      await lock.memory.acquire(2_000, context.signal);
      await passInSteps(time, 2_200, 50);
      assertEquals([counts(), timers.running], [listeners, running]);
    }
    draining.abort();
    await time.runMicrotasks();
    signal.abort();
    await run;
    assertEquals([counts(), timers.running], [[0, 0, 0], 0]);
  });
});

describe("lease() that is left behind as an answer to a renewal comes", () => {
  for (const isOurs of [true, false]) {
    it(`leaves no timer, however the two meet: ${isOurs}`, async () => {
      for (let turns = 0; turns < 12; turns++) {
        using time = new FakeTime();
        using timers = new CountedTimers();
        const lock = new FakeLock();
        const answers = gate();
        lock.instead.renew = () => answers.reached.then(() => isOurs);
        const abandoned = new AbortController();
        const context = new TaskContext({
          name: "it",
          signal: abandoned.signal,
          abandoned: abandoned.signal,
        });
        const run = lease(lock, terms([]), OPTIONS).execute(context);
        await pass(time, 300);
        assertEquals(lock.calls, ["acquire", "renew"]);
        answers.open();
        for (let turn = 0; turn < turns; turn++) await null;
        abandoned.abort();
        await Promise.allSettled([run]);
        await time.runMicrotasks();
        assertEquals(timers.running, 0, `after ${turns} turns`);
      }
    });
  }
});

describe("lease() of tasks that have little", () => {
  const stages: Task[] = [
    { initialize() {} },
    { drain() {} },
    { cleanup() {} },
  ];
  for (const task of stages) {
    it(`has a term until it is stopped: ${Object.keys(task)}`, async () => {
      using time = new FakeTime();
      const made = await leasing(time, memoryLock(), () => task);
      await passInSteps(time, 2_000, 100);
      assertEquals(made.task.token, 1);
      made.manager.stop();
      assertEquals(await made.errors, []);
    });
  }

  it("fails with what is a promise, as an async create makes it", async () => {
    using time = new FakeTime();
    const lock = new FakeLock();
    const create = untyped(() => Promise.resolve({ execute() {} }));
    const { errors } = await leasing(time, lock, create);
    const [error] = await errors;
    assertStringIncludes(error!.message, "Cannot lease what 'create' has made");
    assertEquals(lock.calls, ["acquire", "release"]);
  });
});
