import { delay } from "@std/async";
import { getLogger } from "@std/log";
import type { Task, TaskContext } from "@goasync/core";
import type { Broker } from "./broker.ts";
import { MOMENT } from "../common/moment.ts";

/** Counts, and publishes every number. */
export class Publisher implements Task {
  readonly #broker: Broker;
  readonly #channel: string;
  readonly #period: number;
  #counter = 0;

  constructor(broker: Broker, channel: string, period: number) {
    this.#broker = broker;
    this.#channel = channel;
    this.#period = period;
  }

  async initialize({ name, signal }: TaskContext): Promise<void> {
    await delay(MOMENT, { signal });
    getLogger(name).info(`is about to publish to "${this.#channel}"`);
  }

  /** Told to stop, it leaves at once: `delay` rejects with the reason. */
  async execute({ name, draining }: TaskContext): Promise<never> {
    const log = getLogger(name);
    while (true) {
      await delay(this.#period, { signal: draining });
      const message = ++this.#counter;
      const full = this.#broker.publish(this.#channel, message);
      if (full.length === 0) log.info(`publishes ${message}`);
      else log.warn(`publishes ${message}, dropped by ${full.join(" and ")}`);
    }
  }

  async cleanup({ name }: TaskContext): Promise<void> {
    await delay(MOMENT);
    getLogger(name).info(`has published ${this.#counter} messages`);
  }
}
