import { TaskContext, TaskManager } from "@goasync/core";
import { repeatTimer } from "@goasync/core/tasks/repeat-timer";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { countedSignal } from "../helpers/counted_signal.ts";
import { CountedTimers } from "../helpers/counted_timers.ts";
import { type Gate, gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";

const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** A clock for `performance.now` that a test moves by hand. */
class Clock {
  now: number;
  #real = performance.now;
  constructor(now = 0) {
    this.now = now;
    performance.now = () => this.now;
  }
  [Symbol.dispose]() {
    performance.now = this.#real;
  }
}

/** Moves fake timers and the clock together, as on a real machine. */
async function passWith(time: FakeTime, clock: Clock, ms: number) {
  for (let passed = 0; passed < ms; passed++) {
    clock.now++;
    await pass(time, 1);
  }
}

/** Starts a manager with one task that runs on a timer, and notes when it ran. */
function start(
  period: number,
  clock: { now: number },
  execute: (run: number) => void | Promise<unknown> = () => {},
) {
  const manager = new TaskManager();
  const runs: number[] = [];
  manager.addTask(
    "timer",
    repeatTimer(period, () => execute(runs.push(clock.now))),
  );
  const run = manager.runSettled();
  return { manager, runs, run };
}

describe("repeatTimer()", () => {
  it("leaves no listener behind, neither after a tick nor after the stop", async () => {
    using time = new FakeTime();
    using clock = new Clock();
    const { signal, listeners, abort } = countedSignal();
    const task = repeatTimer(10, () => {});
    const execution = task.execute(new TaskContext({ name: "it", signal }));
    await passWith(time, clock, 35);
    assertEquals(listeners(), 1);
    abort();
    await execution;
    assertEquals(listeners(), 0);
  });

  it("runs at once and then on every tick", async () => {
    using time = new FakeTime();
    using clock = new Clock();
    const { manager, runs, run } = start(10, clock);
    await pass(time, 0);
    assertEquals(runs, [0]);
    await passWith(time, clock, 9);
    assertEquals(runs, [0]);
    await passWith(time, clock, 31);
    assertEquals(runs, [0, 10, 20, 30, 40]);
    await manager.stop();
    assertEquals(await run, []);
    await passWith(time, clock, 100);
    assertEquals(runs, [0, 10, 20, 30, 40]);
  });

  it("keeps one tick while a run lasts, and drops further ones", async () => {
    using time = new FakeTime();
    using clock = new Clock();
    const gates: Gate[] = [];
    const { manager, runs } = start(10, clock, (run) => {
      if (run !== 1) return;
      const finish = gate();
      gates.push(finish);
      return finish.reached;
    });
    await pass(time, 0);
    await passWith(time, clock, 35);
    assertEquals(runs, [0]);
    gates[0]!.open();
    await pass(time, 0);
    assertEquals(runs, [0, 35]);
    await passWith(time, clock, 4);
    assertEquals(runs, [0, 35]);
    await passWith(time, clock, 11);
    assertEquals(runs, [0, 35, 40, 50]);
    await manager.stop();
  });

  it("does not take a run that ends on its tick for a missed one", async () => {
    using time = new FakeTime();
    using clock = new Clock();
    const finish = gate();
    const { manager, runs } = start(10, clock, (run) => {
      if (run === 1) return finish.reached;
    });
    await pass(time, 0);
    await passWith(time, clock, 10);
    finish.open();
    await pass(time, 0);
    await passWith(time, clock, 10);
    assertEquals(runs, [0, 10, 20]);
    await manager.stop();
  });

  it("never runs two at a time", async () => {
    using time = new FakeTime();
    using clock = new Clock();
    let running = 0;
    let most = 0;
    const { manager, runs } = start(5, clock, async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 12));
      running--;
    });
    await pass(time, 0);
    await passWith(time, clock, 100);
    assertEquals(most, 1);
    const stop = manager.stop();
    await passWith(time, clock, 12);
    await stop;
    assertEquals(runs.length, 8);
  });

  it("does not drift, however late its timers are", async () => {
    using time = new FakeTime();
    using clock = new Clock();
    const { manager, runs } = start(10, clock);
    await pass(time, 0);
    for (let step = 1; step <= 500; step++) {
      if (step % 7 === 0) clock.now++;
      await passWith(time, clock, 1);
    }
    await manager.stop();
    assertEquals(
      runs.map((ranAt) => Math.floor(ranAt / 10)),
      Array.from({ length: 1 + Math.floor(clock.now / 10) }, (_, tick) => tick),
    );
  });

  it("does not run twice for one tick when a timer comes early", async () => {
    using time = new FakeTime();
    using clock = new Clock(0.4);
    const { manager, runs } = start(6, clock);
    await pass(time, 0);
    clock.now = 5.7;
    await pass(time, 6);
    assertEquals(runs, [0.4, 5.7]);
    clock.now = 11.9;
    await pass(time, 6);
    assertEquals(runs, [0.4, 5.7]);
    clock.now = 12.1;
    await pass(time, 1);
    assertEquals(runs, [0.4, 5.7, 12.1]);
    await manager.stop();
  });

  for (const period of [1, 2, 6, 10, 1_000]) {
    it(`runs once in ${period} ms under a fake clock that freezes performance.now`, async () => {
      using time = new FakeTime();
      using clock = new Clock();
      const { manager, runs } = start(period, clock);
      await pass(time, 0);
      for (let ticks = 1; ticks <= 20; ticks++) {
        assertEquals(runs.length, ticks);
        await pass(time, period);
      }
      await manager.stop();
    });
  }

  const SLOW: readonly {
    readonly what: string;
    readonly execute: (clock: Clock) => unknown;
  }[] = [
    {
      what: "that freezes performance.now when runs take time, too",
      execute: () => new Promise((resolve) => setTimeout(resolve, 50)),
    },
    {
      what: "that leaves performance.now alone on a busy machine",
      execute: (clock) => clock.now += 30,
    },
  ];
  for (const { what, execute } of SLOW) {
    it(`runs once in a period under a fake clock ${what}`, async () => {
      using time = new FakeTime();
      using clock = new Clock();
      const began: number[] = [];
      const start = Date.now();
      const manager = new TaskManager();
      manager.addTask(
        "timer",
        repeatTimer(100, async () => {
          began.push(Date.now() - start);
          await execute(clock);
        }),
      );
      manager.run();
      await pass(time, 0);
      for (let passed = 0; passed < 400; passed += 10) await pass(time, 10);
      assertEquals(began, [0, 100, 200, 300, 400]);
      const stop = manager.stop();
      await pass(time, 50);
      await stop;
    });
  }

  it("leaves no timer behind when it is stopped during a run, however long that is", async () => {
    using time = new FakeTime();
    using clock = new Clock();
    using timers = new CountedTimers();
    const finish = gate();
    const { manager, run } = start(10, clock, () => finish.reached);
    await pass(time, 0);
    assertEquals(timers.running, 1);
    manager.stop();
    assertEquals(timers.running, 0);
    finish.open();
    assertEquals(await run, []);
  });

  it("stops while it waits for a tick", async () => {
    using time = new FakeTime();
    using clock = new Clock();
    const { manager, runs, run } = start(10, clock);
    await pass(time, 0);
    await passWith(time, clock, 3);
    await manager.stop();
    assertEquals(await run, []);
    assertEquals(runs, [0]);
  });

  it("stops during a run, which is waited for", async () => {
    using time = new FakeTime();
    using clock = new Clock();
    const finish = gate();
    const { manager, runs, run } = start(10, clock, () => finish.reached);
    await pass(time, 0);
    await passWith(time, clock, 25);
    manager.stop();
    assertEquals(manager.state, "stopping");
    finish.open();
    assertEquals(await run, []);
    assertEquals(runs, [0]);
  });

  it("waits in pieces for a period that one timer cannot take", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    using clock = new Clock();
    const { manager, runs } = start(LONGEST_TIMEOUT + 5, clock);
    await pass(time, 0);
    await pass(time, LONGEST_TIMEOUT);
    await pass(time, 4);
    assertEquals(runs.length, 1);
    await pass(time, 1);
    assertEquals(runs.length, 2);
    assertEquals(timers.longest, LONGEST_TIMEOUT);
    await manager.stop();
  });

  it("runs one after another with a period of 0", async () => {
    using time = new FakeTime();
    using clock = new Clock();
    const { manager, runs } = start(0, clock, (run) => {
      if (run === 3) manager.stop();
    });
    await pass(time, 0);
    clock.now = 7;
    await pass(time, 1);
    await pass(time, 1);
    await manager.stop();
    assertEquals(runs.length, 3);
  });

  it("swallows errors and hands each to onError", async () => {
    using time = new FakeTime();
    using _clock = new Clock();
    const manager = new TaskManager();
    const errors: unknown[] = [];
    manager.addTask(
      "timer",
      repeatTimer(10, () => {
        throw "failed";
      }, { onError: (error) => errors.push(error) }),
    );
    const run = manager.runSettled();
    await pass(time, 0);
    await pass(time, 10);
    await manager.stop();
    assertEquals(await run, []);
    assertEquals(errors, ["failed", "failed"]);
  });

  it("passes initialize and cleanup through", async () => {
    const manager = new TaskManager();
    const log: string[] = [];
    manager.addTask(
      "timer",
      repeatTimer(10, {
        initialize: () => void log.push("initialize"),
        execute: () => {
          log.push("execute");
          manager.stop();
        },
        cleanup: () => void log.push("cleanup"),
      }),
    );
    await manager.run();
    assertEquals(log, ["initialize", "execute", "cleanup"]);
  });

  it("throws RangeError for what is no time", () => {
    for (const bad of [-1, NaN, Infinity, "5", undefined]) {
      assertThrows(
        // deno-lint-ignore no-explicit-any
        () => repeatTimer(bad as any, () => {}),
        RangeError,
        "Cannot repeat a task on a timer as 'ms' must be a finite number",
      );
    }
  });

  it("throws TypeError for a TaskManager, and for what is no task", () => {
    assertThrows(
      () => repeatTimer(1, new TaskManager()),
      TypeError,
      "runs once",
    );
    // deno-lint-ignore no-explicit-any
    assertThrows(() => repeatTimer(1, {} as any), TypeError, "'execute'");
    assertThrows(
      // deno-lint-ignore no-explicit-any
      () => repeatTimer(1, () => {}, { onError: 5 as any }),
      TypeError,
      "'onError'",
    );
  });
});
