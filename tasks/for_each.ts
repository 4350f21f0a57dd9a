/**
 * A batch: a task that does something with each of many items, so many at a
 * time.
 *
 * @example Each of a few files
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { forEach } from "@goasync/core/tasks/for-each";
 * import { assertEquals } from "@std/assert";
 * import { delay } from "@std/async";
 *
 * const names = ["a.txt", "b.txt", "c.txt"];
 * const files = forEach(names, async (_name, { signal }) => {
 *   await delay(1, { signal }); // compresses it
 * }, { concurrency: 2 });
 *
 * const manager = new TaskManager({ drainTimeout: 5_000 });
 * manager.addTask("files", files, { type: "stop-group" });
 * await manager.run();
 * assertEquals(files.result, { done: 3, failed: [], isComplete: true });
 * ```
 *
 * @module
 */

import { checkFunction, checkOptions, wrong } from "../src/arguments.ts";
import type { ExecuteTask, TaskContext } from "../mod.ts";
import {
  Batch,
  type FailedItem,
  type ForEachProgress,
  type ForEachResult,
} from "./_batch.ts";
import { checkChoice } from "./_choice.ts";
import { checkIterable } from "./_items.ts";
import { graceful } from "./graceful.ts";

export type { FailedItem, ForEachProgress, ForEachResult };

/** How a {@linkcode forEach} task behaves. */
export interface ForEachOptions<Item> {
  /**
   * How many items are worked on at a time: an integer from 1 up.
   *
   * @default {1}
   */
  concurrency?: number | undefined;
  /**
   * What happens when an item fails: `"stop"` takes no more, aborts the signal
   * of the others in progress, and fails with that error; `"collect"` goes on,
   * and says in the `result` which have failed.
   *
   * @default {"stop"}
   */
  onError?: "stop" | "collect" | undefined;
  /**
   * Is called each time an item is done or has failed. What it throws itself, or
   * rejects with, is ignored.
   *
   * @default {nothing is called}
   */
  onProgress?: ((progress: ForEachProgress<Item>) => unknown) | undefined;
}

/** A task that works on each of many items, and says what came of them. */
export interface ForEachTask<Item> extends ExecuteTask {
  /** What came of the items up to now: a copy, which does not change. */
  readonly result: ForEachResult<Item>;
}

/**
 * Works on every item of an iterable, and ends. Add it as `"stop-group"`, so
 * that everything stops when it has ended; a `"strict"` task must not end.
 *
 * It asks for the next item only when there is room for it, and for one at a
 * time; so the iterable may be a generator that reads as it goes, and may have
 * no end.
 *
 * Told to stop, it takes no more, even while it waits for an item, and its
 * `drain` waits until what is in progress is over; when that takes longer than
 * the `drainTimeout`, its signal aborts, and `execute` goes on waiting for it.
 * An item whose work then throws the signal's reason or an `AbortError` is
 * neither done nor failed; one whose work returns counts as done.
 *
 * In the end the iterator is closed: its `return` is called and waited for,
 * unless it has said that it is done. That is as soon as the task is told or an
 * item fails; while the iterator owes an answer, `return` is called all the
 * same, but neither is waited for. An iterator that throws fails the task, also
 * with `"collect"`, and as an item that fails stops the others.
 *
 * Each failure is noted. Executed again, it begins anew, as does the `result`.
 *
 * @example Go on past failures, and see how far it is
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { forEach } from "@goasync/core/tasks/for-each";
 * import { assertEquals } from "@std/assert";
 *
 * async function* pages() {
 *   yield await Promise.resolve("/");
 *   yield "/missing";
 *   yield "/about";
 * }
 * const progress: string[] = [];
 * const crawl = forEach(pages(), (page) => {
 *   if (page === "/missing") throw new Error("404");
 * }, {
 *   onError: "collect",
 *   onProgress: ({ item, done, failed }) =>
 *     progress.push(`${item}: ${done} done, ${failed} failed`),
 * });
 *
 * const manager = new TaskManager();
 * manager.addTask("crawl", crawl, { type: "stop-group" });
 * await manager.run();
 * assertEquals(progress, [
 *   "/: 1 done, 0 failed",
 *   "/missing: 1 done, 1 failed",
 *   "/about: 2 done, 1 failed",
 * ]);
 * assertEquals(crawl.result.failed[0]?.item, "/missing");
 * assertEquals(crawl.result.isComplete, true);
 * ```
 *
 * @typeParam Item What the iterable consists of.
 * @param items The items. They are gone through when the task is executed.
 * @param work Is called with each item and a context: that of the task, but that
 * its signals abort when another item fails, too. If it returns a promise, the
 * work is over when that settles.
 * @param options How it behaves.
 * @returns A task to add to a manager, with the `result`.
 * @throws {TypeError} If `items` is not iterable, `work` or `onProgress` is no
 * function, the options are no object, or `onError` is neither of its values.
 * @throws {RangeError} If `concurrency` is not an integer from 1 up.
 */
export function forEach<Item>(
  items: Iterable<Item> | AsyncIterable<Item>,
  work: (item: Item, context: TaskContext) => unknown,
  options: ForEachOptions<Item> = {},
): ForEachTask<Item> {
  const action = "work on each item";
  checkIterable(action, items);
  checkFunction(action, work, "work");
  checkOptions(action, options);
  const { concurrency = 1, onError = "stop", onProgress = () => {} } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    const expected = "'concurrency' must be an integer from 1 up";
    throw wrong(action, expected, concurrency, RangeError);
  }
  checkChoice(action, onError, "onError", ["stop", "collect"]);
  checkFunction(action, onProgress, "onProgress");
  const newBatch = () =>
    new Batch<Item>({ work, concurrency, onError, onProgress });
  let batch = newBatch();
  return {
    ...graceful({
      execute(context) {
        batch = newBatch();
        return batch.execute(items, context);
      },
    }),
    get result() {
      return batch.result;
    },
  };
}
