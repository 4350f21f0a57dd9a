import { TaskContext, TaskManager } from "@goasync/core";
import { graceful } from "@goasync/core/tasks";
import { schedule } from "@goasync/core/tasks/schedule";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { countedSignal } from "../helpers/counted_signal.ts";
import { CountedTimers } from "../helpers/counted_timers.ts";
import { gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";
import { passInSteps } from "../helpers/pass_in_steps.ts";
import { every, scheduled } from "../helpers/scheduled.ts";

describe("schedule() with a signal", () => {
  /** Executes a task with a signal, every 10 ms. */
  function executing(signal: AbortSignal, run: () => unknown = () => {}) {
    const context = new TaskContext({ name: "it", signal });
    return Promise.resolve(schedule(every(10), run).execute(context));
  }

  it("goes on while that is not aborted", async () => {
    using time = new FakeTime(0);
    const { signal, abort } = countedSignal();
    let runs = 0;
    const execution = executing(signal, () => runs++);
    await passInSteps(time, 30, 10);
    assertEquals(runs, 3);
    abort();
    await execution;
  });

  it("ends at once when it is aborted while it waits, and leaves nothing", async () => {
    using time = new FakeTime(0);
    using timers = new CountedTimers();
    const { signal, abort, listeners } = countedSignal();
    const execution = executing(signal);
    await pass(time, 15);
    assertEquals([listeners(), timers.running], [1, 1]);
    abort();
    await execution;
    assertEquals([listeners(), timers.running], [0, 0]);
  });

  it("does nothing with one that is aborted already", async () => {
    let asked = 0;
    const task = schedule((after) => {
      asked++;
      return after;
    }, () => {});
    const signal = AbortSignal.abort();
    await task.execute(new TaskContext({ name: "it", signal }));
    assertEquals(asked, 0);
  });

  it("is as it was when it is aborted after the end", async () => {
    const { signal, abort, listeners } = countedSignal();
    const task = schedule(() => null, () => {});
    await task.execute(new TaskContext({ name: "it", signal }));
    abort();
    assertEquals(listeners(), 0);
  });

  it("takes its custom reason, thrown by a run, for a clean stop", async () => {
    using time = new FakeTime(0);
    const errors: unknown[] = [];
    const { manager, run, notes } = await scheduled(
      time,
      every(10),
      async ({ done, signal }) => {
        await done;
        throw signal.reason;
      },
      { onError: (error) => errors.push(error) },
    );
    await pass(time, 10);
    await manager.stop("enough");
    assertEquals([await run, errors, notes()], [[], [], []]);
  });
});

describe("schedule() told to stop", () => {
  it("during initialize asks for no time", async () => {
    let asked = 0;
    const manager = new TaskManager();
    const task = schedule(() => {
      asked++;
      return null;
    }, { initialize: () => void manager.stop(), execute: () => {} });
    manager.addTask("it", task);
    assertEquals([await manager.runSettled(), asked], [[], 0]);
  });

  it("while it waits begins no run, though others still drain", async () => {
    using time = new FakeTime(0);
    const drained = gate();
    const { manager, runs, run } = await scheduled(time, every(10), {
      execute: () => {},
      drain: () => drained.reached,
    });
    await pass(time, 10);
    manager.stop();
    await pass(time, 100);
    assertEquals([runs, manager.state], [[10], "draining"]);
    drained.open();
    assertEquals(await run, []);
  });

  it("by the function that tells the times begins no run", async () => {
    using time = new FakeTime(0);
    const manager = new TaskManager();
    let runs = 0;
    const task = schedule((after) => {
      manager.stop();
      return every(10)(after);
    }, () => runs++);
    manager.addTask("it", task);
    assertEquals([await manager.runSettled(), runs, time.now], [[], 0, 0]);
  });

  it("in the turn in which a run is due begins none", async () => {
    using time = new FakeTime(0);
    const { manager, runs, run } = await scheduled(time, every(10));
    setTimeout(() => manager.stop(), 10);
    await pass(time, 10);
    assertEquals([runs, await run], [[], []]);
  });

  it("during a run aborts its signal and waits for it", async () => {
    using time = new FakeTime(0);
    const finish = gate();
    const log: string[] = [];
    const { manager, run } = await scheduled(
      time,
      every(10),
      async ({ done }) => {
        await done;
        log.push("aborted");
        await finish.reached;
        log.push("ended");
      },
    );
    await pass(time, 10);
    manager.stop();
    await pass(time, 10);
    assertEquals([log, manager.state], [["aborted"], "stopping"]);
    finish.open();
    assertEquals([await run, log], [[], ["aborted", "ended"]]);
  });

  it("during a run lets it finish within graceful()", async () => {
    using time = new FakeTime(0);
    const finish = gate();
    const aborted: boolean[] = [];
    const manager = new TaskManager();
    const task = schedule(every(10), async ({ signal }) => {
      await finish.reached;
      aborted.push(signal.aborted);
    });
    manager.addTask("it", graceful(task));
    const run = manager.runSettled();
    await pass(time, 0);
    await pass(time, 10);
    manager.stop();
    await pass(time, 50);
    assertEquals(manager.state, "draining");
    finish.open();
    assertEquals([await run, aborted], [[], [false]]);
  });

  it("lets its run finish by a drain of its own", async () => {
    using time = new FakeTime(0);
    const finish = gate();
    let aborted: boolean | undefined;
    let running: Promise<void> | undefined;
    const { manager, run } = await scheduled(time, every(10), {
      execute: ({ signal }) =>
        running = finish.reached.then(() => void (aborted = signal.aborted)),
      drain: () => running,
    });
    await pass(time, 10);
    manager.stop();
    await pass(time, 0);
    finish.open();
    assertEquals([await run, aborted], [[], false]);
  });

  it("notes an error that comes after that", async () => {
    using time = new FakeTime(0);
    const { manager, run, notes } = await scheduled(
      time,
      every(10),
      async ({ done }) => {
        await done;
        throw new Error("no disk");
      },
    );
    await pass(time, 10);
    await manager.stop();
    assertEquals([await run, notes()], [[], ["failed: no disk"]]);
  });
});
