import { TaskContext, TaskManager } from "@goasync/core";
import { forEach } from "@goasync/core/tasks/for-each";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { batched, HeldWork } from "../helpers/batched.ts";
import { countedSignal } from "../helpers/counted_signal.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { pass } from "../helpers/pass.ts";
import { watchedItems } from "../helpers/watched_items.ts";

const STOPPED = { done: 0, failed: [], isComplete: false };

describe("forEach() with a signal", () => {
  it("works on all items while that is not aborted", async () => {
    const { signal, listeners } = countedSignal();
    const task = forEach([1, 2, 3], () => {}, { concurrency: 2 });
    await task.execute(new TaskContext({ name: "it", signal }));
    assertEquals(task.result.done, 3);
    assertEquals(listeners(), 0);
  });

  it("takes nothing with one that is aborted already, and closes the iterator", async () => {
    const { items, calls } = watchedItems([1]);
    const task = forEach(items, () => {});
    const signal = AbortSignal.abort();
    await task.execute(new TaskContext({ name: "it", signal }));
    assertEquals([calls, task.result], [["return"], STOPPED]);
  });

  it("takes no more when it is aborted meanwhile, and waits for what it has", async () => {
    const { signal, abort, listeners } = countedSignal();
    const held = new HeldWork<number>();
    const task = forEach([1, 2, 3], held.work, { concurrency: 2 });
    const execution = task.execute(new TaskContext({ name: "it", signal }));
    await microtasks();
    abort();
    assertEquals(held.contexts.map(({ signal }) => signal.aborted), [
      true,
      true,
    ]);
    held.end(1, 2);
    await execution;
    assertEquals([held.begun, task.result.done], [[1, 2], 2]);
    assertEquals(listeners(), 0);
  });

  it("is as it was when it is aborted after the end", async () => {
    const { signal, abort } = countedSignal();
    const task = forEach([1], () => {});
    await task.execute(new TaskContext({ name: "it", signal }));
    const { result } = task;
    abort();
    await microtasks();
    assertEquals(task.result, result);
  });

  it("gives its custom reason to the work, and takes it for a clean stop", async () => {
    const { manager, run, task, notes } = batched(
      [1, 2],
      async (_item, { done, signal }) => {
        await done;
        throw signal.reason;
      },
      { concurrency: 2, onError: "collect" },
    );
    await microtasks();
    await manager.stop("enough", { drain: false });
    assertEquals([await run, task.result, notes()], [[], STOPPED, []]);
  });
});

