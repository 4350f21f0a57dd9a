import { type ManagerEvent, type Task, TaskManager } from "@goasync/core";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { running } from "../../helpers/running.ts";

/** A manager with one task, and what that is told and does, in order. */
function managerOf(task: Task): { manager: TaskManager; log: string[] } {
  const log: string[] = [];
  const manager = new TaskManager({ stopTimeout: 10 });
  manager.addTask("it", {
    execute(context) {
      log.push("execute");
      const { signal } = context;
      signal.addEventListener(
        "abort",
        () => log.push(`abort ${signal.reason}`),
      );
      return task.execute ? task.execute(context) : context.done;
    },
    drain(context) {
      log.push("drain");
      return task.drain?.(context);
    },
  });
  return { manager, log };
}

/** Does something once, within the first event that is like that. */
function within(
  manager: TaskManager,
  isIt: (event: ManagerEvent) => boolean,
  act: () => void,
): void {
  const end = manager.subscribe((event) => {
    if (!isIt(event)) return;
    end();
    act();
  });
}

const executeStarts = (event: ManagerEvent) =>
  event.type === "stage-start" && event.stage === "execute";
const hasFailed = (event: ManagerEvent) =>
  event.type === "stage-end" && event.error !== null;
const isCancelled = (event: ManagerEvent) =>
  event.type === "told" && event.by === "cancel";

describe("what went wrong with events", () => {
  it("a stop in the event before execute drained the task before", async () => {
    const { manager, log } = managerOf({});
    within(manager, executeStarts, () => void manager.stop("why"));
    assertEquals(await manager.runSettled(), []);
    assertEquals(log, ["execute", "drain", "abort why"]);
  });

  it("a cancel in the event before execute drained the task before, and left a timer", async () => {
    using time = new FakeTime();
    const { manager, log } = managerOf({});
    within(manager, executeStarts, () => manager.tasks[0]!.cancel("why"));
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, []);
    assertEquals(time.next(), false);
  });

  it("a stop in the event of a failure drained the task that had failed", async () => {
    const { manager, log } = managerOf({ execute: () => Promise.reject("no") });
    within(manager, hasFailed, () => void manager.stop("why"));
    const [error] = await manager.runSettled();
    assertEquals(error?.cause, "no");
    assertEquals(log, ["execute", "abort why"]);
  });

  it("a stop in the event of a drain that is cut short cut it twice, and left a timer", async () => {
    using time = new FakeTime();
    const { manager } = managerOf({ drain: ({ done }) => done });
    const heard: string[] = [];
    manager.subscribe(({ type }) => {
      if (type !== "drain-cut-short") return;
      heard.push(type);
      void manager.stop(undefined, { drain: false });
    });
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop();
    manager.stop(undefined, { drain: false });
    assertEquals(await errors, []);
    assertEquals(heard, ["drain-cut-short"]);
    assertEquals(time.next(), false);
  });

  it("a cancel in the event of a cancel told the task twice, and drained it when it was aborted", async () => {
    const { manager, log } = managerOf({});
    const heard: unknown[] = [];
    manager.subscribe((event) => {
      if (event.type === "told") heard.push(event.reason);
    });
    await running(manager);
    const [handle] = manager.tasks;
    within(manager, isCancelled, () => handle!.cancel("second"));
    handle!.cancel("first");
    assertEquals(heard, ["first"]);
    assertEquals(log, ["execute", "drain", "abort first"]);
    await manager.stop();
  });

  it("a stop in the event of a cancel drained the task when it was aborted", async () => {
    const { manager, log } = managerOf({});
    await running(manager);
    const [handle] = manager.tasks;
    within(manager, isCancelled, () => void manager.stop("second"));
    handle!.cancel("first");
    assertEquals(log, ["execute", "abort second"]);
    await manager.stop();
  });

  it("those above did not hear that a manager within initializes", async () => {
    const inner = new TaskManager();
    inner.addTask("it", { cleanup: () => {} });
    const manager = new TaskManager();
    manager.addTask("inner", inner.asTask());
    const heard: string[] = [];
    manager.subscribe((event) => {
      const { type, path } = event;
      if (type !== "state" || path.length === 0) return;
      heard.push(`${path.join("/")} ${event.state}`);
    });
    await running(manager);
    await manager.stop();
    assertEquals(heard, [
      "inner initializing",
      "inner executing",
      "inner stopping",
      "inner cleaning-up",
      "inner finished",
    ]);
  });

  it("a subscription heard the event in which it was ended", async () => {
    const manager = new TaskManager();
    const heard: ManagerEvent[] = [];
    manager.subscribe(() => end());
    const end = manager.subscribe((event) => heard.push(event));
    await running(manager);
    await manager.stop();
    assertEquals(heard, []);
  });

  it("a stop of those above in the event of a stop drained a task before it was told", async () => {
    const inner = new TaskManager();
    const outer = new TaskManager();
    const drained: boolean[] = [];
    inner.addTask("it", {
      drain: ({ draining }) => void drained.push(draining.aborted),
    });
    outer.addTask("inner", inner.asTask());
    outer.subscribe(({ type }) => {
      if (type === "told") void outer.stop("above", { drain: false });
    });
    const { errors } = await running(outer);
    void inner.stop();
    assertEquals(await errors, []);
    assertEquals(drained, []);
  });
});
