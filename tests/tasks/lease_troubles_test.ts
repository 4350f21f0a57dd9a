import { memoryLock } from "@goasync/core/tasks/lease";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { CountedTimers } from "../helpers/counted_timers.ts";
import { gate } from "../helpers/gate.ts";
import { FakeLock, leasing, LIFETIME, terms } from "../helpers/leased.ts";
import { pass } from "../helpers/pass.ts";
import { passInSteps } from "../helpers/pass_in_steps.ts";
import { SetClock } from "../helpers/set_clock.ts";
import { stuck } from "../helpers/stuck.ts";

describe("lease() over a lock that fails", () => {
  it("waits, and takes it when it answers again", async () => {
    using time = new FakeTime();
    const lock = new FakeLock();
    const mend = lock.break();
    const { manager, task, errors, notes } = await leasing(
      time,
      lock,
      terms([]),
    );
    await passInSteps(time, 60_000, 100);
    const asked = lock.count("acquire");
    assert(asked > 300 && asked < 900, `${asked} times`);
    mend();
    await passInSteps(time, 200, 50);
    assertEquals(task.token, 1);
    assertEquals(notes(), [
      "the lock fails: no connection",
      "the lock answers again",
      "holds the lease",
    ]);
    manager.stop();
    assertEquals(await errors, []);
  });

  it("gives up after that long, if it is to", async () => {
    using time = new FakeTime();
    const lock = new FakeLock();
    lock.break();
    const { errors } = await leasing(time, lock, terms([]), {
      giveUpAfter: 2_000,
    });
    await passInSteps(time, 2_300, 50);
    const [error] = await errors;
    assertEquals(
      error?.message,
      'Task "it" failed in execute: Gave up after 2000 ms without an answer of the lock: no connection',
    );
    assertEquals(Object(Object(error?.cause).cause).message, "no connection");
  });

  it("begins anew to count when it has answered", async () => {
    using time = new FakeTime();
    const lock = new FakeLock();
    const { signal } = new AbortController();
    await lock.memory.acquire(60_000, signal);
    const { manager, errors, notes } = await leasing(time, lock, terms([]), {
      giveUpAfter: 2_000,
    });
    for (let times = 0; times < 3; times++) {
      const mend = lock.break();
      await passInSteps(time, 1_500, 50);
      mend();
      await passInSteps(time, 500, 50);
    }
    manager.stop();
    assertEquals(await errors, []);
    assertEquals(notes().length, 6);
  });

  it("never gives up one that answers that somebody else has it", async () => {
    using time = new FakeTime();
    const lock = memoryLock();
    await lock.acquire(60_000, new AbortController().signal);
    const { manager, errors } = await leasing(time, lock, terms([]), {
      giveUpAfter: 0,
    });
    await passInSteps(time, 5_000, 100);
    manager.stop();
    assertEquals(await errors, []);
  });

  it("gives back a token that comes too late, and begins no term", async () => {
    using time = new FakeTime();
    const lock = new FakeLock();
    const log: string[] = [];
    const answer = gate();
    lock.instead.acquire = async (signal) => {
      const token = await lock.memory.acquire(1_000, signal);
      await answer.reached;
      return token;
    };
    const { manager, notes } = await leasing(time, lock, terms(log));
    await passInSteps(time, 300, 100);
    delete lock.instead.acquire;
    answer.open();
    await time.runMicrotasks();
    assertEquals([lock.count("release"), log], [1, []]);
    assertEquals(
      notes()[0],
      "the lock fails: The lock has not answered within 200 ms",
    );
    await passInSteps(time, 300, 50);
    assertEquals(log, ["initialize 2", "execute 2"]);
    await manager.stop();
  });

  it("gives back a token when the machine has slept since it asked", async () => {
    using time = new FakeTime();
    using clock = new SetClock();
    const lock = new FakeLock();
    const log: string[] = [];
    lock.instead.acquire = async (signal) => {
      delete lock.instead.acquire;
      const token = await lock.memory.acquire(1_000, signal);
      clock.move(LIFETIME);
      return token;
    };
    const { manager } = await leasing(time, lock, terms(log));
    assertEquals([lock.calls, log], [["acquire", "release"], []]);
    await passInSteps(time, 400, 50);
    assertEquals(log, ["initialize 2", "execute 2"]);
    await manager.stop();
  });

  it("gives back a token that is not greater than the last one", async () => {
    using time = new FakeTime();
    const lock = new FakeLock();
    const log: string[] = [];
    const { manager, task, notes } = await leasing(time, lock, terms(log));
    lock.instead.acquire = () => Promise.resolve(1);
    lock.instead.release = () => Promise.reject(new Error("no connection"));
    await task.yield();
    await passInSteps(time, 500, 50);
    assertEquals(log, ["initialize 1", "execute 1", "cleanup 1"]);
    assertEquals(
      notes().at(-1),
      "the lock fails: The lock has given token 1 after 1",
    );
    assert(lock.count("release") > 1);
    await manager.stop();
  });

  for (const token of [0, -1, 1.5, "1", null]) {
    it(`begins no term with ${JSON.stringify(token)} for a token`, async () => {
      using time = new FakeTime();
      const lock = new FakeLock();
      lock.instead.acquire = () => Promise.resolve(token);
      const log: string[] = [];
      const { manager } = await leasing(time, lock, terms(log));
      await passInSteps(time, 1_000, 100);
      assertEquals(log, []);
      await manager.stop();
    });
  }

  it("begins no term when it was told while the lock was asked", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const lock = new FakeLock();
    const answer = gate();
    lock.instead.acquire = async (signal) => {
      await answer.reached;
      return await lock.memory.acquire(1_000, signal);
    };
    const log: string[] = [];
    const { manager, errors } = await leasing(time, lock, terms(log));
    manager.stop();
    await time.runMicrotasks();
    answer.open();
    assertEquals(await errors, []);
    assertEquals([log, lock.calls], [[], ["acquire", "release"]]);
    assertEquals(timers.running, 0);
  });

  it("waits for at most a second once it is told", async () => {
    using time = new FakeTime();
    const lock = new FakeLock();
    lock.instead.acquire = stuck;
    const { manager, errors } = await leasing(time, lock, terms([]), {
      ttl: 60_000,
    });
    manager.stop();
    await pass(time, 999);
    assertEquals([manager.state, lock.signals[0]?.aborted], [
      "stopping",
      false,
    ]);
    await pass(time, 1);
    assertEquals(await errors, []);
    assertEquals(lock.signals[0]?.aborted, true);
  });

  it("waits for at most a second until it is given back", async () => {
    using time = new FakeTime();
    const lock = new FakeLock();
    lock.instead.release = stuck;
    const { manager, errors, notes } = await leasing(time, lock, terms([]), {
      ttl: 60_000,
    });
    manager.stop();
    await pass(time, 1_000);
    assertEquals(await errors, []);
    assertEquals(
      notes().at(-1),
      "cannot give the lease back: The lock has not answered within 1000 ms",
    );
  });
});

