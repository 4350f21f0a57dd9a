import { forEach } from "@goasync/core/tasks";
import {
  type FailedItem,
  forEach as forEachAlone,
  type ForEachOptions,
  type ForEachProgress,
  type ForEachResult,
  type ForEachTask,
} from "@goasync/core/tasks/for-each";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";

const nothing = () => {};

describe("forEach() throws TypeError", () => {
  it("for what is not iterable", () => {
    for (const items of [5, null, undefined, {}, nothing]) {
      assertThrows(
        // @ts-expect-error: it must be iterable.
        () => forEach(items, nothing),
        TypeError,
        "Cannot work on each item as the items must be an iterable or an async iterable: current value is",
      );
    }
  });

  it("for work that is no function", () => {
    for (const work of [undefined, null, {}, "work"]) {
      assertThrows(
        // @ts-expect-error: it must be a function.
        () => forEach([], work),
        TypeError,
        "Cannot work on each item as 'work' must be a function",
      );
    }
  });

  it("for options that are none, or have other values", () => {
    assertThrows(
      // @ts-expect-error: it must be an object.
      () => forEach([], nothing, 4),
      TypeError,
      "Cannot work on each item as the options must be an object",
    );
    assertThrows(
      // @ts-expect-error: it must be "stop" or "collect".
      () => forEach([], nothing, { onError: nothing }),
      TypeError,
      'Cannot work on each item as \'onError\' must be "stop" or "collect"',
    );
    assertThrows(
      // @ts-expect-error: it must be a function.
      () => forEach([], nothing, { onProgress: "bar" }),
      TypeError,
      "Cannot work on each item as 'onProgress' must be a function",
    );
  });
});

describe("forEach() throws RangeError", () => {
  for (const concurrency of [0, -1, 1.5, NaN, Infinity, "4", null]) {
    it(`for a concurrency of ${concurrency}`, () => {
      assertThrows(
        () => forEach([], nothing, { concurrency: concurrency as number }),
        RangeError,
        "Cannot work on each item as 'concurrency' must be an integer from 1 up",
      );
    });
  }
});

describe("forEach() is typed", () => {
  it("so that the items are what the iterable has", () => {
    async function* pages() {
      yield await Promise.resolve({ url: "/" });
    }
    const task: ForEachTask<{ url: string }> = forEach(
      pages(),
      ({ url }) => url,
    );
    const result: ForEachResult<{ url: string }> = task.result;
    const [failed]: readonly FailedItem<{ url: string }>[] = result.failed;
    assertEquals(failed?.item.url, undefined);
    // @ts-expect-error: a number has no url.
    forEach([1], ({ url }) => url);
    // @ts-expect-error: the items are strings.
    forEach(["a"], (item: number) => item);
  });

  it("so that its progress is that of the items", () => {
    const numbers = (progress: ForEachProgress<number>) => progress.item;
    forEach([1], nothing, { onProgress: numbers });
    // @ts-expect-error: the items are strings.
    forEach(["a"], nothing, { onProgress: numbers });
  });

  it("so that options and results that it has not are mistakes", () => {
    // @ts-expect-error: there is no such option.
    const options: ForEachOptions<number> = { limit: 4 };
    const task = forEach([1], nothing, options);
    const { result } = task;
    // @ts-expect-error: it is read only.
    assertThrows(() => task.result = result, TypeError);
    forEach([1], nothing, {
      concurrency: undefined,
      onError: undefined,
      onProgress: undefined,
    });
  });

  it("and is the same by either entry", () => {
    assertEquals(forEachAlone, forEach);
  });
});