describe("forEach() told to stop", () => {
  it("during initialize is not executed", async () => {
    const { items, calls } = watchedItems([1]);
    const manager = new TaskManager();
    manager.addTask("first", { initialize: () => void manager.stop() });
    const task = forEach(items, () => {});
    manager.addTask("it", task, { type: "stop-group" });
    assertEquals(await manager.runSettled(), []);
    assertEquals([calls, task.result], [[], STOPPED]);
  });

  it("as it begins works on nothing", async () => {
    const { items, calls } = watchedItems([1]);
    const manager = new TaskManager();
    manager.addTask("first", { execute: () => void manager.stop() });
    const task = forEach(items, () => {});
    manager.addTask("it", task, { type: "stop-group" });
    assertEquals(await manager.runSettled(), []);
    assertEquals([calls, task.result], [["return"], STOPPED]);
  });

  it("finishes what it has, with signals that are live, and takes no more", async () => {
    const held = new HeldWork<number>();
    const { items, calls } = watchedItems([1, 2, 3, 4]);
    const { manager, run, task } = batched(items, held.work, {
      concurrency: 2,
    });
    await microtasks();
    manager.stop();
    await microtasks();
    assertEquals(manager.state, "draining");
    assertEquals(
      held.contexts.map(({ draining, signal }) => [
        draining.aborted,
        signal.aborted,
      ]),
      [[true, false], [true, false]],
    );
    assertEquals(calls, ["next", "next", "return"]);
    held.end(1);
    await microtasks();
    assertEquals(manager.state, "draining");
    held.end(2);
    assertEquals([await run, held.begun], [[], [1, 2]]);
    assertEquals(task.result, { done: 2, failed: [], isComplete: false });
  });

  it("is complete if it has taken all, and they end well", async () => {
    const held = new HeldWork<number>();
    const { manager, run, task } = batched([1, 2], held.work, {
      concurrency: 3,
    });
    await microtasks();
    manager.stop();
    held.end(1, 2);
    assertEquals([await run, task.result], [
      [],
      { done: 2, failed: [], isComplete: true },
    ]);
  });

  it("is not complete if one of them is aborted", async () => {
    const { manager, run, task } = batched(
      [1],
      async (_item, { done, signal }) => {
        await done;
        signal.throwIfAborted();
      },
      { concurrency: 2 },
    );
    await microtasks();
    await manager.stop(undefined, { drain: false });
    assertEquals([await run, task.result], [[], STOPPED]);
  });

  it("has its signal aborted when its drainTimeout is over", async () => {
    using time = new FakeTime(0);
    const manager = new TaskManager({ drainTimeout: 1_000 });
    const aborted: number[] = [];
    const task = forEach([1, 2], async (_item, { done, signal }) => {
      await done;
      aborted.push(time.now);
      signal.throwIfAborted();
    });
    manager.addTask("it", task, { type: "stop-group" });
    const run = manager.runSettled();
    await pass(time, 100);
    manager.stop();
    await pass(time, 999);
    assertEquals([manager.state, aborted], ["draining", []]);
    await pass(time, 1);
    assertEquals([await run, aborted, task.result], [[], [1_100], STOPPED]);
  });

  it("is left behind by its stopTimeout when its work never ends", async () => {
    using time = new FakeTime(0);
    const manager = new TaskManager({ drainTimeout: 10, stopTimeout: 10 });
    const { items, calls } = watchedItems([1, 2]);
    const abandoned: boolean[] = [];
    const task = forEach(items, (_item, context) => {
      context.abandoned.addEventListener("abort", () => abandoned.push(true));
      return new Promise(() => {});
    });
    manager.addTask("it", task, { type: "stop-group" });
    const run = manager.runSettled();
    await pass(time, 0);
    manager.stop();
    await pass(time, 10);
    await pass(time, 10);
    const errors = await run;
    assertEquals(errors.map(({ code }) => code), ["TIMEOUT"]);
    assertEquals([abandoned, calls], [[true], ["next", "return"]]);
  });

  it("alone, by cancel, finishes what it has", async () => {
    const held = new HeldWork<number>();
    const manager = new TaskManager();
    const task = forEach([1, 2], held.work);
    const handle = manager.addTask("it", task, { type: "error" });
    const run = manager.runSettled();
    await microtasks();
    handle.cancel();
    held.end(1);
    assertEquals(await handle.finished, "clean");
    assertEquals([held.begun, manager.state], [[1], "executing"]);
    await manager.stop();
    assertEquals(await run, []);
  });

  it("as an execute task finishes what it has, too", async () => {
    const held = new HeldWork<number>();
    const manager = new TaskManager();
    const task = forEach([1, 2], held.work);
    manager.addExecuteTask("it", task, { type: "error" });
    const run = manager.runSettled();
    await microtasks();
    manager.stop();
    await microtasks();
    assertEquals(manager.state, "draining");
    held.end(1);
    assertEquals([await run, task.result.done], [[], 1]);
  });
});

describe("forEach() as a stop-group", () => {
  it("stops everything when the last of them ends", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    manager.addTask("journal", {
      execute: ({ done }) => done,
      cleanup: () => log.push("journal is closed"),
    });
    for (const name of ["first", "second"]) {
      const task = forEach([name], (item) => void log.push(item));
      manager.addTask(name, task, { type: "stop-group" });
    }
    assertEquals(await manager.runSettled(), []);
    assertEquals(log, ["first", "second", "journal is closed"]);
  });
});