describe("lease() over a task that fails", () => {
  for (const stage of ["initialize", "execute", "cleanup"] as const) {
    it(`fails with that once the lock is given back: ${stage}`, async () => {
      using time = new FakeTime();
      const lock = new FakeLock();
      const log: string[] = [];
      const { manager, errors } = await leasing(
        time,
        lock,
        terms(log, {
          ...stage === "cleanup" ? { execute: () => {} } : {},
          [stage]: () => {
            throw new Error("wrong");
          },
        }),
      );
      await time.runMicrotasks();
      const [error] = await errors;
      assertEquals(Object(error?.cause).message, "wrong");
      assertEquals(log.at(-1), "cleanup 1");
      assertEquals(lock.calls, ["acquire", "release"]);
      assertEquals(manager.state, "finished");
    });
  }

  it("fails with what create throws, and with what is no task", async () => {
    const nonsense = JSON.parse("5");
    const creates = [() => {
      throw new Error("wrong");
    }, () => nonsense];
    const messages = [
      "wrong",
      "Cannot lease what 'create' has made as it must have an 'initialize', 'execute', 'drain' or 'cleanup' function: current value is 5 (number)",
    ];
    for (const [index, create] of creates.entries()) {
      using time = new FakeTime();
      const lock = new FakeLock();
      const { errors } = await leasing(time, lock, create);
      const [error] = await errors;
      assertEquals(Object(error?.cause).message, messages[index]);
      assertEquals(lock.calls, ["acquire", "release"]);
    }
  });
});
