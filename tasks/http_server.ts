/**
 * A server of `node:http`, `node:https` or `node:http2` as a task, which stops
 * without losing a request. On Node, Deno and Bun.
 *
 * @example An API
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { httpServer } from "@goasync/core/tasks/http-server";
 * import { assertEquals } from "@std/assert";
 * import { createServer } from "node:http";
 *
 * const server = createServer((_request, response) => response.end("Hello"));
 * const api = httpServer(server, { port: 0, host: "127.0.0.1" });
 *
 * const manager = new TaskManager({ drainTimeout: 10_000 });
 * manager.addTask("api", api);
 * manager.addExecuteTask("client", async () => {
 *   const response = await fetch(api.address.url);
 *   assertEquals(await response.text(), "Hello");
 *   manager.stop();
 * }, { type: "error" });
 * await manager.run();
 * ```
 *
 * @module
 */

import { checkFunction, isObject, isOptions, wrong } from "../src/arguments.ts";
import { closing, listening, NodeServing } from "./_node_serving.ts";
import { OneRun } from "./_one_run.ts";
import type { ServerAddress } from "./_server_address.ts";
import { type ServerStopOptions, stopOptionsOf } from "./_server_options.ts";
import { type ServerRun, type ServerTask, serverTask } from "./_server_task.ts";
import type {
  HttpListenOptions,
  NodeListener,
  NodeServer,
} from "./_server_types.ts";

export type {
  HttpListenOptions,
  NodeListener,
  NodeServer,
  ServerAddress,
  ServerStopOptions,
  ServerTask,
};

/** How an {@linkcode httpServer} task behaves. */
export interface HttpServerOptions extends ServerStopOptions {
  /**
   * Begins to listen in place of the server's own `listen`, such as a
   * framework's that gets its plugins ready first. Is given where to.
   *
   * @default {`listen` of the server}
   */
  open?: ((listen: HttpListenOptions) => unknown) | undefined;
  /**
   * Closes in place of the server's own `close`, such as a framework's that
   * calls its hooks: it must close the server, too, and resolve when that is
   * done. Is called once, also if it could not be opened.
   *
   * @default {`close` of the server}
   */
  close?: (() => unknown) | undefined;
}

const ACTION = "make a task of a server";
const METHODS = [
  "listen",
  "close",
  "address",
  "listenerCount",
  "on",
  "prependListener",
  "off",
] as const;

/**
 * Makes a task of a server of `node:http`, `node:https` or `node:http2`, and so
 * of Express, Fastify, Hono, Koa and whatever else handles the requests of one.
 *
 * - **initialize** listens; where, is a note and in `address`. A port that is in
 *   use is an error that names it, with the code `"EADDRINUSE"`. Add it after
 *   what its handler needs.
 * - **execute** fails when the server does, or when somebody else closes it.
 * - **drain** goes on answering for `closeDelay`, with `connection: close`, so
 *   that clients who keep connections alive come no more. Then it takes no new
 *   connection, closes those that are idle, and waits for what is in flight:
 *   requests, and upgraded connections such as those of WebSockets, until they
 *   are closed. A `drainTimeout` bounds how long; it has to be longer than the
 *   `closeDelay`. Streams of HTTP/2 end in the same way.
 * - when its **signal** aborts, it hangs up what is left.
 * - **cleanup** closes it, if it was never executed; what is in flight then is
 *   hung up.
 *
 * What `open` and `close` throw is thrown by the stage that calls them; a
 * handler's errors are its own affair. The server must be one of this process:
 * its upgrades are noticed only where it has a listener for `upgrade` once it
 * listens. On Bun its close cuts off an answer that is ended and that a client
 * is slow to read. Browsers and workers have no such server.
 *
 * @example Time for a load balancer
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { Health } from "@goasync/core/tasks/health";
 * import { httpServer } from "@goasync/core/tasks/http-server";
 * import { assertEquals } from "@std/assert";
 * import { createServer } from "node:http";
 *
 * const manager = new TaskManager({ drainTimeout: 10_000 });
 * const health = new Health(manager);
 * const api = httpServer(createServer(health.node), { host: "127.0.0.1" }, {
 *   closeDelay: 20, // more likely 5,000
 * });
 * manager.addTask("api", api);
 * const statuses: number[] = [];
 * const ask = async () => {
 *   const response = await fetch(`${api.address.url}/readyz`);
 *   await response.text();
 *   statuses.push(response.status);
 * };
 * manager.addTask("client", {
 *   async execute() {
 *     await ask();
 *     manager.stop();
 *   },
 *   drain: ask, // still answered, and told that it is not ready
 * });
 * await manager.run();
 * assertEquals(statuses, [200, 503]);
 * ```
 *
 * @example A framework with a listen and a close of its own
 * ```ts ignore
 * import Fastify from "fastify";
 *
 * const app = Fastify();
 * const where = { port: 8000, host: "0.0.0.0" }; // Fastify's own is localhost.
 * const api = httpServer(app.server, where, {
 *   open: (listen) => app.listen(listen),
 *   close: () => app.close(),
 *   closeDelay: 5_000,
 * });
 * ```
 *
 * @param server The server, which does not listen yet.
 * @param listen The port, or where else to listen.
 * @param options How it behaves.
 * @returns A task to add to a manager with `addTask`. It can be in one run at a
 * time, and in another after that.
 * @throws {TypeError} If the server lacks a method, `listen` is neither a number
 * nor an object, the options are no object, `open` or `close` is no function, or
 * `closeOn` is unknown.
 * @throws {RangeError} If the port is no integer from 0 to 65535, or
 * `closeDelay` is not finite or is negative.
 */
export function httpServer(
  server: NodeServer,
  listen: number | HttpListenOptions = {},
  options: HttpServerOptions = {},
): ServerTask {
  checkServer(server);
  const where = listenOptionsOf(listen);
  const stopOptions = stopOptionsOf(ACTION, options);
  const {
    open = (listen) => listening(server, listen),
    close = () => closing(server),
  } = options;
  checkFunction(ACTION, open, "open");
  checkFunction(ACTION, close, "close");
  return serverTask(
    new OneRun<ServerRun<NodeServing>>(),
    () => new NodeServing(server, where, { open, close }),
    stopOptions,
  );
}

function checkServer(server: NodeServer): void {
  if (!isObject(server)) {
    throw wrong(ACTION, "it must be one of node:http", server);
  }
  for (const method of METHODS) checkFunction(ACTION, server[method], method);
}

function listenOptionsOf(
  listen: number | HttpListenOptions,
): HttpListenOptions {
  const options = typeof listen === "number" ? { port: listen } : listen;
  if (!isOptions(options)) {
    const expected = "'listen' must be a port or an object with one";
    throw wrong(ACTION, expected, listen);
  }
  const { port = 0 } = options;
  if (!(Number.isInteger(port) && port >= 0 && port < 2 ** 16)) {
    const expected = "the port must be an integer from 0 to 65535";
    throw wrong(ACTION, expected, port, RangeError);
  }
  return options.path === undefined ? { ...options, port } : options;
}
