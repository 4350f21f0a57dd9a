import { type Task, type TaskContext, TaskManager } from "@goasync/core";
import { supervise } from "@goasync/core/tasks/supervise";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { CountedTimers } from "../helpers/counted_timers.ts";
import { gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";
import {
  BACKOFF,
  failing,
  generations,
  notesOf,
} from "../helpers/supervised.ts";

/** Runs a task next to one that drains until it is let go. */
async function besideDrainer(time: FakeTime, given: Task) {
  const drained = gate();
  const manager = new TaskManager();
  const task = supervise(given, { backoff: BACKOFF });
  const handle = manager.addTask("it", task);
  manager.addTask("drainer", { drain: () => drained.reached });
  const errors = manager.runSettled();
  await time.runMicrotasks();
  return { manager, task, handle, errors, drained };
}

describe("supervise() told before all are initialized", () => {
  it("stops the initialize in progress, and cleans it up", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const given = generations(log, {
      initialize: [
        ({ signal, done }) => done.then(() => Promise.reject(signal.reason)),
      ],
    });
    const manager = new TaskManager();
    manager.addTask("it", supervise(given));
    manager.addTask("next", { initialize: () => log.push("next") });
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop("enough");
    assertEquals(await errors, []);
    assertEquals(log, ["initialize", "cleanup"]);
    assertEquals(notesOf(manager), []);
  });

  it("ends its wait at once", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const log: string[] = [];
    const manager = new TaskManager();
    const given = generations(log, { initialize: failing(9) });
    const task = supervise(given, { backoff: BACKOFF });
    manager.addTask("it", task);
    const errors = manager.runSettled();
    await time.runMicrotasks();
    assertEquals(timers.running, 1);
    manager.stop("enough");
    assertEquals(await errors, []);
    assertEquals(timers.running, 0);
    assertEquals(log, ["initialize", "cleanup"]);
    assertEquals([task.isUp, task.restarts], [false, 1]);
  });

  it("waits for a cleanup in progress, and begins no other generation", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const cleaned = gate();
    const given = generations(log, {
      initialize: failing(1),
      cleanup: [() => cleaned.reached],
    });
    const manager = new TaskManager();
    manager.addTask("it", supervise(given, { backoff: BACKOFF }));
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop("enough");
    await time.runMicrotasks();
    assertEquals(manager.state, "stopping");
    cleaned.open();
    assertEquals(await errors, []);
    assertEquals(log, ["initialize", "cleanup"]);
  });

  for (const initialize of ["retry", "fail"] as const) {
    const what = initialize === "retry" ? "notes" : "passes on";
    it(`${what} what its initialize throws then: ${initialize}`, async () => {
      using time = new FakeTime();
      const broken = new Error("broken");
      const manager = new TaskManager();
      const task = supervise({
        initialize: ({ done }) => done.then(() => Promise.reject(broken)),
      }, { initialize });
      manager.addTask("it", task);
      const errors = manager.runSettled();
      await time.runMicrotasks();
      manager.stop("enough");
      const causes = (await errors).map(({ cause }) => cause);
      const isNoted = initialize === "retry";
      assertEquals(causes, isNoted ? [] : [broken]);
      assertEquals(
        notesOf(manager),
        isNoted ? ["initialize failed: broken"] : [],
      );
      assertEquals(task.restarts, 0);
    });
  }
});

