import { TaskManager, type ToldEvent } from "@goasync/core";
import {
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { gate } from "../helpers/gate.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";

/** The events of being told, from now on. */
function toldBy(manager: TaskManager): ToldEvent[] {
  const told: ToldEvent[] = [];
  manager.subscribe((event) => {
    if (event.type === "told") told.push(event);
  });
  return told;
}

/** What they say, but for when. */
function said(told: readonly ToldEvent[]) {
  return told.map(({ path, by, taskName, reason }) => ({
    path,
    by,
    taskName,
    reason,
  }));
}

describe("rule 19: the event of being told to stop", () => {
  it("comes once in a stop, whoever else asks for it later", async () => {
    const shutdown = new AbortController();
    const drains = gate();
    const manager = new TaskManager();
    const told = toldBy(manager);
    manager.addExecuteTask("it", {
      execute: untilStopped,
      drain: () => drains.reached,
    });
    const fails = gate();
    manager.addExecuteTask(
      "failing",
      () => fails.reached.then(() => Promise.reject("broken")),
    );
    const { errors } = await running(manager, { signal: shutdown.signal });
    const reason = { why: "enough" };
    manager.stop(reason);
    manager.stop("again");
    shutdown.abort("aborted");
    fails.open();
    await microtasks();
    manager.stop("now", { drain: false });
    drains.open();
    await manager[Symbol.asyncDispose]();
    assertEquals((await errors).length, 1);
    assertEquals(said(told), [
      { path: [], by: "stop", taskName: null, reason },
    ]);
    assertStrictEquals(told[0]?.reason, reason);
  });

  it("has an AbortError where there is no reason", async () => {
    const manager = new TaskManager();
    const told = toldBy(manager);
    await running(manager);
    await manager.stop();
    assertInstanceOf(told[0]?.reason, DOMException);
    assertEquals(told[0].reason.name, "AbortError");
  });

  it("says that the caller's signal aborted", async () => {
    const shutdown = new AbortController();
    const manager = new TaskManager();
    const told = toldBy(manager);
    const { errors } = await running(manager, { signal: shutdown.signal });
    shutdown.abort("SIGTERM");
    assertEquals(said(told), [
      { path: [], by: "signal", taskName: null, reason: "SIGTERM" },
    ]);
    assertEquals(await errors, []);
  });

  it("says which task failed, in initialize or later, with its error", async () => {
    for (const stage of ["initialize", "execute"] as const) {
      const manager = new TaskManager();
      const told = toldBy(manager);
      manager.addTask("db", { [stage]: () => Promise.reject("broken") });
      const [error] = await manager.runSettled();
      assertEquals(said(told), [
        { path: [], by: "task", taskName: "db", reason: error },
      ]);
      assertStrictEquals(told[0]?.reason, error);
    }
  });

  it("says that the stop-group has ended", async () => {
    const manager = new TaskManager();
    const told = toldBy(manager);
    manager.addTask("it", { execute() {} }, { type: "stop-group" });
    assertEquals(await manager.runSettled(), []);
    assertEquals(told.length, 1);
    assertEquals([told[0]?.by, told[0]?.taskName], ["stop-group", null]);
  });

  it("comes once for a task that is cancelled, and not for the others", async () => {
    const drains = gate();
    const manager = new TaskManager();
    const told = toldBy(manager);
    const handle = manager.addTask("it", { drain: () => drains.reached });
    manager.addTask("other", { execute: untilStopped });
    const { errors } = await running(manager);
    handle.cancel("not needed");
    handle.cancel("again");
    handle.cancel("now", { drain: false });
    assertEquals(said(told), [
      { path: ["it"], by: "cancel", taskName: null, reason: "not needed" },
    ]);
    drains.open();
    await handle.finished;
    handle.cancel("too late");
    manager.stop("enough");
    handle.cancel("much too late");
    assertEquals(await errors, []);
    assertEquals(told.map(({ by }) => by), ["cancel", "stop"]);
  });

  it("comes for a task that is cancelled before the run", async () => {
    const manager = new TaskManager();
    const told = toldBy(manager);
    const handle = manager.addTask("it", { execute: untilStopped });
    handle.cancel("not needed");
    assertEquals(said(told), [
      { path: ["it"], by: "cancel", taskName: null, reason: "not needed" },
    ]);
    await manager.stop();
  });

  it("does not come for a task that is cancelled while everything stops", async () => {
    const ends = gate();
    const manager = new TaskManager();
    const told = toldBy(manager);
    const handle = manager.addTask("it", { execute: () => ends.reached });
    const { errors } = await running(manager);
    manager.stop();
    handle.cancel();
    ends.open();
    assertEquals(await errors, []);
    assertEquals(told.map(({ by }) => by), ["stop"]);
  });

  it("comes for each manager within, in the turn of the stop, and says that a signal told it", async () => {
    const inner = new TaskManager();
    inner.addTask("leaf", { execute: untilStopped });
    const other = new TaskManager();
    const manager = new TaskManager();
    manager.addExecuteTask("inner", inner);
    manager.addTask("other", other.asTask());
    const told = toldBy(manager);
    const { errors } = await running(manager);
    manager.stop("enough");
    assertEquals(said(told), [
      { path: [], by: "stop", taskName: null, reason: "enough" },
      { path: ["inner"], by: "signal", taskName: null, reason: "enough" },
      { path: ["other"], by: "signal", taskName: null, reason: "enough" },
    ]);
    assertEquals(await errors, []);
  });

  it("of a task that is cancelled comes before its signals abort and before it drains", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    const handle = manager.addTask("it", {
      execute({ draining, done }) {
        draining.addEventListener("abort", () => log.push("draining"));
        return done;
      },
      drain: () => void log.push("drain"),
    });
    const { errors } = await running(manager);
    manager.subscribe(({ type }) => type === "told" && log.push("told"));
    handle.cancel();
    assertEquals(log, ["told", "draining", "drain"]);
    await manager.stop();
    assertEquals(await errors, []);
  });
});
