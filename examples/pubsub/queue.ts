/** A queue that takes only so many items, and can be closed while it has some. */
export class Queue<Item> {
  readonly #size: number;
  readonly #items: Item[] = [];
  #pushed = 0;
  #closed = false;
  #wake = () => {};

  constructor(size: number) {
    this.#size = size;
  }

  /** How many items wait to be read. */
  get length(): number {
    return this.#items.length;
  }

  /** How many items there was room for so far. */
  get pushed(): number {
    return this.#pushed;
  }

  /** Adds an item, and tells whether there was room for it. */
  push(item: Item): boolean {
    if (this.#closed || this.#items.length === this.#size) return false;
    this.#items.push(item);
    this.#pushed++;
    this.#wake();
    return true;
  }

  /** Takes no further items. What is queued can still be read. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  /** Reads items as they come, until the queue is closed and empty. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    while (true) {
      const item = this.#items.shift();
      if (item !== undefined) yield item;
      else if (this.#closed) return;
      else await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }
}
