import { TaskContext, TaskManager } from "@goasync/core";
import { schedule } from "@goasync/core/tasks/schedule";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";
import { passInSteps } from "../helpers/pass_in_steps.ts";
import { every, scheduled } from "../helpers/scheduled.ts";

describe("schedule() runs", () => {
  it("at each time that it is told, not at once", async () => {
    using time = new FakeTime(500);
    const { manager, runs, run } = await scheduled(time, every(1_000));
    await pass(time, 499);
    assertEquals(runs, []);
    await pass(time, 1);
    await passInSteps(time, 2_000, 500);
    assertEquals(runs, [1_000, 2_000, 3_000]);
    await manager.stop();
    await pass(time, 5_000);
    assertEquals([runs.length, await run], [3, []]);
  });

  it("at times that each follow the one before, without drift", async () => {
    using time = new FakeTime(0);
    const given: number[] = [];
    const { manager, runs } = await scheduled(time, (after) => {
      given.push(after.getTime());
      return new Date(after.getTime() + 1_000);
    });
    await passInSteps(time, 3_100, 70);
    assertEquals(runs, [1_050, 2_030, 3_010]);
    assertEquals(given, [0, 1_000, 2_000, 3_000]);
    await manager.stop();
  });

  it("at irregular times", async () => {
    using time = new FakeTime(0);
    const times = [10, 11, 500, 90_000, 90_001];
    const { manager, runs } = await scheduled(time, (after) => {
      const next = times.find((each) => each > after.getTime());
      return new Date(next ?? 1_000_000);
    });
    await pass(time, 10);
    await pass(time, 1);
    await pass(time, 489);
    await pass(time, 89_500);
    await pass(time, 1);
    assertEquals(runs, times);
    await manager.stop();
  });

  it("with a date that is its own to change", async () => {
    using time = new FakeTime(0);
    const { manager, runs } = await scheduled(time, (after) => {
      after.setTime(after.getTime() + 1_000);
      return after;
    });
    await pass(time, 1_000);
    await pass(time, 1_000);
    assertEquals(runs, [1_000, 2_000]);
    await manager.stop();
  });

  it("each with the context of the task", async () => {
    using time = new FakeTime(0);
    const contexts = new Set<TaskContext>();
    const { manager } = await scheduled(time, every(10), (context) => {
      contexts.add(context);
    });
    await pass(time, 10);
    await pass(time, 10);
    assertEquals([...contexts].map(({ name }) => name), ["it"]);
    await manager.stop();
  });

  it("in as many managers as it is added to", async () => {
    using time = new FakeTime(0);
    const log: string[] = [];
    const task = schedule(every(10), ({ name }) => void log.push(name));
    const manager = new TaskManager();
    manager.addTask("first", task);
    manager.addExecuteTask("second", task);
    manager.run();
    await pass(time, 0);
    await pass(time, 10);
    await pass(time, 10);
    assertEquals(log, ["first", "second", "first", "second"]);
    await manager.stop();
  });

  it("whatever initialize, drain and cleanup do, which are passed through", async () => {
    using time = new FakeTime(0);
    const log: string[] = [];
    const { manager, run } = await scheduled(time, every(10), {
      initialize: () => log.push("initialize"),
      execute: () => log.push("execute"),
      drain: () => log.push("drain"),
      cleanup: () => log.push("cleanup"),
    });
    await pass(time, 10);
    await manager.stop();
    assertEquals(await run, []);
    assertEquals(log, ["initialize", "execute", "drain", "cleanup"]);
  });
});

describe("schedule() when there is no further time", () => {
  it("returns, with a note", async () => {
    using time = new FakeTime(0);
    const context = new TaskContext({
      name: "it",
      onNote: (message) => notes.push(message),
    });
    const notes: string[] = [];
    const task = schedule(() => null, () => {});
    await task.execute(context);
    assertEquals(notes, ["has no further time"]);
    assertEquals(time.now, 0);
  });

  it("returns after the run in progress", async () => {
    using time = new FakeTime(0);
    const finish = gate();
    const task = schedule(
      (after) => after.getTime() < 10 ? new Date(10) : null,
      () => finish.reached,
    );
    let hasEnded = false;
    const context = new TaskContext({ name: "it" });
    const execution = Promise.resolve(task.execute(context)).then(() => {
      hasEnded = true;
    });
    await pass(time, 10);
    assertEquals(hasEnded, false);
    finish.open();
    await execution;
  });

  it("fails as a strict task, and ends a stop-group", async () => {
    for (const type of ["strict", "stop-group"] as const) {
      const manager = new TaskManager();
      manager.addTask("it", schedule(() => null, () => {}), { type });
      const errors = await manager.runSettled();
      const codes = type === "strict" ? ["UNEXPECTED_STOP"] : [];
      assertEquals(errors.map(({ code }) => code), codes);
    }
  });
});

describe("schedule() when a run fails", () => {
  it("goes on, notes it and hands it to onError", async () => {
    using time = new FakeTime(0);
    const errors: unknown[] = [];
    const { manager, run, notes } = await scheduled(time, every(10), () => {
      throw "no disk";
    }, { onError: (error) => errors.push(error) });
    await pass(time, 10);
    await pass(time, 10);
    await manager.stop();
    assertEquals(await run, []);
    assertEquals(errors, ["no disk", "no disk"]);
    assertEquals(notes(), ["failed: no disk", "failed: no disk"]);
  });

  it("goes on when onError throws or rejects, too", async () => {
    for (
      const onError of [
        () => {
          throw new Error("no log");
        },
        () => Promise.reject(new Error("no log")),
      ]
    ) {
      using time = new FakeTime(0);
      const { manager, run, runs } = await scheduled(
        time,
        every(10),
        () => Promise.reject(new Error("no disk")),
        { onError },
      );
      await pass(time, 10);
      await pass(time, 10);
      assertEquals(runs, [10, 20]);
      await manager.stop();
      assertEquals(await run, []);
    }
  });

  it("goes on without onError", async () => {
    using time = new FakeTime(0);
    const { manager, runs } = await scheduled(time, every(10), () => {
      throw new Error("no disk");
    });
    await pass(time, 10);
    await pass(time, 10);
    assertEquals(runs, [10, 20]);
    await manager.stop();
  });
});
