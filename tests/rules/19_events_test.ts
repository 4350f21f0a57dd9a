import { type ManagerEvent, type Task, TaskManager } from "@goasync/core";
import {
  assert,
  assertEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { stuck } from "../helpers/stuck.ts";
import { gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";
import { heard } from "../helpers/heard.ts";
import { untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";
import { started } from "../helpers/timeouts.ts";

/** Everything that a manager tells its listeners from now on. */
function eventsOf(manager: TaskManager): ManagerEvent[] {
  const events: ManagerEvent[] = [];
  manager.subscribe((event) => events.push(event));
  return events;
}

/** The events of one type. */
function ofType<Type extends ManagerEvent["type"]>(
  events: readonly ManagerEvent[],
  type: Type,
): Extract<ManagerEvent, { type: Type }>[] {
  return events.filter((
    event,
  ): event is Extract<ManagerEvent, { type: Type }> => event.type === type);
}

/** A task that has every stage, and logs when each is called. */
function logging(log: string[]): Task {
  const stages = ["initialize", "execute", "drain", "cleanup"] as const;
  const task: Task = {};
  for (const stage of stages) {
    task[stage] = ({ name, done }) => {
      log.push(`/${name} ${stage} is called`);
      if (stage === "execute") return done;
    };
  }
  return task;
}

describe("rule 19: events", () => {
  it("tell everything in order, the beginning of a stage before its call", async () => {
    const manager = new TaskManager();
    const log = heard(manager);
    const drains = gate();
    manager.addTask("a", logging(log));
    const task = logging(log);
    manager.addExecuteTask("b", {
      execute: task.execute!,
      drain: (context) => (task.drain!(context), drains.reached),
    });
    const { errors } = await running(manager);
    manager.stop("enough");
    drains.open();
    assertEquals(await errors, []);
    assertEquals(log, [
      "/ initializing",
      "/a initialize starts",
      "/a initialize is called",
      "/a initialize ends clean",
      "/ executing",
      "/a execute starts",
      "/a execute is called",
      "/b execute starts",
      "/b execute is called",
      "/ told by stop: enough",
      "/ draining",
      "/a drain starts",
      "/a drain is called",
      "/a drain ends clean",
      "/b drain starts",
      "/b drain is called",
      "/b drain ends clean",
      "/ stopping",
      "/a execute ends clean",
      "/b execute ends clean",
      "/ cleaning-up",
      "/a cleanup starts",
      "/a cleanup is called",
      "/a cleanup ends clean",
      "/ finished",
    ]);
  });

  it("are plain data that nobody can change, with a type, a time and a path", async () => {
    const manager = new TaskManager();
    const events = eventsOf(manager);
    manager.addTask("a", { initialize: ({ note }) => note("hello") });
    await running(manager);
    await manager.stop();
    assert(events.length > 5);
    for (const event of events) {
      assertStrictEquals(Object.getPrototypeOf(event), Object.prototype);
      assertEquals(typeof event.at, "number");
      assert(Array.isArray(event.path));
      for (const value of [event, event.path]) assert(Object.isFrozen(value));
    }
    assertEquals(events.filter(({ path }) => path.length === 0).length, 6);
  });

  it("say at which time by the clock", async () => {
    using time = new FakeTime(5_000);
    const manager = new TaskManager();
    const events = eventsOf(manager);
    await started(manager, time);
    await pass(time, 1_000);
    manager.stop();
    await time.runMicrotasks();
    assertEquals(events.map(({ at }) => at), [
      ...[5_000, 5_000],
      ...[6_000, 6_000, 6_000, 6_000],
    ]);
  });

  it("say how a stage has ended: the outcome, how long it took, and the error", async () => {
    const ends = gate();
    const manager = new TaskManager();
    const events = eventsOf(manager);
    manager.addTask("good", { initialize() {} });
    manager.addTask("failing", {
      execute: async () => {
        await ends.reached;
        throw new Error("broken");
      },
    });
    const { errors } = await running(manager);
    ends.open();
    const [error] = await errors;
    const stageEnds = ofType(events, "stage-end");
    for (const { duration } of stageEnds) {
      assert(typeof duration === "number" && duration >= 0);
    }
    const withError = stageEnds.filter((event) => event.error !== null);
    assertEquals(withError.length, 1);
    assertStrictEquals(withError[0]!.error, error);
    const { type, stage, path, outcome } = withError[0]!;
    assertEquals(
      { type, stage, path, outcome },
      {
        type: "stage-end",
        stage: "execute",
        path: ["failing"],
        outcome: "failed",
      },
    );
  });

  it("know no duration of an execute task that began unheard", async () => {
    const manager = new TaskManager();
    manager.addExecuteTask("before", untilStopped);
    manager.addTask("task", { execute: untilStopped });
    await running(manager);
    const events = eventsOf(manager);
    manager.addExecuteTask("after", untilStopped);
    await manager.stop();
    const durations = ofType(events, "stage-end")
      .filter(({ stage }) => stage === "execute")
      .map(({ path, duration }) => [path[0], typeof duration]);
    assertEquals(durations, [
      ["before", "object"],
      ["task", "number"],
      ["after", "number"],
    ]);
    assertEquals(ofType(events, "stage-end")[0]!.duration, null);
  });

  it("tell of a strict task that returned, and of a task that was cancelled", async () => {
    const manager = new TaskManager();
    const early = gate();
    const handle = manager.addTask("cancelled", { execute: untilStopped });
    manager.addTask("early", { execute: () => early.reached });
    const { errors } = await running(manager);
    const log = heard(manager);
    handle.cancel("not needed");
    await handle.finished;
    early.open();
    assertEquals((await errors).length, 1);
    assertEquals(log.slice(0, 5), [
      "/cancelled told by cancel: not needed",
      "/cancelled execute ends clean",
      "/early execute ends unexpected-stop",
      '/ told by early: TaskError: Task "early" returned from execute before it was told to stop: use type "error" for a task that may end',
      "/ stopping",
    ]);
  });

  it("tell of drains that are cut short, once for each, before its signal aborts", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ drainTimeout: 100 });
    const log = heard(manager);
    for (const name of ["a", "b"]) {
      manager.addExecuteTask(name, {
        execute({ signal, done }) {
          signal.addEventListener("abort", () => log.push(`/${name} aborts`));
          return done;
        },
        drain: ({ done }) => done,
      });
    }
    manager.addExecuteTask("quick", { execute: untilStopped, drain() {} });
    await started(manager, time);
    manager.stop("enough");
    log.length = 0;
    await pass(time, 100);
    assertEquals(log.slice(0, 5), [
      "/ stopping",
      "/a drain is cut short",
      "/a aborts",
      "/b drain is cut short",
      "/b aborts",
    ]);
    assertEquals(log.filter((line) => line.includes("cut short")).length, 2);
  });

  it("tell of a task that is left behind, and then of the end of its stage", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ stopTimeout: 100, cleanupTimeout: 100 });
    manager.addTask("slow", { execute: stuck, cleanup: stuck });
    const { errors } = await started(manager, time);
    const log = heard(manager);
    const events = eventsOf(manager);
    manager.stop("enough");
    await pass(time, 100);
    await pass(time, 100);
    assertEquals(log, [
      "/ told by stop: enough",
      "/ stopping",
      "/slow left behind in execute",
      "/slow execute ends timed-out",
      "/ cleaning-up",
      "/slow cleanup starts",
      "/slow left behind in cleanup",
      "/slow cleanup ends timed-out",
      "/ finished",
    ]);
    const list = await errors;
    const left = ofType(events, "left-behind");
    assertEquals(left.length, 2);
    left.forEach(({ error }, index) => assertStrictEquals(error, list[index]));
  });

  it("tell of everything that the shutdownTimeout leaves behind or never begins", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ shutdownTimeout: 100 });
    manager.addTask("waiting", { cleanup() {} });
    manager.addTask("stuck", { execute: stuck });
    await started(manager, time);
    const log = heard(manager);
    manager.stop("enough");
    await pass(time, 100);
    assertEquals(log, [
      "/ told by stop: enough",
      "/ stopping",
      "/waiting execute ends clean",
      "/stuck left behind in execute",
      "/stuck execute ends abandoned",
      "/waiting left behind in cleanup",
      "/ finished",
    ]);
  });

  it("tell of each note, with its details or null", async () => {
    const manager = new TaskManager();
    const events = eventsOf(manager);
    const details = { attempt: 3 };
    manager.addTask("db", {
      initialize({ note }) {
        note("connecting");
        note("connected", details);
      },
    });
    await running(manager);
    await manager.stop();
    const notes = ofType(events, "note");
    assertEquals(
      notes.map(({ path, message, details }) => ({ path, message, details })),
      [
        { path: ["db"], message: "connecting", details: null },
        { path: ["db"], message: "connected", details: { attempt: 3 } },
      ],
    );
  });

  it("tell nothing of tasks that are never started, and of an idle manager that it is finished", async () => {
    const manager = new TaskManager();
    const log = heard(manager);
    manager.addTask("it", { execute: untilStopped });
    await manager.stop();
    await manager.run();
    assertEquals(log, ["/ finished"]);
  });

  it("throws TypeError for a listener that is no function", () => {
    for (const bad of [undefined, null, "listener", { handleEvent() {} }]) {
      assertThrows(
        () => new TaskManager().subscribe(bad as never),
        TypeError,
        "Cannot subscribe to a TaskManager as 'listener' must be a function",
      );
    }
  });
});
