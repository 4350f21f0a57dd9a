import { TaskManager } from "@goasync/core";
import {
  supervise,
  type SuperviseOptions,
} from "@goasync/core/tasks/supervise";
import {
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { SetClock } from "../helpers/set_clock.ts";
import { CountedTimers } from "../helpers/counted_timers.ts";
import { pass } from "../helpers/pass.ts";
import { generations, supervising } from "../helpers/supervised.ts";

/** Every 100 ms, as an execution takes no time. */
const EVERY_100_MS = { min: 100, factor: 1, jitter: 0 } as const;

describe("the intensity of supervise()", () => {
  it("is none by default", async () => {
    using time = new FakeTime();
    const { manager, task } = await supervising(
      time,
      () => Promise.reject("lost"),
      { backoff: EVERY_100_MS },
    );
    for (let times = 1; times <= 100; times++) await pass(time, 100);
    assertEquals(task.restarts, 101);
    await manager.stop();
  });

  it("fails the task with the last error as its cause", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const log: string[] = [];
    const thrown: Error[] = [];
    const given = generations(log, {
      execute: [() => {
        const error = new Error(`lost ${thrown.length}`);
        thrown.push(error);
        return Promise.reject(error);
      }],
    });
    const { errors, task, notes } = await supervising(time, given, {
      backoff: EVERY_100_MS,
      intensity: { restarts: 2, within: 1_000 },
    });
    for (let times = 1; times <= 2; times++) await pass(time, 100);
    const [error, ...others] = await errors;
    assertEquals(others, []);
    assertEquals(
      error?.message,
      'Task "it" failed in execute: Gave up after 2 restarts within 1000 ms: lost 2',
    );
    assertInstanceOf(error?.cause, Error);
    assertStrictEquals(error.cause.cause, thrown[2]);
    assertEquals([task.restarts, task.isUp, notes().length], [2, false, 2]);
    assertEquals(log.filter((entry) => entry === "cleanup").length, 3);
    assertEquals(timers.running, 0);
  });

  it("holds for initialize, too, and counts one", async () => {
    using time = new FakeTime();
    const given = { initialize: () => Promise.reject(new Error("refused")) };
    const { errors } = await supervising(time, given, {
      backoff: EVERY_100_MS,
      intensity: { restarts: 1, within: 1_000 },
    });
    await pass(time, 100);
    assertEquals(
      (await errors).map(({ message }) => message),
      [
        'Task "it" failed in initialize: Gave up after 1 restart within 1000 ms: refused',
      ],
    );
  });

  it("may allow none at all", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const given = generations(log, { execute: [() => Promise.reject("lost")] });
    const { errors, task } = await supervising(time, given, {
      intensity: { restarts: 0, within: 0 },
    });
    assertEquals((await errors).length, 1);
    assertEquals(task.restarts, 0);
    assertEquals(log, ["initialize", "execute", "cleanup"]);
  });

  it("counts a task that returned, where that restarts it", async () => {
    using time = new FakeTime();
    const { errors } = await supervising(time, () => {}, {
      restart: "always",
      intensity: { restarts: 0, within: 1_000 },
    });
    assertEquals(
      (await errors).map(({ message }) => message),
      [
        'Task "it" failed in execute: Gave up after 0 restarts within 1000 ms: Task "it" returned from execute',
      ],
    );
  });

  /** Restarts every 100 ms; what is allowed in any 300 ms is 3 or 2 of them. */
  const sliding = (restarts: number): SuperviseOptions => ({
    backoff: EVERY_100_MS,
    intensity: { restarts, within: 300 },
  });

  it("slides, and ends its timers with the task", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const fail = () => Promise.reject("lost");
    const { manager, task, errors } = await supervising(
      time,
      fail,
      sliding(3),
    );
    for (let times = 1; times <= 50; times++) await pass(time, 100);
    assertEquals(task.restarts, 51);
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(timers.running, 0);

    const others = await supervising(time, fail, sliding(2));
    for (let times = 1; times <= 2; times++) await pass(time, 100);
    assertEquals((await others.errors).length, 1);
    assertEquals(timers.running, 0);
  });

  it("slides whatever the clock says meanwhile", async () => {
    for (const step of [-3_600_000, 3_600_000]) {
      using time = new FakeTime();
      using clock = new SetClock();
      const fail = () => Promise.reject("lost");
      const { manager, task } = await supervising(time, fail, sliding(3));
      for (let times = 1; times <= 10; times++) {
        clock.move(step);
        await pass(time, 100);
      }
      assertEquals([manager.state, task.restarts], ["executing", 11]);
      await manager.stop();

      const { errors } = await supervising(time, fail, sliding(2));
      for (let times = 1; times <= 2; times++) {
        clock.move(step);
        await pass(time, 100);
      }
      assertEquals((await errors).length, 1);
    }
  });

  it("begins anew with each run", async () => {
    using time = new FakeTime();
    const task = supervise(() => Promise.reject("lost"), {
      backoff: EVERY_100_MS,
      intensity: { restarts: 1, within: 60_000 },
    });
    for (let run = 1; run <= 2; run++) {
      const manager = new TaskManager();
      manager.addExecuteTask("it", task);
      const errors = manager.runSettled();
      await time.runMicrotasks();
      await pass(time, 100);
      assertEquals((await errors).length, 1);
      assertEquals(task.restarts, 1);
    }
  });
});
