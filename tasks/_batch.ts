import { describe, messageOf } from "../src/messages.ts";
import type { ForkedContext, TaskContext } from "../mod.ts";
import { type AnyIterable, Items } from "./_items.ts";
import { Room } from "./_room.ts";
import { callSafely } from "./_swallow.ts";
import { isTold } from "./_told.ts";
import { Yielder } from "./_yielder.ts";

/** An item whose work has failed. */
export interface FailedItem<Item> {
  /** The item. */
  readonly item: Item;
  /** What its work has thrown. */
  readonly error: unknown;
}

/** How far a batch has come, with one more item that is done or has failed. */
export interface ForEachProgress<Item> {
  /** The item. */
  readonly item: Item;
  /** How many items are done. */
  readonly done: number;
  /** How many items have failed. */
  readonly failed: number;
}

/** What came of a batch. */
export interface ForEachResult<Item> {
  /** How many items are done. */
  readonly done: number;
  /** The items that have failed, in the order in which they did, and why. */
  readonly failed: readonly FailedItem<Item>[];
  /**
   * Whether every item there is was taken, and is done or has failed. It is not
   * as long as the batch is going on, or if it was stopped before its end.
   */
  readonly isComplete: boolean;
}

/** How a batch goes on. */
export interface BatchOptions<Item> {
  readonly work: (item: Item, context: TaskContext) => unknown;
  readonly concurrency: number;
  readonly onError: "stop" | "collect";
  readonly onProgress: (progress: ForEachProgress<Item>) => unknown;
}

/** One time through all items. */
export class Batch<Item> {
  readonly #options: BatchOptions<Item>;
  readonly #room: Room;
  readonly #failed: FailedItem<Item>[] = [];
  /** What ends it, the first of which counts. */
  readonly #fatal: unknown[] = [];
  #items: Items<Item> | undefined;
  #taken = 0;
  #done = 0;

  constructor(options: BatchOptions<Item>) {
    this.#options = options;
    this.#room = new Room(options.concurrency);
  }

  get result(): ForEachResult<Item> {
    const done = this.#done;
    const failed = [...this.#failed];
    const isOver = this.#items?.isOver ?? false;
    const isComplete = isOver && this.#taken === done + failed.length;
    return { done, failed, isComplete };
  }

  /** Works on all items, or until told. What is begun then is waited for. */
  async execute(
    iterable: AnyIterable<Item>,
    context: TaskContext,
  ): Promise<void> {
    const items = this.#items = new Items(iterable);
    // One that fails stops the others by it.
    const fork = context.fork();
    const stopOn = (error: unknown) => this.#stopOn(error, fork);
    await this.#takeAll(items, fork).catch(stopOn);
    // While they work: what has begun may never end.
    const closed = items.close().catch(stopOn);
    await this.#room.empty();
    await closed;
    fork[Symbol.dispose]();
    if (this.#fatal.length > 0) throw this.#fatal[0];
  }

  async #takeAll(items: Items<Item>, fork: ForkedContext): Promise<void> {
    const yielder = new Yielder();
    while (true) {
      await yielder.nextIfDue();
      await this.#room.free(fork);
      if (isTold(fork)) return;
      const taken = await items.take(fork);
      if (!taken) return;
      this.#taken++;
      if (!isTold(fork)) this.#room.add(this.#workOn(taken.item, fork));
    }
  }

  async #workOn(item: Item, fork: ForkedContext): Promise<void> {
    const { work, onError, onProgress } = this.#options;
    try {
      await work(item, fork);
      this.#done++;
    } catch (error) {
      if (fork.isCleanStop(error)) return;
      this.#failed.push({ item, error });
      fork.note(`failed on ${describe(item)}: ${messageOf(error)}`);
      if (onError === "stop") this.#stopOn(error, fork);
    }
    const failed = this.#failed.length;
    void callSafely(onProgress, { item, done: this.#done, failed });
  }

  #stopOn(error: unknown, fork: ForkedContext): void {
    this.#fatal.push(error);
    fork.stop(error);
  }
}
