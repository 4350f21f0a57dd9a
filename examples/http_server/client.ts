import { getLogger } from "@std/log";
import type { Task, TaskContext } from "@goasync/core";

/** Orders again and again, several things at a time, until it is refused. */
export class Client implements Task {
  readonly #url: () => string;
  readonly #atATime: number;
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

  /** Ends when it is refused, which it is not before everyone is told to stop. */
  async execute({ name }: TaskContext): Promise<void> {
    await Promise.all(Array.from(
      { length: this.#atATime },
      () => this.#orderUntilRefused(name),
    ));
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
