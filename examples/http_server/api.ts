import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { text } from "node:stream/consumers";
import { delay } from "@std/async";
import { getLogger } from "@std/log";
import type { Task, TaskContext } from "@goasync/core";
import type { Database } from "./database.ts";
import { MOMENT } from "../common/moment.ts";

/** Takes orders over HTTP, each of which is a moment's work. */
export class Api implements Task {
  readonly #database: Database;
  readonly #server = createServer();
  readonly #inFlight = new Set<Promise<void>>();
  #accepted = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  /** How many orders it has accepted. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Where it takes orders, once it is initialized. */
  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") {
      throw new Error("The API does not listen");
    }
    return `http://127.0.0.1:${address.port}/orders`;
  }

  /** Listens, and refuses orders as soon as it is told to stop. */
  async initialize(context: TaskContext): Promise<void> {
    const { name, signal, draining } = context;
    this.#server.on("request", (request, response) => {
      if (draining.aborted) refuse(response);
      else this.#track(this.#accept(context, request, response));
    });
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    await delay(MOMENT, { signal });
    getLogger(name).info(`listens at ${this.url}`);
  }

  /** Finishes the orders that are in flight. */
  async drain({ name }: TaskContext): Promise<void> {
    const log = getLogger(name);
    log.info(`accepts no more, ${this.#inFlight.size} orders are in flight`);
    await Promise.all(this.#inFlight);
    log.info("has answered every order it accepted");
  }

  async cleanup({ name }: TaskContext): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await delay(MOMENT);
    getLogger(name).info("listens no more");
  }

  #track(answer: Promise<void>): void {
    this.#inFlight.add(answer);
    void answer.then(() => this.#inFlight.delete(answer));
  }

  async #accept(
    { name, draining }: TaskContext,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    this.#accepted++;
    const over = new Promise((resolve) => response.once("close", resolve));
    try {
      const item = await text(request);
      await delay(80 + 40 * Math.random());
      const order = this.#database.store(item);
      respond(response, 201, { order });
      await over;
      if (draining.aborted) getLogger(name).info(`has answered order ${order}`);
    } catch (error) {
      respond(response, 500, { error: String(error) });
    }
  }
}

function refuse(response: ServerResponse): void {
  response.setHeader("connection", "close");
  respond(response, 503, { error: "The API is about to stop" });
}

function respond(
  response: ServerResponse,
  status: number,
  body: unknown,
): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
