import { memoryLock } from "@goasync/core/tasks/lease";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { CountedTimers } from "../helpers/counted_timers.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { gate } from "../helpers/gate.ts";
import { FakeLock, leasing, LIFETIME, terms } from "../helpers/leased.ts";
import { pass } from "../helpers/pass.ts";
import { passInSteps } from "../helpers/pass_in_steps.ts";
import { SetClock } from "../helpers/set_clock.ts";
import { stuck } from "../helpers/stuck.ts";

describe("lease() that is not renewed", () => {
  it("aborts its term at ttl - margin, without a drain, and cleans up", async () => {
    using time = new FakeTime();
    const lock = new FakeLock();
    const log: string[] = [];
    const { manager, task, errors, notes } = await leasing(
      time,
      lock,
      terms(log, { drain: () => {} }),
    );
    const mend = lock.break();
    await passInSteps(time, LIFETIME - 20, 20);
    assertEquals([task.token, log.length], [1, 2]);
    await passInSteps(time, 20, 20);
    assertEquals(task.token, undefined);
    assertEquals(log.slice(2), ["cleanup 1"]);
    await passInSteps(time, 1_000, 100);
    mend();
    await passInSteps(time, 1_000, 50);
    assertEquals(log.slice(3), ["initialize 2", "execute 2"]);
    assertEquals(notes(), [
      "holds the lease",
      "the lock fails: no connection",
      "lost the lease: not renewed for 700 ms",
      "cannot give the lease back: no connection",
      "the lock answers again",
      "holds the lease",
    ]);
    manager.stop();
    assertEquals(await errors, []);
  });

  it("counts from before the lock was asked", async () => {
    using time = new FakeTime();
    const lock = new FakeLock();
    const answer = gate();
    lock.instead.acquire = async (signal) => {
      await answer.reached;
      return await lock.memory.acquire(1_000, signal);
    };
    lock.instead.renew = stuck;
    const log: string[] = [];
    const { manager, task } = await leasing(time, lock, terms(log));
    await pass(time, 150);
    answer.open();
    await time.runMicrotasks();
    assertEquals(task.token, 1);
    await passInSteps(time, LIFETIME - 160, 10);
    assertEquals(task.token, 1);
    await passInSteps(time, 10, 10);
    assertEquals(log[2], "cleanup 1");
    await manager.stop();
  });

  it("counts from before a renewal was asked", async () => {
    using time = new FakeTime();
    const lock = new FakeLock();
    const answer = gate();
    lock.instead.renew = async (signal) => {
      const isOurs = await lock.memory.renew(1, 1_000, signal);
      await answer.reached;
      lock.instead.renew = stuck;
      return isOurs;
    };
    const { manager, task } = await leasing(time, lock, terms([]));
    await passInSteps(time, 300 + 150, 10);
    answer.open();
    await passInSteps(time, LIFETIME - 160, 10);
    assertEquals(task.token, 1);
    await passInSteps(time, 10, 10);
    assert(task.token !== 1);
    await manager.stop();
  });

  it("asks again when a renewal is not answered", async () => {
    using time = new FakeTime();
    const lock = new FakeLock();
    lock.instead.renew = () => {
      delete lock.instead.renew;
      return stuck();
    };
    const { manager, task } = await leasing(time, lock, terms([]));
    await passInSteps(time, 5_000, 10);
    assertEquals(task.token, 1);
    assertEquals(lock.signals[1]?.reason.name, "TimeoutError");
    await manager.stop();
  });

  it("is over at once when the lock says so, and gives nothing back", async () => {
    using time = new FakeTime();
    const lock = new FakeLock();
    const log: string[] = [];
    const { manager, notes } = await leasing(time, lock, terms(log));
    lock.instead.renew = () => Promise.resolve(false);
    await passInSteps(time, 300, 50);
    assertEquals(log.slice(2), ["cleanup 1"]);
    assertEquals(lock.count("release"), 0);
    assertEquals(
      notes()[1],
      "lost the lease: the lock says that it is not ours any more",
    );
    await manager.stop();
  });

  it("takes nonsense for no answer", async () => {
    using time = new FakeTime();
    const lock = new FakeLock();
    const { manager, task, notes } = await leasing(time, lock, terms([]));
    lock.instead.renew = () => Promise.resolve("OK");
    await passInSteps(time, LIFETIME - 100, 50);
    assertEquals(task.token, 1);
    assertEquals(notes()[1], 'the lock fails: The lock has answered "OK"');
    await manager.stop();
  });

  it("notices within half a second that the machine has slept", async () => {
    using time = new FakeTime();
    using clock = new SetClock();
    const log: string[] = [];
    const options = { ttl: 100_000, renewEvery: 30_000 };
    const { manager, task, notes } = await leasing(
      time,
      memoryLock(),
      terms(log),
      options,
    );
    await pass(time, 100);
    clock.move(80_000);
    assertEquals(task.token, undefined);
    await passInSteps(time, 500, 100);
    assertEquals(log[2], "cleanup 1");
    assertEquals(notes()[1], "lost the lease: not renewed for 70000 ms");
    await manager.stop();
  });

  it("goes on while the clock is put back", async () => {
    using time = new FakeTime();
    using clock = new SetClock();
    const lock = memoryLock();
    const { manager, task } = await leasing(time, lock, terms([]));
    clock.move(-60_000);
    await passInSteps(time, 2_000, 50);
    assertEquals(task.token, 1);
    await manager.stop();
  });

  it("is over in time although the clock was put back", async () => {
    using time = new FakeClock();
    using clock = new SetClock();
    const lock = new FakeLock();
    const { manager, task } = await leasing(time, lock, terms([]));
    lock.break();
    clock.move(-60_000);
    await passInSteps(time, LIFETIME - 20, 20);
    assertEquals(task.token, 1);
    await passInSteps(time, 20, 20);
    assertEquals(task.token, undefined);
    await manager.stop();
  });

  it("goes on while the clock jumps back and forth", async () => {
    using time = new FakeClock();
    using clock = new SetClock();
    const lock = new FakeLock();
    const { manager, task } = await leasing(time, lock, terms([]));
    for (const ms of [300, -700, 400, 200, -200, 350, -5_000, 300]) {
      clock.move(ms);
      await passInSteps(time, 310, 10);
      assertEquals(task.token, 1);
    }
    await manager.stop();
  });

  it("notes what the term throws once it is lost", async () => {
    using time = new FakeTime();
    const lock = new FakeLock();
    const fail = (text: string) => () => Promise.reject(new Error(text));
    const { manager, errors, notes } = await leasing(
      time,
      lock,
      terms([], {
        execute: ({ done }) => done.then(fail("no database")),
        cleanup: fail("not closed"),
      }),
    );
    lock.break();
    await passInSteps(time, LIFETIME, 20);
    manager.stop();
    await passInSteps(time, 100, 20);
    assertEquals(await errors, []);
    assertEquals(notes().slice(3, 5), [
      "failed, too: not closed",
      "failed once the lease was lost: no database",
    ]);
  });

  for (const stage of ["initialize", "execute", "cleanup"] as const) {
    it(`leaves behind, and names, what overruns its margin: ${stage}`, async () => {
      using time = new FakeTime();
      using timers = new CountedTimers();
      const lock = new FakeLock();
      let abandoned: AbortSignal | undefined;
      const { errors, manager } = await leasing(
        time,
        lock,
        terms([], {
          [stage](context: { abandoned: AbortSignal }) {
            abandoned = context.abandoned;
            return stuck();
          },
        }),
      );
      lock.break();
      await passInSteps(time, LIFETIME + 90, 10);
      assertEquals(abandoned?.aborted, false);
      await passInSteps(time, 20, 10);
      assertEquals(abandoned?.aborted, true);
      const limit = stage === "cleanup" ? "cleanupTimeout" : "stopTimeout";
      const [error] = await errors;
      assertEquals(
        Object(error?.cause).message,
        `Left the term with token 1 behind: ${limit} of 100 ms is over`,
      );
      assertEquals(lock.count("release"), 0);
      assertEquals([manager.state, timers.running], ["finished", 0]);
    });
  }
});

