// The interleavings of a task that is cancelled, and its drain:
// - cancelled while it executes: told, drained, aborted alone; with and without
//   a drain, with { drain: false } at once, and later;
// - cancelled before it executes, in the turn of the start, in the event before
//   its execute, when it has ended, when all were told;
// - cancelled by its own execute, by its own draining listener, by its own drain;
// - a drain of its own that fails; the last of a stop-group.

import { type TaskHandle, TaskManager } from "@goasync/core";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { gate } from "../helpers/gate.ts";
import { ADDERS, drains, listens } from "../helpers/draining.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";
import { summary } from "../helpers/summary.ts";

/** A manager with a task that drains until it is let go, and one that does not. */
async function cancelled(add = ADDERS[0]!.add) {
  const log: string[] = [];
  const ending = gate();
  const manager = new TaskManager();
  const handle = add(manager, "it", drains(log, () => ending.reached));
  manager.addTask("other", { execute: listens(log) });
  const { errors } = await running(manager);
  handle.cancel("alone");
  return { log, ending, manager, handle, errors };
}

describe("rule 17: a task that is cancelled", () => {
  for (const { what, add } of ADDERS) {
    it(`is told and drained in that turn, and holds up its own signal only: ${what}`, async () => {
      const { log, ending, manager, handle, errors } = await cancelled(add);
      assertEquals(log, ["it told", "it drain"]);
      await microtasks();
      assertEquals([manager.state, handle.state], ["executing", "draining"]);
      assertEquals(manager.tasks.length, 2);
      ending.open();
      assertEquals(await handle.finished, "clean");
      assertEquals(log.splice(2), ["it aborted"]);
      assertEquals(manager.state, "executing");
      manager.stop();
      assertEquals(log.splice(2), ["other told", "other aborted"]);
      assertEquals(await errors, []);
    });
  }

  it("is aborted in that turn when its drain returns at once, or it has none", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    const quick = manager.addTask("quick", drains(log));
    const plain = manager.addTask("plain", { execute: listens(log) });
    const { errors } = await running(manager);
    quick.cancel();
    assertEquals(log.splice(0), ["quick told", "quick drain", "quick aborted"]);
    plain.cancel();
    assertEquals(log, ["plain told", "plain aborted"]);
    await manager.stop();
    assertEquals(await errors, []);
  });

  it("with { drain: false } is aborted in that turn, its drain not called", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    const handle = manager.addTask("it", drains(log));
    const { errors } = await running(manager);
    handle.cancel("alone", { drain: false });
    assertEquals(log, ["it told", "it aborted"]);
    assertEquals(await handle.finished, "clean");
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(log.length, 2);
  });

  it("again changes nothing, but that { drain: false } aborts it, with the first reason", async () => {
    const { log, ending, handle, manager, errors } = await cancelled();
    handle.cancel("again");
    handle.cancel("again", { drain: true });
    await microtasks();
    assertEquals(log, ["it told", "it drain"]);
    handle.cancel("now", { drain: false });
    assertEquals(log.slice(2), ["it aborted"]);
    assertEquals(handle.state, "draining");
    ending.open();
    assertEquals(await handle.finished, "clean");
    await manager.stop();
    assertEquals(await errors, []);
  });

  it("gives one reason to both signals", async () => {
    const reasons: unknown[] = [];
    const manager = new TaskManager();
    const handle = manager.addTask("it", {
      drain: async ({ draining, signal, done }) => {
        reasons.push(draining.reason);
        await done;
        reasons.push(signal.reason);
      },
    });
    const { errors } = await running(manager);
    handle.cancel("alone");
    handle.cancel("now", { drain: false });
    await handle.finished;
    assertEquals(reasons, ["alone", "alone"]);
    await manager.stop();
    assertEquals(await errors, []);
  });

  it("before it executes is not drained", async () => {
    const log: string[] = [];
    const initializing = gate();
    const manager = new TaskManager();
    const handles: TaskHandle[] = [];
    handles.push(manager.addTask("initialized", {
      initialize: () => {},
      ...drains(log),
    }));
    handles.push(manager.addTask("initializing", {
      initialize: () => initializing.reached,
      ...drains(log),
    }));
    handles.push(manager.addTask("waiting", drains(log)));
    handles.push(manager.addExecuteTask("queued", drains(log)));
    const { errors } = await running(manager);
    for (const handle of handles) handle.cancel();
    initializing.open();
    await microtasks();
    assertEquals(manager.state, "executing");
    manager.stop();
    assertEquals(manager.state, "stopping");
    assertEquals(await errors, []);
    assertEquals(log, []);
  });

  it("as all are executed is drained if it was executed, and skipped if not", async () => {
    const log: string[] = [];
    const ending = gate();
    const manager = new TaskManager();
    const drain = () => ending.reached;
    const before = manager.addTask("before", drains(log, drain));
    const itself: TaskHandle = manager.addTask(
      "itself",
      drains(log, drain, ({ done }) => {
        for (const handle of [before, itself, after]) handle.cancel();
        return done;
      }),
    );
    const after = manager.addTask("after", drains(log, drain));
    const { errors } = await running(manager);
    assertEquals(log, [
      "before told",
      "before drain",
      "itself told",
      "itself drain",
    ]);
    assertEquals(after.state, "never-started");
    manager.stop();
    assertEquals(manager.state, "stopping");
    ending.open();
    assertEquals(await errors, []);
  });

  it("in the event before its execute is told, and neither executed nor drained", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    const handle = manager.addTask(
      "it",
      drains(log, () => {}, ({ done }) => {
        log.push("execute");
        return done;
      }),
    );
    manager.subscribe((event) => {
      if (event.type === "stage-start" && event.stage === "execute") {
        handle.cancel();
      }
    });
    const { errors } = await running(manager);
    assertEquals(log, []);
    assertEquals(handle.state, "never-started");
    await manager.stop();
    assertEquals(await errors, []);
  });

  it("when its execute has ended is not drained by that, but by the stop", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    const handle = manager.addTask("it", drains(log, () => {}, () => {}), {
      type: "error",
    });
    const { errors } = await running(manager);
    handle.cancel();
    assertEquals(log, []);
    manager.stop();
    assertEquals(log, ["it told", "it drain", "it aborted"]);
    assertEquals(await errors, []);
  });

  it("after all were told changes nothing, with { drain: false } either", async () => {
    const log: string[] = [];
    const ending = gate();
    const manager = new TaskManager();
    const handle = manager.addTask("it", drains(log, () => ending.reached));
    manager.addTask("other", drains(log));
    const { errors } = await running(manager);
    manager.stop("enough");
    log.length = 0;
    handle.cancel("alone");
    handle.cancel("alone", { drain: false });
    await microtasks();
    assertEquals([manager.state, ...log], ["draining"]);
    ending.open();
    assertEquals(await errors, []);
    assertEquals(handle.state, "clean");
  });

  it("by a draining listener of its own is aborted, and not drained any more", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    const handle: TaskHandle = manager.addTask(
      "it",
      drains(log, () => {}, ({ draining, done }) => {
        draining.addEventListener(
          "abort",
          () => handle.cancel(undefined, { drain: false }),
        );
        return done;
      }),
    );
    const { errors } = await running(manager);
    handle.cancel();
    assertEquals(log, ["it told", "it aborted"]);
    await manager.stop();
    assertEquals(await errors, []);
  });

  it("by its own drain with { drain: false } is aborted while that goes on", async () => {
    const log: string[] = [];
    const ending = gate();
    const manager = new TaskManager();
    const handle: TaskHandle = manager.addTask(
      "it",
      drains(log, () => {
        handle.cancel(undefined, { drain: false });
        return ending.reached;
      }),
    );
    const { errors } = await running(manager);
    handle.cancel();
    assertEquals(log, ["it told", "it drain", "it aborted"]);
    await microtasks();
    assertEquals(handle.state, "draining");
    ending.open();
    assertEquals(await handle.finished, "clean");
    await manager.stop();
    assertEquals(await errors, []);
  });

  it("records what its drain throws, and stops nobody", async () => {
    for (
      const drain of [
        () => Promise.reject("broken"),
        () => {
          throw "broken";
        },
      ]
    ) {
      const manager = new TaskManager();
      const handle = manager.addTask("it", { drain });
      const { errors } = await running(manager);
      handle.cancel();
      assertEquals(await handle.finished, "failed");
      assertEquals(manager.state, "executing");
      await manager.stop();
      assertEquals(summary(await errors), ["it drain FAILED"]);
    }
  });

  it("as the last of a stop-group stops everything when it has drained", async () => {
    const ending = gate();
    const manager = new TaskManager();
    const handle = manager.addTask("it", {
      execute: ({ draining }) =>
        new Promise<void>((resolve) =>
          draining.addEventListener("abort", () => resolve())
        ),
      drain: () => ending.reached,
    }, { type: "stop-group" });
    manager.addTask("other", { execute: untilStopped });
    const { errors } = await running(manager);
    handle.cancel();
    await microtasks();
    assertEquals([manager.state, handle.state], ["executing", "draining"]);
    ending.open();
    assertEquals(await errors, []);
    assertEquals(manager.report().stop?.by, "stop-group");
  });
});
