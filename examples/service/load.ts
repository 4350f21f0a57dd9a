import { delay } from "@std/async";
import type { Task } from "@goasync/core";

/** Orders as the clients behind a load balancer do, and counts what comes. */
export class Load implements Task {
  readonly #url: () => string;
  readonly #clients: number;
  answered = 0;
  failed = 0;
  #isOut = false;

  /**
   * @param url Where the service is.
   * @param clients How many order at a time.
   */
  constructor(url: () => string, clients: number) {
    this.#url = url;
    this.#clients = clients;
  }

  /** Goes on, whatever anybody is told, until the service is not ready. */
  async execute(): Promise<void> {
    await Promise.all([
      this.#probe(),
      ...Array.from({ length: this.#clients }, () => this.#order()),
    ]);
  }

  /** Sends nothing any more a while after the service has said no. */
  async #probe(): Promise<void> {
    while (await isOk(`${this.#url()}/readyz`)) await delay(50);
    await delay(200);
    this.#isOut = true;
  }

  async #order(): Promise<void> {
    while (!this.#isOut) {
      if (await isOk(`${this.#url()}/orders`, "POST")) this.answered++;
      else this.failed++;
    }
  }
}

async function isOk(url: string, method = "GET"): Promise<boolean> {
  try {
    const response = await fetch(url, { method });
    await response.text();
    return response.ok;
  } catch {
    return false;
  }
}
