import { delay } from "@std/async";
import { getLogger } from "@std/log";
import type { Task, TaskContext } from "@goasync/core";

/** Asks a server again and again whether it is still there. */
export class Client implements Task {
  readonly #url: () => string;
  answered = 0;
  /** The longest that it waited for an answer, in milliseconds. */
  slowest = 0;

  constructor(url: () => string) {
    this.#url = url;
  }

  async execute({ name, draining }: TaskContext): Promise<void> {
    while (!draining.aborted) {
      const asked = performance.now();
      try {
        await this.#ask();
      } catch (error) {
        if (draining.aborted) return; // The server takes no more.
        throw error;
      }
      const waited = Math.ceil(performance.now() - asked);
      this.slowest = Math.max(this.slowest, waited);
      this.answered++;
      if (this.answered % 10 === 0) {
        getLogger(name).info(`has ${this.answered} answers`);
      }
      await delay(50);
    }
  }

  async #ask(): Promise<void> {
    const response = await fetch(this.#url());
    await response.text();
  }
}
