import { TaskManager } from "@goasync/core";
import { type BackoffOptions, repeatable } from "@goasync/core/tasks";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { assertBackoff } from "../helpers/assert_backoff.ts";
import { CountedTimers } from "../helpers/counted_timers.ts";
import { fakeRandom } from "../helpers/fake_random.ts";
import { pass } from "../helpers/pass.ts";

/** Starts a task that fails whenever it is executed, or only in some runs. */
async function start(
  time: FakeTime,
  backoff?: BackoffOptions | false,
  fails: (run: number, manager: TaskManager) => boolean = () => true,
) {
  const manager = new TaskManager();
  let runs = 0;
  const task = repeatable(() => {
    if (fails(++runs, manager)) throw new Error("no connection");
  }, { backoff });
  manager.addTask("it", task);
  const run = manager.runSettled();
  await time.runMicrotasks();
  return { manager, run, runs: () => runs };
}

describe("repeatable() waits after a failure", () => {
  const cases: {
    readonly what: string;
    readonly backoff?: BackoffOptions | undefined;
    readonly random?: number;
    readonly waits: readonly number[];
  }[] = [
    {
      what: "100 ms, doubling to 30 s",
      waits: [100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600].concat(
        [30_000, 30_000],
      ),
    },
    {
      what: "by default what it waits without options",
      backoff: {},
      waits: [100, 200],
    },
    {
      what: "by default what it waits for undefined",
      backoff: {
        min: undefined,
        max: undefined,
        factor: undefined,
        jitter: undefined,
      },
      waits: [100, 200],
    },
    { what: "at least `min`", backoff: { min: 7 }, waits: [7, 14, 28] },
    {
      what: "at most `max`",
      backoff: { max: 250 },
      waits: [100, 200, 250, 250],
    },
    {
      what: "always the same if `max` is `min`",
      backoff: { min: 5, max: 5 },
      waits: [5, 5, 5],
    },
    {
      what: "`min` if that is more than the default of `max`",
      backoff: { min: 40_000 },
      waits: [40_000, 40_000],
    },
    {
      what: "longer by `factor` each time",
      backoff: { factor: 3 },
      waits: [100, 300, 900],
    },
    {
      what: "as long each time with a factor of 1",
      backoff: { factor: 1 },
      waits: [100, 100],
    },
    {
      what: "from half of the time up, by chance",
      random: 0.5,
      waits: [75, 150, 300],
    },
    {
      what: "for the whole time with a jitter of 0",
      backoff: { jitter: 0 },
      random: 0.9,
      waits: [100, 200],
    },
    {
      what: "for any part of the time with a jitter of 1",
      backoff: { jitter: 1 },
      random: 0.75,
      waits: [25, 50],
    },
    {
      what: "in pieces where one timer cannot take it",
      backoff: { min: 2 ** 31 + 10, factor: 1, max: 2 ** 31 + 10 },
      waits: [2 ** 31 + 10],
    },
  ];
  for (const { what, backoff, random = 0, waits } of cases) {
    it(what, async () => {
      using time = new FakeTime();
      using _random = fakeRandom(() => random);
      const { manager, run, runs } = await start(time, backoff);
      await assertBackoff(time, runs, waits);
      await manager.stop();
      assertEquals(await run, []);
    });
  }

  it("not at all with `backoff: false`", async () => {
    using time = new FakeTime();
    const { run, runs } = await start(time, false, (run, manager) => {
      if (run === 50) manager.stop();
      return true;
    });
    await run;
    assertEquals(runs(), 50);
  });

  it("not at all with a minimum of 0", async () => {
    using time = new FakeTime();
    const { manager, runs } = await start(time, { min: 0 });
    for (let run = 1; run <= 5; run++) {
      assertEquals(runs(), run);
      await pass(time, 0);
    }
    await manager.stop();
  });

  it("and begins anew after a run that succeeded, which none follows", async () => {
    using time = new FakeTime();
    using _random = fakeRandom(() => 0);
    const { manager, runs } = await start(
      time,
      {},
      (run) => run !== 4 && run !== 5,
    );
    await assertBackoff(time, runs, [100, 200]);
    await pass(time, 400);
    while (runs() < 6) await time.runMicrotasks();
    assertEquals(runs(), 6);
    await assertBackoff(time, runs, [100, 200]);
    await manager.stop();
  });

  it("no more than 20 times in 10 s, whatever chance says", async () => {
    for (const random of [0, 0.999]) {
      using time = new FakeTime();
      using _random = fakeRandom(() => random);
      const { manager, runs } = await start(time);
      for (let ms = 0; ms < 10_000; ms += 50) await pass(time, 50);
      assert(runs() > 5 && runs() <= 20, `${runs()} runs`);
      await manager.stop();
    }
  });

  it("apart from another task that was wrapped with it", async () => {
    using time = new FakeTime();
    using _random = fakeRandom(() => 0);
    const manager = new TaskManager();
    const log: string[] = [];
    const task = repeatable(({ name }) => {
      log.push(name);
      throw new Error("no connection");
    });
    manager.addTask("first", task);
    manager.addTask("second", task);
    manager.run();
    await time.runMicrotasks();
    for (const wait of [100, 200, 400]) {
      log.length = 0;
      await pass(time, wait);
      assertEquals(log, ["first", "second"]);
    }
    await manager.stop();
  });
});

