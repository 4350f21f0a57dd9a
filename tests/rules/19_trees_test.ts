import { type Task, TaskManager } from "@goasync/core";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { stuck } from "../helpers/stuck.ts";
import { gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";
import { heard, inShort } from "../helpers/heard.ts";
import { untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";
import { started } from "../helpers/timeouts.ts";

/** A task that drains for as long as a promise takes. */
function draining(until: Promise<void>): Task {
  return { execute: untilStopped, drain: () => until };
}

describe("rule 19: events of a manager within", () => {
  it("reach those who listen above, with the whole path, in order", async () => {
    const drains = gate();
    const inner = new TaskManager();
    inner.addTask("leaf", draining(drains.reached));
    const manager = new TaskManager();
    manager.addExecuteTask("inner", inner);
    const log = heard(manager);
    const { errors } = await running(manager);
    assertEquals(log, [
      "/ initializing",
      "/ executing",
      "/inner execute starts",
      "/inner initializing",
      "/inner/leaf initialize starts",
      "/inner/leaf initialize ends clean",
      "/inner executing",
      "/inner/leaf execute starts",
    ]);
    log.length = 0;
    manager.stop("enough");
    drains.open();
    assertEquals(await errors, []);
    assertEquals(log, [
      "/ told by stop: enough",
      "/ draining",
      "/inner told by signal: enough",
      "/inner draining",
      "/inner/leaf drain starts",
      "/inner drain starts",
      "/inner/leaf drain ends clean",
      "/inner drain ends clean",
      "/ stopping",
      "/inner stopping",
      "/inner/leaf execute ends clean",
      "/inner cleaning-up",
      "/inner/leaf cleanup starts",
      "/inner/leaf cleanup ends clean",
      "/inner finished",
      "/inner execute ends clean",
      "/ cleaning-up",
      "/ finished",
    ]);
  });

  it("of one that is a task come at their place among those of its siblings", async () => {
    const inner = new TaskManager();
    inner.addTask("leaf", { initialize() {} });
    const manager = new TaskManager();
    manager.addTask("inner", inner.asTask());
    const log = heard(manager);
    const { errors } = await running(manager);
    assertEquals(log, [
      "/ initializing",
      "/inner initialize starts",
      "/inner initializing",
      "/inner/leaf initialize starts",
      "/inner/leaf initialize ends clean",
      "/inner initialize ends clean",
      "/ executing",
      "/inner execute starts",
      "/inner executing",
      "/inner/leaf execute starts",
    ]);
    log.length = 0;
    await manager.stop("enough");
    assertEquals(await errors, []);
    assertEquals(log.slice(-8), [
      "/ cleaning-up",
      "/inner cleanup starts",
      "/inner cleaning-up",
      "/inner/leaf cleanup starts",
      "/inner/leaf cleanup ends clean",
      "/inner finished",
      "/inner cleanup ends clean",
      "/ finished",
    ]);
  });

  it("reach its own listeners, too, with the path from the outermost manager down", async () => {
    const inner = new TaskManager();
    inner.addTask("leaf", { initialize: ({ note }) => note("hello") });
    const middle = new TaskManager();
    middle.addExecuteTask("inner", inner);
    const manager = new TaskManager();
    manager.addExecuteTask("middle", middle);
    const ofInner = heard(inner);
    const ofMiddle = heard(middle);
    const { errors } = await running(manager);
    await manager.stop("enough");
    assertEquals(await errors, []);
    for (const log of [ofInner, ofMiddle]) {
      const inside = log.filter((line) => line.startsWith("/middle/inner"));
      assertEquals(inside.slice(-16), [
        ...(log === ofInner ? [] : ["/middle/inner execute starts"]),
        "/middle/inner initializing",
        "/middle/inner/leaf initialize starts",
        "/middle/inner/leaf notes hello",
        "/middle/inner/leaf initialize ends clean",
        "/middle/inner executing",
        "/middle/inner/leaf execute starts",
        "/middle/inner told by signal: enough",
        "/middle/inner stopping",
        "/middle/inner/leaf execute ends clean",
        "/middle/inner cleaning-up",
        "/middle/inner/leaf cleanup starts",
        "/middle/inner/leaf cleanup ends clean",
        "/middle/inner finished",
        ...(log === ofInner ? [] : ["/middle/inner execute ends clean"]),
      ]);
      assertEquals(log.includes("/ executing"), false);
    }
  });

  it("are heard by its listeners alone if nobody listens above", async () => {
    const inner = new TaskManager();
    inner.addTask("leaf", { execute: untilStopped });
    const manager = new TaskManager();
    manager.addExecuteTask("inner", inner);
    const { errors } = await running(manager);
    const log = heard(inner);
    await manager.stop("enough");
    assertEquals(await errors, []);
    assertEquals(log, [
      "/inner told by signal: enough",
      "/inner stopping",
      "/inner/leaf execute ends clean",
      "/inner cleaning-up",
      "/inner/leaf cleanup starts",
      "/inner/leaf cleanup ends clean",
      "/inner finished",
    ]);
  });

  it("are heard first by its listeners, then by those above, each before the next event", async () => {
    const inner = new TaskManager();
    const manager = new TaskManager();
    manager.addExecuteTask("inner", inner);
    const log: string[] = [];
    manager.subscribe((event) => log.push(`above ${inShort(event)}`));
    inner.subscribe((event) => {
      log.push(`within ${inShort(event)}`);
      if (event.type === "state" && event.state === "executing") {
        manager.stop("enough");
      }
    });
    assertEquals(await manager.runSettled(), []);
    const from = log.indexOf("within /inner executing");
    assertEquals(log.slice(from, from + 8), [
      "within /inner executing",
      "above /inner executing",
      "above / told by stop: enough",
      "above / stopping",
      "within /inner told by signal: enough",
      "above /inner told by signal: enough",
      "within /inner stopping",
      "above /inner stopping",
    ]);
  });

  it("tell by their whole path whom a shutdownTimeout has left behind, the innermost first", async () => {
    using time = new FakeTime();
    const inner = new TaskManager();
    inner.addTask("stuck", { execute: stuck });
    inner.addTask("waiting", { cleanup() {} });
    const manager = new TaskManager({ shutdownTimeout: 100 });
    manager.addTask("inner", inner.asTask());
    await started(manager, time);
    manager.stop("enough");
    await time.runMicrotasks();
    const log = heard(manager);
    await pass(time, 100);
    assertEquals(log, [
      "/inner/stuck left behind in execute",
      "/inner/stuck execute ends abandoned",
      "/inner/waiting left behind in cleanup",
      "/inner finished",
      "/inner left behind in execute",
      "/inner execute ends abandoned",
      "/ finished",
    ]);
  });

  it("have the path of the wrapper's task when it runs behind one", async () => {
    const inner = new TaskManager();
    inner.addTask("leaf", { initialize: ({ note }) => note("hello") });
    const manager = new TaskManager();
    const { signal } = new AbortController();
    manager.addExecuteTask(
      "with",
      (context) => inner.execute(context.with({ draining: signal })),
    );
    const log = heard(manager);
    const { errors } = await running(manager);
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(log.filter((line) => line.includes("notes")), [
      "/with/leaf notes hello",
    ]);
  });

  it("do not reach those above once it has left, nor another that it then is in", async () => {
    const first = new TaskManager();
    const manager = new TaskManager();
    const handle = manager.addExecuteTask("first", first);
    const { errors } = await running(manager);
    handle.cancel();
    assertEquals(await handle.finished, "clean");
    const log = heard(manager);
    const own = heard(first);
    await first.stop();
    assertEquals([log, own], [[], []]);
    await manager.stop();
    assertEquals(await errors, []);
  });
});
