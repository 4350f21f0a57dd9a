import { delay } from "@std/async";
import { getLogger } from "@std/log";
import type { Task, TaskContext } from "@goasync/core";
import type { Broker } from "./broker.ts";
import { Queue } from "./queue.ts";
import { MOMENT } from "../common/moment.ts";

/** How many messages may wait; further ones are dropped. */
const QUEUE_SIZE = 2;

/** Handles the messages of a channel, slower than they are published. */
export class Subscriber implements Task {
  readonly #broker: Broker;
  readonly #channel: string;
  readonly #slowness: number;
  readonly #queue = new Queue<number>(QUEUE_SIZE);
  #handled = 0;

  constructor(broker: Broker, channel: string, slowness: number) {
    this.#broker = broker;
    this.#channel = channel;
    this.#slowness = slowness;
  }

  /** How many messages came into its queue. */
  get queued(): number {
    return this.#queue.pushed;
  }

  /** How many messages it has handled. */
  get handled(): number {
    return this.#handled;
  }

  async initialize({ name, signal }: TaskContext): Promise<void> {
    await delay(MOMENT, { signal });
    this.#broker.subscribe({
      channel: this.#channel,
      subscriber: name,
      queue: this.#queue,
    });
    getLogger(name).info(`subscribes to "${this.#channel}"`);
  }

  /** Ends when its queue is closed and empty, however late that is. */
  async execute({ name }: TaskContext): Promise<void> {
    for await (const message of this.#queue) {
      getLogger(name).info(
        `handles ${message}, ${this.#queue.length} more queued`,
      );
      await delay(this.#slowness);
      this.#handled++;
    }
    getLogger(name).info("has drained its queue");
  }

  async cleanup({ name }: TaskContext): Promise<void> {
    await delay(MOMENT);
    getLogger(name).info(`has handled ${this.#handled} messages`);
  }
}
