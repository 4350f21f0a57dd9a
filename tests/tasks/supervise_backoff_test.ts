import { TaskManager } from "@goasync/core";
import {
  type BackoffOptions,
  supervise,
  type SuperviseOptions,
} from "@goasync/core/tasks/supervise";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { assertBackoff } from "../helpers/assert_backoff.ts";
import { CountedTimers } from "../helpers/counted_timers.ts";
import { fakeRandom } from "../helpers/fake_random.ts";
import { pass } from "../helpers/pass.ts";
import { SetClock } from "../helpers/set_clock.ts";

/** Starts a task that fails as soon as it is executed, or after that long. */
async function start(
  time: FakeTime,
  options: SuperviseOptions = {},
  lasts: (execution: number) => number = () => 0,
) {
  const manager = new TaskManager();
  let executions = 0;
  const task = supervise(async () => {
    const ms = lasts(++executions);
    if (ms > 0) await new Promise((ended) => setTimeout(ended, ms));
    throw new Error("no connection");
  }, options);
  manager.addTask("it", task);
  const errors = manager.runSettled();
  await time.runMicrotasks();
  return { manager, errors, executions: () => executions };
}

describe("supervise() waits before a restart", () => {
  const cases: {
    readonly what: string;
    readonly backoff?: BackoffOptions;
    readonly random?: number;
    readonly waits: readonly number[];
  }[] = [
    {
      what: "100 ms, doubling to 30 s",
      waits: [100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600]
        .concat([30_000, 30_000]),
    },
    {
      what: "from half of the time up, by chance",
      random: 0.5,
      waits: [75, 150, 300],
    },
    {
      what: "as its options say",
      backoff: { min: 10, max: 50, factor: 3, jitter: 0 },
      random: 0.9,
      waits: [10, 30, 50, 50],
    },
    {
      what: "whole milliseconds",
      backoff: { min: 0.6, factor: 1, jitter: 0 },
      waits: [1, 1],
    },
  ];
  for (const { what, backoff, random = 0, waits } of cases) {
    it(what, async () => {
      using time = new FakeTime();
      using _random = fakeRandom(() => random);
      const { manager, errors, executions } = await start(time, { backoff });
      await assertBackoff(time, executions, waits);
      await manager.stop();
      assertEquals(await errors, []);
    });
  }

  it("not at all with `backoff: false`", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const { manager, executions } = await start(time, { backoff: false });
    while (executions() < 50) await time.runMicrotasks();
    await manager.stop();
    assertEquals(timers.started, 0);
  });

  it("and begins no execution once told, though it does not wait", async () => {
    using time = new FakeTime();
    const manager = new TaskManager();
    let executions = 0;
    const task = supervise(() => {
      executions++;
      throw new Error("no connection");
    }, { backoff: false, onRestart: () => void manager.stop() });
    manager.addTask("it", task);
    const errors = manager.runSettled();
    await time.runMicrotasks();
    assertEquals(await errors, []);
    assertEquals(executions, 1);
  });

  it("no more than 20 times in 10 s, whatever chance says", async () => {
    for (const random of [0, 0.999]) {
      using time = new FakeTime();
      using _random = fakeRandom(() => random);
      const { manager, executions } = await start(time);
      for (let ms = 0; ms < 10_000; ms += 50) await pass(time, 50);
      assert(executions() > 5 && executions() <= 20, `${executions()}`);
      await manager.stop();
    }
  });

  it("as long in initialize as in execute", async () => {
    using time = new FakeTime();
    using _random = fakeRandom(() => 0);
    const manager = new TaskManager();
    let attempts = 0;
    const task = supervise({
      initialize() {
        attempts++;
        if (attempts !== 3) throw new Error("no connection");
      },
      execute() {
        throw new Error("connection lost");
      },
    });
    manager.addTask("it", task);
    manager.run();
    await time.runMicrotasks();
    await assertBackoff(time, () => attempts, [100, 200, 400, 800]);
    await manager.stop();
  });
});

describe("supervise() waits anew from its first wait", () => {
  /** Fails at once twice, then after that long, then at once. */
  const lastsOnce = (ms: number) => (execution: number) =>
    execution === 3 ? ms : 0;

  const cases: {
    readonly what: string;
    readonly healthyAfter?: number;
    readonly lasted: number;
    readonly waits: readonly number[];
  }[] = [
    { what: "after 10 s of executing", lasted: 10_000, waits: [100, 200] },
    { what: "not after less", lasted: 9_999, waits: [400, 800] },
    {
      what: "after as long as it is told",
      healthyAfter: 50,
      lasted: 50,
      waits: [100, 200],
    },
    {
      what: "never if it is told so",
      healthyAfter: Infinity,
      lasted: 2 ** 31 + 10,
      waits: [400, 800],
    },
  ];
  for (const { what, healthyAfter, lasted, waits } of cases) {
    it(what, async () => {
      using time = new FakeTime();
      using timers = new CountedTimers();
      using _random = fakeRandom(() => 0);
      const { manager, errors, executions } = await start(
        time,
        { healthyAfter },
        lastsOnce(lasted),
      );
      await assertBackoff(time, executions, [100, 200]);
      for (let left = lasted; left > 0; left -= 2 ** 31 - 1) {
        await pass(time, Math.min(left, 2 ** 31 - 1));
      }
      await assertBackoff(time, executions, waits);
      await manager.stop();
      assertEquals(await errors, []);
      assertEquals(timers.running, 0);
    });
  }

  it("whatever the clock says meanwhile", async () => {
    for (const step of [-3_600_000, 3_600_000]) {
      for (const [lasted, waits] of [[10_000, 100], [9_000, 400]] as const) {
        using time = new FakeTime();
        using clock = new SetClock();
        using _random = fakeRandom(() => 0);
        const { manager, executions } = await start(
          time,
          {},
          lastsOnce(lasted),
        );
        await assertBackoff(time, executions, [100, 200]);
        await pass(time, lasted / 2);
        clock.move(step);
        await pass(time, lasted / 2);
        await assertBackoff(time, executions, [waits]);
        await manager.stop();
      }
    }
  });
});
