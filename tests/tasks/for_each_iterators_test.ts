import { TaskContext } from "@goasync/core";
import { forEach } from "@goasync/core/tasks/for-each";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { batched, HeldWork } from "../helpers/batched.ts";
import { countedSignal } from "../helpers/counted_signal.ts";
import { gate } from "../helpers/gate.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { never, watchedItems } from "../helpers/watched_items.ts";

const error = new Error("no folder");

function fail(): never {
  throw error;
}

describe("forEach() fails with what an iterator throws", () => {
  const WAYS: readonly {
    readonly what: string;
    readonly items: () => Iterable<number> | AsyncIterable<number>;
  }[] = [
    {
      what: "a generator",
      *items() {
        yield 1;
        fail();
      },
    },
    {
      what: "an async generator",
      async *items() {
        yield await Promise.resolve(1);
        fail();
      },
    },
    {
      what: "one that throws at once",
      items: () => {
        let calls = 0;
        const next = () => calls++ ? fail() : { done: false, value: 1 };
        return { [Symbol.iterator]: () => ({ next }) };
      },
    },
  ];
  for (const { what, items } of WAYS) {
    for (const onError of ["stop", "collect"] as const) {
      it(`of ${what}, with ${onError}`, async () => {
        const { run, task } = batched(items(), () => {}, { onError });
        const errors = await run;
        assertEquals(errors.map(({ cause }) => cause), [error]);
        assertEquals(task.result, { done: 1, failed: [], isComplete: false });
      });
    }
  }

  it("when it is made", async () => {
    const { run } = batched({ [Symbol.iterator]: fail }, () => {});
    const errors = await run;
    assertEquals(errors.map(({ cause }) => cause), [error]);
  });

  it("and closes it, and aborts what is in progress", async () => {
    const held = new HeldWork<number>();
    const { items, calls } = watchedItems([1], {
      next: (index) => index === 1 ? fail() : { done: false, value: 1 },
    });
    const { manager, run } = batched(items, held.work, { concurrency: 2 });
    await microtasks();
    assertEquals(calls, ["next", "next", "return"]);
    assertEquals(held.contexts[0]?.signal.reason, error);
    assertEquals(manager.state, "executing");
    held.end(1);
    const errors = await run;
    assertEquals(errors.map(({ cause }) => cause), [error]);
  });

  it("if it gives no object, and says so", async () => {
    const { items } = watchedItems<number>([], {
      // @ts-expect-error: a number is no result of an iterator.
      next: () => 5,
    });
    const [failure] = await batched(items, () => {}).run;
    assertStringIncludes(
      failure?.message ?? "",
      "Cannot take an item as 'next' of its iterator must return an object: current value is 5 (number)",
    );
  });
});

describe("forEach() closes the iterator", () => {
  it("not if that has ended by itself", async () => {
    const { items, calls } = watchedItems([1]);
    await batched(items, () => {}).run;
    assertEquals(calls, ["next", "next"]);
  });

  it("as soon as it is told to stop, whatever is in progress", async () => {
    const held = new HeldWork<number>();
    const { items, calls } = watchedItems([1, 2]);
    const { manager, run } = batched(items, held.work);
    await microtasks();
    manager.stop();
    await microtasks();
    assertEquals([calls, manager.state], [["next", "return"], "draining"]);
    held.end(1);
    assertEquals(await run, []);
  });

  it("and waits for that", async () => {
    const closed = gate();
    const { items } = watchedItems([1, 2], { return: () => closed.reached });
    const { manager, run } = batched(items, () => void manager.stop());
    await microtasks();
    assertEquals(manager.state, "draining");
    closed.open();
    assertEquals(await run, []);
  });

  it("of a generator, whose `finally` has run before the task ends", async () => {
    const log: string[] = [];
    async function* lines() {
      try {
        while (true) yield await Promise.resolve("line");
      } finally {
        await Promise.resolve();
        log.push("file closed");
      }
    }
    const { manager, run } = batched(lines(), () => void manager.stop());
    assertEquals(await run, []);
    assertEquals(log, ["file closed"]);
  });

  it("that lacks a `return` without a word", async () => {
    const items = {
      [Symbol.iterator]: () => ({ next: () => ({ done: false, value: 1 }) }),
    };
    const { manager, run } = batched(items, () => void manager.stop());
    assertEquals(await run, []);
  });

  it("and fails with what that throws", async () => {
    for (const close of [fail, () => Promise.reject(error)]) {
      const { items } = watchedItems([1, 2], { return: close });
      const { manager, run } = batched(items, () => void manager.stop());
      const errors = await run;
      assertEquals(errors.map(({ cause }) => cause), [error]);
    }
  });

  it("and fails with what failed before, whatever that throws", async () => {
    const first = new Error("no disk");
    const { items } = watchedItems([1, 2], { return: fail });
    const { run } = batched(items, () => Promise.reject(first));
    const errors = await run;
    assertEquals(errors.map(({ cause }) => cause), [first]);
  });
});

