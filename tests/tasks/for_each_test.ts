import { TaskContext, TaskManager } from "@goasync/core";
import { repeatable } from "@goasync/core/tasks";
import { forEach, type ForEachProgress } from "@goasync/core/tasks/for-each";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { batched, HeldWork } from "../helpers/batched.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { pass } from "../helpers/pass.ts";
import { watchedItems } from "../helpers/watched_items.ts";

async function* generate<Item>(...items: Item[]) {
  for (const item of items) yield await Promise.resolve(item);
}

/** Iterables of the same items. */
const ITERABLES: readonly {
  readonly what: string;
  readonly of: () => Iterable<string> | AsyncIterable<string>;
}[] = [
  { what: "an array", of: () => ["a", "b", "c"] },
  { what: "a set", of: () => new Set(["a", "b", "c"]) },
  { what: "a string", of: () => "abc" },
  { what: "a generator", of: () => ["a", "b", "c"].values() },
  { what: "an async generator", of: () => generate("a", "b", "c") },
];

describe("forEach() works on", () => {
  for (const { what, of } of ITERABLES) {
    it(`the items of ${what}, one after another, and ends`, async () => {
      const log: string[] = [];
      const { run, task } = batched(of(), async (item) => {
        log.push(`${item} begins`);
        await Promise.resolve();
        log.push(`${item} ends`);
      });
      assertEquals(await run, []);
      assertEquals(log, [
        "a begins",
        "a ends",
        "b begins",
        "b ends",
        "c begins",
        "c ends",
      ]);
      assertEquals(task.result, { done: 3, failed: [], isComplete: true });
    });
  }

  it("nothing if there is nothing", async () => {
    const { run, task } = batched([], () => {});
    assertEquals(await run, []);
    assertEquals(task.result, { done: 0, failed: [], isComplete: true });
  });

  it("so many items at a time, as there is room", async () => {
    const held = new HeldWork<number>();
    const { run } = batched([1, 2, 3, 4, 5], held.work, { concurrency: 3 });
    await microtasks();
    assertEquals(held.begun, [1, 2, 3]);
    held.end(2);
    await microtasks();
    assertEquals(held.begun, [1, 2, 3, 4]);
    held.end(1, 3);
    await microtasks();
    assertEquals(held.begun, [1, 2, 3, 4, 5]);
    held.end(4, 5);
    assertEquals(await run, []);
  });

  it("items that take time", async () => {
    using time = new FakeTime(0);
    const ended: [item: number, at: number][] = [];
    const { run } = batched([30, 10, 20], async (ms) => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      ended.push([ms, time.now]);
    }, { concurrency: 2 });
    for (let ms = 0; ms < 30; ms += 10) await pass(time, 10);
    assertEquals(await run, []);
    assertEquals(ended, [[10, 10], [30, 30], [20, 30]]);
  });

  it("the next item only when there is room for it", async () => {
    const held = new HeldWork<number>();
    const { items, calls } = watchedItems([1, 2, 3]);
    const { run } = batched(items, held.work, { concurrency: 2 });
    await microtasks();
    assertEquals(calls, ["next", "next"]);
    held.end(1);
    await microtasks();
    assertEquals(calls, ["next", "next", "next"]);
    held.end(2);
    await microtasks();
    assertEquals(calls, ["next", "next", "next", "next"]);
    held.end(3);
    assertEquals(await run, []);
  });

  it("no item before it has been given the one before", async () => {
    const answers: ((item: number) => void)[] = [];
    const { items, calls } = watchedItems<number>([], {
      next: () =>
        new Promise((resolve) =>
          answers.push((value) => resolve({ done: false, value }))
        ),
    });
    const { manager, run } = batched(items, () => {}, { concurrency: 3 });
    await microtasks();
    assertEquals(calls, ["next"]);
    answers[0]?.(1);
    await microtasks();
    assertEquals(calls, ["next", "next"]);
    await manager.stop();
    assertEquals(await run, []);
  });

  it("many items without holding the event loop up", async () => {
    let isHeard = false;
    let worked = 0;
    function* endless() {
      while (true) yield worked;
    }
    const { manager, run } = batched(endless(), () => worked++);
    setTimeout(() => {
      isHeard = true;
      manager.stop();
    });
    assertEquals(await run, []);
    assert(isHeard && worked > 0);
  });

  it("items that are promises as they are", async () => {
    const given: unknown[] = [];
    const promise = Promise.resolve(1);
    const { run } = batched([promise], (item) => void given.push(item));
    assertEquals(await run, []);
    assertEquals(given[0] === promise, true);
  });

  it("all anew each time that it is executed", async () => {
    const manager = new TaskManager();
    const log: number[] = [];
    const batch = forEach([1, 2], (item) => {
      log.push(item);
      if (log.length === 5) throw new Error("enough");
    });
    manager.addTask(
      "it",
      repeatable(batch, { onError: () => void manager.stop() }),
    );
    await manager.run();
    assertEquals(log, [1, 2, 1, 2, 1]);
    assertEquals(batch.result.done, 0);
    assertEquals(batch.result.failed.length, 1);
  });

  it("a context that is that of the task", async () => {
    const notes: string[] = [];
    const context = new TaskContext({
      name: "it",
      onNote: (message) => notes.push(message),
    });
    const task = forEach(["a"], (item, { name, note, signal, draining }) => {
      note(`${name} ${item}`);
      assertEquals([signal.aborted, draining.aborted], [false, false]);
    });
    await task.execute(context);
    assertEquals(notes, ["it a"]);
  });
});

describe("forEach() says in its result", () => {
  it("how far it is, in copies that do not change", async () => {
    const held = new HeldWork<string>();
    const { run, task } = batched(["a", "b"], held.work, { concurrency: 2 });
    const before = task.result;
    await microtasks();
    held.end("b");
    await microtasks();
    const meanwhile = task.result;
    held.end("a");
    await run;
    const after = task.result;
    assertEquals(before, { done: 0, failed: [], isComplete: false });
    assertEquals(meanwhile, { done: 1, failed: [], isComplete: false });
    assertEquals(after, { done: 2, failed: [], isComplete: true });
  });

  it("nothing before it is executed", () => {
    const task = forEach([], () => {});
    assertEquals(task.result, { done: 0, failed: [], isComplete: false });
  });
});

describe("forEach() tells its progress", () => {
  it("after each item, whether it is done or has failed", async () => {
    const heard: ForEachProgress<string>[] = [];
    const { run } = batched(["a", "b", "c"], (item) => {
      if (item === "b") throw new Error("no disk");
    }, {
      onError: "collect",
      onProgress: (progress) => heard.push(progress),
    });
    assertEquals(await run, []);
    assertEquals(heard, [
      { item: "a", done: 1, failed: 0 },
      { item: "b", done: 1, failed: 1 },
      { item: "c", done: 2, failed: 1 },
    ]);
  });

  it("to a function that throws or rejects, which changes nothing", async () => {
    for (
      const onProgress of [
        () => {
          throw new Error("no terminal");
        },
        () => Promise.reject(new Error("no terminal")),
      ]
    ) {
      const { run, task } = batched([1, 2], () => {}, { onProgress });
      assertEquals(await run, []);
      assertEquals(task.result.done, 2);
    }
  });

  it("to a function that stops its manager", async () => {
    const manager = new TaskManager();
    const task = forEach([1, 2, 3], () => {}, {
      onProgress: () => void manager.stop(),
    });
    manager.addTask("it", task);
    assertEquals(await manager.runSettled(), []);
    assertEquals(task.result, { done: 1, failed: [], isComplete: false });
  });
});
