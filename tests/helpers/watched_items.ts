/** Items of an iterable that tells what is done with its iterator. */
export interface WatchedItems<Item> {
  readonly items: AsyncIterable<Item>;
  /** Each call of its methods, in order. */
  readonly calls: readonly string[];
}

/** What an iterator does in place of giving its items. */
export interface Strange<Item> {
  /** Is called for each item; by default the items come one by one. */
  readonly next?: (
    index: number,
  ) => IteratorResult<Item> | PromiseLike<IteratorResult<Item>>;
  readonly return?: () => unknown;
}

/** Makes an async iterable of items, or of one that does strange things. */
export function watchedItems<Item>(
  all: readonly Item[],
  strange: Strange<Item> = {},
): WatchedItems<Item> {
  const calls: string[] = [];
  let index = 0;
  const {
    next = (index) =>
      index < all.length
        ? { done: false, value: all[index]! }
        : { done: true, value: undefined },
  } = strange;
  const iterator: AsyncIterator<Item> = {
    async next() {
      calls.push("next");
      return await next(index++);
    },
    async return() {
      calls.push("return");
      await strange.return?.();
      return { done: true, value: undefined };
    },
  };
  return { items: { [Symbol.asyncIterator]: () => iterator }, calls };
}

/** Never settles. */
export function never<Value>(): Promise<Value> {
  return new Promise(() => {});
}
