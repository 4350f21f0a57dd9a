import { TaskManager } from "@goasync/core";
import { forEach } from "@goasync/core/tasks/for-each";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { batched, HeldWork } from "../helpers/batched.ts";
import { gate } from "../helpers/gate.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { watchedItems } from "../helpers/watched_items.ts";

const error = new Error("no disk");

/** The two ways to fail. */
const FAILURES: readonly {
  readonly what: string;
  readonly fail: () => unknown;
}[] = [
  {
    what: "throws",
    fail() {
      throw error;
    },
  },
  { what: "rejects", fail: () => Promise.reject(error) },
];

for (const { what, fail } of FAILURES) {
  describe(`forEach() with work that ${what}`, () => {
    for (const onError of [undefined, "stop"] as const) {
      it(`takes no more and fails, with ${onError}`, async () => {
        const { items, calls } = watchedItems(["a", "b", "c"]);
        const { run, task, notes } = batched(
          items,
          (item) => item === "b" && fail(),
          { onError },
        );
        const errors = await run;
        assertEquals(errors.map(({ cause, stage }) => [cause, stage]), [
          [error, "execute"],
        ]);
        assertEquals(task.result, {
          done: 1,
          failed: [{ item: "b", error }],
          isComplete: false,
        });
        assertEquals(notes(), ['failed on "b": no disk']);
        assertEquals(calls, ["next", "next", "return"]);
      });
    }

    it("goes on to the end with collect", async () => {
      const { items, calls } = watchedItems(["a", "b", "c", "d"]);
      const { run, task, notes } = batched(
        items,
        (item) => "bc".includes(item) && fail(),
        { onError: "collect" },
      );
      assertEquals(await run, []);
      assertEquals(task.result, {
        done: 2,
        failed: [{ item: "b", error }, { item: "c", error }],
        isComplete: true,
      });
      assertEquals(notes(), [
        'failed on "b": no disk',
        'failed on "c": no disk',
      ]);
      assertEquals(calls, ["next", "next", "next", "next", "next"]);
    });
  });
}

describe("forEach() when an item fails and others are in progress", () => {
  it("aborts their signal with the error, and waits for them", async () => {
    const fail = gate();
    const finish = gate();
    const log: unknown[] = [];
    const { manager, run, task } = batched(
      ["a", "b", "c"],
      async (item, context) => {
        if (item === "b") {
          await fail.reached;
          throw error;
        }
        await context.done;
        log.push(context.signal.reason, context.draining.aborted);
        await finish.reached;
        context.signal.throwIfAborted();
      },
      { concurrency: 2 },
    );
    await microtasks();
    fail.open();
    await microtasks();
    assertEquals([log, manager.state], [[error, true], "executing"]);
    finish.open();
    const errors = await run;
    assertEquals(errors.map(({ cause }) => cause), [error]);
    assertEquals(task.result, {
      done: 0,
      failed: [{ item: "b", error }],
      isComplete: false,
    });
  });

  it("says which of them fail, too, and fails with the first", async () => {
    const second = new Error("no network");
    const { run, task } = batched(["a", "b"], async (item, { done }) => {
      if (item === "b") throw error;
      await done;
      throw second;
    }, { concurrency: 2 });
    const errors = await run;
    assertEquals(errors.map(({ cause }) => cause), [error]);
    assertEquals(task.result.failed, [
      { item: "b", error },
      { item: "a", error: second },
    ]);
  });

  it("counts as done what ends well all the same", async () => {
    const held = new HeldWork<string>();
    const { run, task } = batched(["a", "b"], (item, context) => {
      if (item === "b") throw error;
      return held.work(item, context);
    }, { concurrency: 2 });
    await microtasks();
    held.end("a");
    await run;
    assertEquals(task.result.done, 1);
  });

  it("does not abort them with collect", async () => {
    const held = new HeldWork<string>();
    const { run } = batched(["a", "b"], (item, context) => {
      if (item === "b") throw error;
      return held.work(item, context);
    }, { concurrency: 2, onError: "collect" });
    await microtasks();
    assertEquals(held.contexts[0]?.signal.aborted, false);
    held.end("a");
    assertEquals(await run, []);
  });
});

describe("forEach() takes for a failure", () => {
  it("an AbortError before it is told to stop", async () => {
    const inner = new DOMException("The fetch was aborted", "AbortError");
    const { run } = batched([1], () => Promise.reject(inner));
    const errors = await run;
    assertEquals(errors.map(({ cause }) => cause), [inner]);
  });

  it("anything that is thrown, undefined, too", async () => {
    const { run, task } = batched([1, 2], (item) => {
      throw item === 1 ? undefined : null;
    }, { onError: "collect" });
    assertEquals(await run, []);
    assertEquals(task.result.failed, [
      { item: 1, error: undefined },
      { item: 2, error: null },
    ]);
  });

  it("undefined that stops it, too", async () => {
    const { run, notes } = batched([{}], () => {
      throw undefined;
    });
    const errors = await run;
    assertEquals(errors.map(({ cause }) => cause), [undefined]);
    assertEquals(notes(), ["failed on an instance of Object: undefined"]);
  });

  it("what comes after the stop and is no clean stop", async () => {
    const manager = new TaskManager();
    const task = forEach([1], async (_item, { draining }) => {
      manager.stop();
      await Promise.resolve(draining);
      throw error;
    });
    manager.addTask("it", task);
    const errors = await manager.runSettled();
    assertEquals(errors.map(({ cause }) => cause), [error]);
    assertEquals(task.result.failed, [{ item: 1, error }]);
  });
});