describe("forEach() told to stop while the iterator owes an item", () => {
  it("calls its `return` and waits for neither", async () => {
    const { items, calls } = watchedItems([], { next: never, return: never });
    const { manager, run, task } = batched(items, () => {});
    await microtasks();
    await manager.stop();
    assertEquals(await run, []);
    assertEquals(calls, ["next", "return"]);
    assertEquals(task.result, { done: 0, failed: [], isComplete: false });
  });

  it("does so for a generator that hangs", async () => {
    async function* hangs() {
      yield 1;
      await never();
      yield 2;
    }
    const { manager, run, task } = batched(hangs(), () => {});
    await microtasks();
    await manager.stop();
    assertEquals(await run, []);
    assertEquals(task.result, { done: 1, failed: [], isComplete: false });
  });

  it("ignores what that throws, then or later", async () => {
    const answer = gate();
    const { items } = watchedItems([], {
      next: () => answer.reached.then(fail),
      return: fail,
    });
    const { manager, run } = batched(items, () => {});
    await microtasks();
    await manager.stop();
    answer.open();
    await microtasks();
    assertEquals(await run, []);
  });

  it("works on no item that comes after that", async () => {
    const answer = gate();
    const held = new HeldWork<number>();
    const { items } = watchedItems<number>([], {
      next: () => answer.reached.then(() => ({ done: false, value: 1 })),
    });
    const { manager, run } = batched(items, held.work);
    await microtasks();
    manager.stop();
    answer.open();
    assertEquals([await run, held.begun], [[], []]);
  });

  it("is not complete because the iterator ends as it is closed", async () => {
    const answer = gate();
    const { items } = watchedItems<number>([], {
      next: () => answer.reached.then(() => ({ done: true, value: undefined })),
      return: answer.open,
    });
    const { manager, run, task } = batched(items, () => {});
    await microtasks();
    await manager.stop();
    assertEquals([await run, task.result.isComplete], [[], false]);
  });

  it("waits for what is in progress", async () => {
    const held = new HeldWork<number>();
    const { items, calls } = watchedItems([1], {
      next: (index) => index === 0 ? { done: false, value: 1 } : never(),
    });
    const { manager, run, task } = batched(items, held.work, {
      concurrency: 2,
    });
    await microtasks();
    manager.stop();
    await microtasks();
    assertEquals([calls.at(-1), manager.state], ["return", "draining"]);
    held.end(1);
    assertEquals([await run, task.result.done], [[], 1]);
  });

  it("leaves no listener behind", async () => {
    const { signal, listeners, abort } = countedSignal();
    const { items } = watchedItems([], { next: never });
    const task = forEach(items, () => {});
    const execution = task.execute(new TaskContext({ name: "it", signal }));
    await microtasks();
    abort();
    await execution;
    assertEquals(listeners(), 0);
  });
});
