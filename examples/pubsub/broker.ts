import { delay } from "@std/async";
import { getLogger } from "@std/log";
import type { Task, TaskContext } from "@goasync/core";
import type { Queue } from "./queue.ts";
import { MOMENT } from "../common/moment.ts";

interface Subscription {
  readonly channel: string;
  readonly subscriber: string;
  readonly queue: Queue<number>;
}

/** Hands each message to every subscriber of its channel. */
export class Broker implements Task {
  #subscriptions: Subscription[] = [];

  /** Puts the messages of a channel into a subscriber's queue from now on. */
  subscribe(subscription: Subscription): void {
    this.#subscriptions.push(subscription);
  }

  /** Queues a message; returns the subscribers whose queue had no room for it. */
  publish(channel: string, message: number): string[] {
    return this.#subscriptions
      .filter((each) => each.channel === channel && !each.queue.push(message))
      .map(({ subscriber }) => subscriber);
  }

  async initialize({ name, signal }: TaskContext): Promise<void> {
    await delay(MOMENT, { signal });
    getLogger(name).info("takes subscriptions");
  }

  /** Closes all queues: what is in them can be handled, and nothing new comes. */
  drain({ name }: TaskContext): void {
    for (const { queue } of this.#subscriptions) queue.close();
    getLogger(name).info(`closes ${this.#subscriptions.length} queues`);
  }

  async cleanup({ name }: TaskContext): Promise<void> {
    await delay(MOMENT);
    this.#subscriptions = [];
    getLogger(name).info("forgets its subscribers");
  }
}
