import { isFunction, isObject, wrong } from "../src/arguments.ts";
import { isThenable } from "../src/promises.ts";
import type { TaskContext } from "../mod.ts";
import { unlessTold } from "./_told.ts";

/** What can be gone through item by item. */
export type AnyIterable<Item> = Iterable<Item> | AsyncIterable<Item>;

/** Throws unless a value can be gone through item by item. */
export function checkIterable(action: string, items: unknown): void {
  if (isAsync(items) || isFunction(Object(items)[Symbol.iterator])) return;
  const expected = "the items must be an iterable or an async iterable";
  throw wrong(action, expected, items);
}

/** Takes the items of an iterable one by one, and closes it in the end. */
export class Items<Item> {
  readonly #iterator: Iterator<Item> | AsyncIterator<Item>;
  #isAsked = false;
  #isOver = false;

  constructor(items: AnyIterable<Item>) {
    this.#iterator = isAsync(items)
      ? items[Symbol.asyncIterator]()
      : items[Symbol.iterator]();
  }

  /** Whether the last one was taken. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The next item; none after the last one, or as soon as a task is told. */
  async take(
    context: TaskContext,
  ): Promise<{ readonly item: Item } | undefined> {
    const next = this.#iterator.next();
    if (!isThenable(next)) return this.#itemOf(next);
    // Whose `then` may be called but once, and may call back within the call.
    const answer = Promise.resolve(next);
    this.#isAsked = true;
    await unlessTold(context, (callback) => {
      const answered = () => {
        this.#isAsked = false;
        callback();
      };
      answer.then(answered, answered);
      return () => {};
    });
    if (!this.#isAsked) return this.#itemOf(await answer);
  }

  /**
   * Closes the iterator, unless it is over. This is waited for unless an answer
   * is due, as a generator closes after that, which may never come.
   */
  async close(): Promise<void> {
    if (this.#isOver) return;
    const closed = (async () => await this.#iterator.return?.())();
    if (this.#isAsked) closed.catch(() => {});
    else await closed;
  }

  #itemOf(result: IteratorResult<Item>): { readonly item: Item } | undefined {
    if (!isObject(result)) {
      const expected = "'next' of its iterator must return an object";
      throw wrong("take an item", expected, result);
    }
    if (!result.done) return { item: result.value };
    this.#isOver = true;
  }
}

function isAsync<Item>(items: unknown): items is AsyncIterable<Item> {
  return isFunction(Object(items)[Symbol.asyncIterator]);
}
