import { getLogger } from "@std/log";
import type { Task, TaskContext } from "@goasync/core";

/** Orders again and again, several things at a time, until it is refused. */
export class Client implements Task {
  readonly #url: () => string;
  readonly #atATime: number;
  #orders: Promise<unknown> = Promise.resolve();
  #answered = 0;
  #refused = 0;

  constructor(url: () => string, atATime: number) {
    this.#url = url;
    this.#atATime = atATime;
  }

  /** How many orders were answered as accepted. */
  get answered(): number {
    return this.#answered;
  }

  /** Told to stop, it leaves at once, whatever is still in flight. */
  async execute({ name, done }: TaskContext): Promise<void> {
    this.#orders = Promise.all(Array.from(
      { length: this.#atATime },
      () => this.#orderUntilRefused(name),
    ));
    await Promise.race([this.#orders, done]);
  }

  /** Waits for the last answers, which come although the API has stopped. */
  async cleanup({ name }: TaskContext): Promise<void> {
    await this.#orders;
    getLogger(name).info(
      `was accepted ${this.#answered} times and refused ${this.#refused} times`,
    );
  }

  async #orderUntilRefused(name: string): Promise<void> {
    const log = getLogger(name);
    while (true) {
      const status = await this.#order();
      if (status === 201) {
        this.#answered++;
        if (this.#answered % 10 === 0) log.info(`has ${this.#answered} orders`);
      } else if (status === 503) {
        this.#refused++;
        log.warn("is refused");
        return;
      } else throw new Error(`The API answered with status ${status}`);
    }
  }

  /** Orders once; returns the status, which is 503 if nobody listens. */
  async #order(): Promise<number> {
    try {
      const response = await fetch(this.#url(), {
        method: "POST",
        body: "coffee",
      });
      await response.text();
      return response.status;
    } catch {
      return 503;
    }
  }
}