describe("repeatable() told while it waits", () => {
  it("ends at once, and leaves no timer", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const { manager, run, runs } = await start(time);
    assertEquals(timers.running, 1);
    manager.stop();
    assertEquals(timers.running, 0);
    assertEquals(await run, []);
    assertEquals(runs(), 1);
  });

  it("ends at once while others still drain", async () => {
    using time = new FakeTime();
    const manager = new TaskManager();
    let drained = () => {};
    manager.addTask("drains", {
      drain: () => new Promise<void>((resolve) => drained = resolve),
    });
    const handle = manager.addTask(
      "it",
      repeatable(() => {
        throw new Error("no connection");
      }),
    );
    const run = manager.runSettled();
    await time.runMicrotasks();
    manager.stop();
    await time.runMicrotasks();
    assertEquals(handle.state, "clean");
    assertEquals(manager.state, "draining");
    drained();
    assertEquals(await run, []);
  });
});

describe("repeatable() throws", () => {
  const wrong: [string, unknown][] = [
    ["min", -1],
    ["min", NaN],
    ["min", Infinity],
    ["min", "100"],
    ["min", null],
    ["max", -1],
    ["max", NaN],
    ["max", Infinity],
    ["max", 99],
    ["factor", 0.9],
    ["factor", NaN],
    ["factor", Infinity],
    ["factor", "2"],
    ["jitter", -0.1],
    ["jitter", 1.1],
    ["jitter", NaN],
    ["jitter", "1"],
  ];
  for (const [key, value] of wrong) {
    it(`RangeError for ${key}: ${value}`, () => {
      assertThrows(
        () => repeatable(() => {}, { backoff: { [key]: value } }),
        RangeError,
        `Cannot repeat a task as '${key}' must be`,
      );
    });
  }

  it("RangeError that says what `max` must be", () => {
    assertThrows(
      () => repeatable(() => {}, { backoff: { min: 10, max: 9 } }),
      RangeError,
      "Cannot repeat a task as 'max' must be at least 10: current value is 9",
    );
  });

  it("TypeError for a backoff that is no object", () => {
    for (const backoff of [true, 100, "fast", null]) {
      assertThrows(
        // deno-lint-ignore no-explicit-any
        () => repeatable(() => {}, { backoff: backoff as any }),
        TypeError,
        "Cannot repeat a task as 'backoff' must be an object or false",
      );
    }
  });
});
