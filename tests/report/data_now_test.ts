import { TaskManager } from "@goasync/core";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeClock } from "../helpers/fake_clock.ts";
import { pass } from "../helpers/pass.ts";
import { assertPlain } from "../helpers/report_data.ts";
import { stuck } from "../helpers/stuck.ts";
import { started } from "../helpers/timeouts.ts";

const TIMEOUTS = {
  initializeTimeout: 1_000,
  drainTimeout: 2_000,
  stopTimeout: 3_000,
  cleanupTimeout: 4_000,
  shutdownTimeout: 20_000,
};

describe("TaskManager.report(), what it is doing right now", () => {
  it("says since when the manager is in its state", async () => {
    using time = new FakeClock();
    const manager = new TaskManager();
    let goOn = () => {};
    const gate = () => new Promise<void>((resolve) => goOn = resolve);
    manager.addTask("it", {
      initialize: gate,
      execute: gate,
      drain: gate,
      cleanup: gate,
    }, { type: "error" });
    const since: [string, number][] = [];
    const look = () => {
      const report = manager.report();
      assertPlain(report);
      since.push([report.state, report.since]);
    };
    look();
    await pass(time, 10);
    const { errors } = await started(manager, time);
    look();
    await pass(time, 10);
    look();
    goOn();
    await pass(time, 10);
    look();
    const endExecute = goOn;
    manager.stop();
    look();
    await pass(time, 10);
    goOn();
    await pass(time, 10);
    look();
    endExecute();
    await pass(time, 10);
    look();
    goOn();
    await errors;
    await pass(time, 10);
    look();
    assertEquals(since, [
      ["idle", 0],
      ["initializing", 0],
      ["initializing", 0],
      ["executing", 10],
      ["draining", 20],
      ["stopping", 30],
      ["cleaning-up", 40],
      ["finished", 50],
    ]);
  });

  it("says of which limit a stage is under, while it lasts", async () => {
    using time = new FakeClock();
    const manager = new TaskManager(TIMEOUTS);
    let goOn = () => {};
    const gate = () => new Promise<void>((resolve) => goOn = resolve);
    manager.addTask("it", {
      initialize: gate,
      execute: stuck,
      drain: stuck,
      cleanup: gate,
    });
    manager.addExecuteTask("job", stuck, { drainTimeout: 5_000 });
    const { errors } = await started(manager, time);
    const limits = () => {
      const { tasks, executeTasks, stop } = manager.report();
      return [
        ...tasks.flatMap(({ stages }) => stages.map(({ limit }) => limit)),
        ...executeTasks.map(({ limit }) => limit),
        stop?.limit,
      ];
    };
    const initialize = {
      name: "initializeTimeout",
      ms: 1_000,
      endsAt: 1_000,
    } as const;
    assertEquals(limits(), [initialize, undefined, undefined]);

    goOn();
    await pass(time, 100);
    const none = undefined;
    assertEquals(limits(), [none, none, none, none]);

    manager.stop();
    const shutdown = {
      name: "shutdownTimeout",
      ms: 20_000,
      endsAt: 20_100,
    } as const;
    const drain = { name: "drainTimeout", ms: 2_000, endsAt: 2_100 } as const;
    assertEquals(limits(), [none, none, drain, none, shutdown]);

    await pass(time, 2_000);
    const stop = { name: "stopTimeout", ms: 3_000, endsAt: 5_100 } as const;
    assertEquals(limits(), [none, stop, stop, stop, shutdown]);

    await pass(time, 3_000);
    const cleanup = {
      name: "cleanupTimeout",
      ms: 4_000,
      endsAt: 9_100,
    } as const;
    assertEquals(limits(), [none, none, none, cleanup, none, shutdown]);

    goOn();
    await errors;
    assertEquals(limits(), [none, none, none, none, none, none]);
  });

  it("knows no limit where there is none", async () => {
    using time = new FakeClock();
    const manager = new TaskManager({ initializeTimeout: Infinity });
    manager.addTask("it", { initialize: ({ done }) => done });
    const { errors } = await started(manager, time);
    const [lasting] = manager.report().tasks[0]!.stages;
    assertEquals(Object.keys(lasting!).includes("limit"), false);
    manager.stop();
    assertEquals(Object.keys(manager.report().stop!).includes("limit"), false);
    await errors;
  });

  it("has the execute of an execute task, if anybody listened", async () => {
    using time = new FakeClock();
    const manager = new TaskManager();
    const { errors } = await started(manager, time);
    manager.addExecuteTask("before", ({ done }) => done);
    await pass(time, 10);
    const unsubscribe = manager.subscribe(() => {});
    manager.addExecuteTask("meanwhile", ({ done }) => done);
    unsubscribe();
    assertEquals(
      manager.report().executeTasks.map(({ name, execute }) => [name, execute]),
      [
        ["before", undefined],
        ["meanwhile", {
          stage: "execute",
          startedAt: 10,
          endedAt: null,
          outcome: null,
        }],
      ],
    );
    manager.stop();
    await errors;
  });

  it("has the managers that run within a task, while they do", async () => {
    using time = new FakeClock();
    const inner = new TaskManager({ stopTimeout: 10 });
    inner.addTask("consumer", { drain: stuck });
    const other = new TaskManager();
    const manager = new TaskManager({ drainTimeout: 1_000 });
    manager.addTask("payments", inner.asTask());
    manager.addExecuteTask("both", async (context) => {
      await Promise.all([other.run(context), new TaskManager().run(context)]);
    });
    manager.addExecuteTask("none", ({ done }) => done);
    const { errors } = await started(manager, time);
    await pass(time, 10);
    const within = () => {
      const { tasks, executeTasks } = manager.report();
      return [...tasks, ...executeTasks].map(({ managers }) =>
        managers?.map(({ state, tasks }) => [
          state,
          ...tasks.map(({ name }) => name),
        ])
      );
    };
    assertEquals(within(), [
      [["executing", "consumer"]],
      [["executing"], ["executing"]],
      undefined,
    ]);
    await other.stop();
    assertEquals(within()[1], [["executing"]]);
    manager.stop();
    assertEquals(within()[0], [["draining", "consumer"]]);
    assertPlain(manager.report());
    await pass(time, 1_000);
    await pass(time, 10);
    assertEquals((await errors).length, 1);
    assertEquals(within(), [undefined]);
  });
});