describe("lease() that its manager leaves behind", () => {
  for (const stage of ["execute", "cleanup"] as const) {
    it(`holds no timer and renews no more: ${stage}`, async () => {
      using time = new FakeTime();
      using timers = new CountedTimers();
      const lock = new FakeLock();
      const { TaskManager } = await import("@goasync/core");
      const { lease } = await import("@goasync/core/tasks/lease");
      const manager = new TaskManager({ stopTimeout: 50 });
      const task = lease(lock, terms([], { [stage]: stuck }), {
        ttl: 1_000,
        renewEvery: 100,
      });
      manager.addTask("it", task);
      const errors = manager.runSettled();
      await time.runMicrotasks();
      manager.stop();
      await pass(time, 50);
      assertEquals((await errors).map(({ code }) => code), ["TIMEOUT"]);
      await passInSteps(time, 1_000, 50);
      assertEquals([timers.running, lock.count("renew")], [0, 0]);
    });
  }

  it("listens no more", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const { TaskManager } = await import("@goasync/core");
    const { lease } = await import("@goasync/core/tasks/lease");
    const lock = new FakeLock();
    lock.instead.acquire = stuck;
    const manager = new TaskManager({ stopTimeout: 50 });
    manager.addTask("it", lease(lock, () => () => {}));
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop();
    await pass(time, 50);
    assertEquals((await errors).length, 1);
    assertEquals(timers.running, 0);
  });
});