describe("supervise() told while it executes, others draining,", () => {
  it("drains the current generation, whose signal stays live", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const contexts: TaskContext[] = [];
    const finish = gate();
    const given = generations(log, {
      execute: failing(1, (context) => {
        contexts.push(context);
        return context.done;
      }),
      drain: [(context) => {
        assertStrictEquals(context, contexts[0]);
        return finish.reached;
      }],
    });
    const { manager, task, errors, handle, drained } = await besideDrainer(
      time,
      given,
    );
    await pass(time, 100);
    manager.stop("enough");
    const { draining, signal } = contexts[0]!;
    assertEquals([draining.reason, signal.aborted], ["enough", false]);
    finish.open();
    await time.runMicrotasks();
    assertEquals([handle.state, task.isUp], ["executing", true]);
    assertEquals(signal.aborted, false);
    drained.open();
    assertEquals(await errors, []);
    assertEquals(signal.reason, "enough");
    assertEquals(log, [
      ...["initialize", "execute", "cleanup"],
      ...["initialize", "execute", "drain", "cleanup"],
    ]);
  });

  it("returns when its generation does", async () => {
    using time = new FakeTime();
    const given: Task = {
      execute: ({ draining }) =>
        new Promise((told) => draining.addEventListener("abort", told)),
    };
    const { manager, handle, errors, drained } = await besideDrainer(
      time,
      given,
    );
    manager.stop("enough");
    assertEquals(await handle.finished, "clean");
    assertEquals(manager.state, "draining");
    drained.open();
    assertEquals(await errors, []);
  });

  it("does not restart what fails then", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const broken = new Error("broken");
    const given = generations(log, {
      execute: [
        ({ draining }) =>
          new Promise((_, reject) =>
            draining.addEventListener("abort", () => reject(broken))
          ),
      ],
    });
    const { manager, task, errors, drained } = await besideDrainer(time, given);
    manager.stop("enough");
    await time.runMicrotasks();
    drained.open();
    const [error, ...others] = await errors;
    assertEquals(others, []);
    assertStrictEquals(error?.cause, broken);
    assertEquals(task.restarts, 0);
    assertEquals(log, ["initialize", "execute", "cleanup"]);
  });

  it("ends its wait at once", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const log: string[] = [];
    const given = generations(log, {
      execute: failing(1),
      drain: [() => log.push("wrong")],
    });
    const { manager, handle, errors, drained } = await besideDrainer(
      time,
      given,
    );
    manager.stop("enough");
    assertEquals(await handle.finished, "clean");
    assertEquals([manager.state, timers.running], ["draining", 0]);
    drained.open();
    assertEquals(await errors, []);
    assertEquals(log, ["initialize", "execute", "cleanup"]);
  });

  it("aborts the initialize of a restart at once, and cleans it up last", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const given = generations(log, {
      initialize: [
        () => {},
        ({ signal, done }) =>
          done.then(() => {
            log.push(`aborted: ${signal.reason}`);
            throw signal.reason;
          }),
      ],
      execute: failing(1),
      drain: [() => log.push("wrong")],
    });
    const { manager, handle, errors, drained } = await besideDrainer(
      time,
      given,
    );
    await pass(time, 100);
    manager.stop("enough");
    assertEquals(await handle.finished, "clean");
    assertEquals(log, [
      ...["initialize", "execute", "cleanup"],
      ...["initialize", "aborted: enough"],
    ]);
    drained.open();
    assertEquals(await errors, []);
    assertEquals(log.at(-1), "cleanup");
    assertEquals(log.length, 6);
  });

  it("executes nothing of what was initialized all the same", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const opened = gate();
    const given = generations(log, {
      initialize: [() => {}, () => opened.reached],
      execute: failing(1),
    });
    const { manager, task, handle, errors, drained } = await besideDrainer(
      time,
      given,
    );
    await pass(time, 100);
    manager.stop("enough");
    opened.open();
    assertEquals(await handle.finished, "clean");
    drained.open();
    assertEquals(await errors, []);
    assertEquals(task.isUp, false);
    assertEquals(log, [
      ...["initialize", "execute", "cleanup"],
      ...["initialize", "cleanup"],
    ]);
  });

  it("waits for a cleanup in progress, and begins no other generation", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const cleaned = gate();
    const signals: AbortSignal[] = [];
    const given = generations(log, {
      execute: failing(1),
      cleanup: [({ signal }) => {
        signals.push(signal);
        return cleaned.reached;
      }],
    });
    const { manager, handle, errors, drained } = await besideDrainer(
      time,
      given,
    );
    manager.stop("enough");
    drained.open();
    await time.runMicrotasks();
    assertEquals([handle.state, signals[0]!.aborted], ["executing", false]);
    cleaned.open();
    assertEquals(await errors, []);
    assertEquals(log, ["initialize", "execute", "cleanup"]);
  });

  it("by cancel, ends alone", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const given = generations(log, { execute: failing(1), drain: [() => {}] });
    const { manager, handle, errors, drained } = await besideDrainer(
      time,
      given,
    );
    handle.cancel("no more");
    assertEquals(await handle.finished, "clean");
    assertEquals(manager.state, "executing");
    manager.stop();
    drained.open();
    assertEquals(await errors, []);
    assertEquals(log, ["initialize", "execute", "cleanup"]);
  });
});

describe("supervise() told between initialize and execute", () => {
  it("executes and drains nothing, and cleans up", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const drained = gate();
    const manager = new TaskManager();
    manager.addExecuteTask("stop", () => {}, { type: "error" });
    manager.addTask("first", {
      execute: ({ done }) => {
        manager.stop("enough");
        return done;
      },
      drain: () => drained.reached,
    });
    const given = generations(log, { drain: [() => {}] });
    manager.addTask("it", supervise(given));
    const errors = manager.runSettled();
    await time.runMicrotasks();
    assertEquals(manager.state, "draining");
    drained.open();
    assertEquals(await errors, []);
    assertEquals(log, ["initialize", "cleanup"]);
  });
});
