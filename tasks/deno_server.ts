/**
 * `Deno.serve` as a task, which stops without losing a request. On Deno only.
 *
 * @example An API
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { denoServer } from "@goasync/core/tasks/deno-server";
 * import { assertEquals } from "@std/assert";
 *
 * const api = denoServer(
 *   { port: 0, hostname: "127.0.0.1" },
 *   () => new Response("Hello"),
 * );
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

import type { TaskContext } from "../mod.ts";
import { checkFunction, checkOptions, wrong } from "../src/arguments.ts";
import { denoOf, isOnDeploy, type ServeOptions } from "./_deno.ts";
import {
  type DenoHandler,
  type DenoRequestInfo,
  DenoServing,
  type WebSocketLike,
} from "./_deno_serving.ts";
import { OneRun } from "./_one_run.ts";
import type { ServerAddress } from "./_server_address.ts";
import { type ServerStopOptions, stopOptionsOf } from "./_server_options.ts";
import { type ServerRun, type ServerTask, serverTask } from "./_server_task.ts";

export type {
  DenoHandler,
  DenoRequestInfo,
  ServeOptions,
  ServerAddress,
  ServerStopOptions,
  ServerTask,
  WebSocketLike,
};

/** Where a {@linkcode denoServer} listens, and how it behaves. */
export interface DenoServerOptions extends ServeOptions, ServerStopOptions {}

/** `Deno.serve` as a task. */
export interface DenoServerTask extends ServerTask {
  /**
   * Counts a WebSocket that was upgraded from a request among what is in
   * flight, until it is closed. One that is not counted is not waited for, as
   * the server does not see it.
   *
   * @param socket What `Deno.upgradeWebSocket` returned.
   * @throws {Error} If the server does not listen.
   */
  track(socket: WebSocketLike): void;
}

const ACTION = "serve with Deno.serve";

/**
 * Makes a task of `Deno.serve`, which is called with a signal of the task's own:
 * with another it would reset what is in flight, and throw where nobody can
 * catch it if it was shut down before.
 *
 * - **initialize** listens; where, is a note and in `address`. A port that is in
 *   use is an error that names it, with the code `"EADDRINUSE"`.
 * - **execute** fails when the server ends by itself.
 * - **drain** goes on answering for `closeDelay`, with `connection: close`. Then
 *   it refuses what is new, with status 503 and `connection: close`, and waits
 *   for what is in flight: requests, their bodies included, and the WebSockets
 *   that are tracked. When nothing is, it takes no connection any more and
 *   closes those that are idle. (It cannot do so before, as what has been shut
 *   down by `Deno.serve` can no more be hung up.)
 * - when its **signal** aborts, it hangs up what is left; after the shutdown, as
 *   when a TLS handshake never comes, it can only go on without it.
 * - **cleanup** closes it, if it was never executed; what is in flight then is
 *   hung up.
 *
 * On Deno Deploy it cannot choose its address, and the process is killed five
 * seconds after it was told to stop: it notes both, where it may read the
 * environment. What `deno serve` serves, the default export of the program, is
 * not its own: it is neither told nor waited for, so start a program that uses
 * this with `deno run`. On other runtimes use `httpServer`.
 *
 * @example A WebSocket that is waited for
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { denoServer } from "@goasync/core/tasks/deno-server";
 * import { assertEquals } from "@std/assert";
 *
 * const api = denoServer({ port: 0, hostname: "127.0.0.1" }, (request) => {
 *   const { socket, response } = Deno.upgradeWebSocket(request);
 *   api.track(socket);
 *   socket.onmessage = ({ data }) => socket.send(`You said ${data}`);
 *   return response;
 * });
 * const manager = new TaskManager({ drainTimeout: 10_000 });
 * manager.addTask("api", api);
 * manager.addTask("client", {
 *   async execute() {
 *     const socket = new WebSocket(api.address.url.replace("http", "ws"));
 *     await new Promise((resolve) => socket.onopen = resolve);
 *     manager.stop(); // It is told to stop; the socket goes on.
 *     const answer = new Promise<MessageEvent>((resolve) => socket.onmessage = resolve);
 *     socket.send("hello");
 *     assertEquals((await answer).data, "You said hello");
 *     const closed = new Promise((resolve) => socket.onclose = resolve);
 *     socket.close();
 *     await closed;
 *   },
 * });
 * await manager.run();
 * ```
 *
 * @typeParam Info What the handler is told of a connection.
 * @param options Where it listens, and how it behaves.
 * @param handler Answers each request.
 * @returns A task to add to a manager with `addTask`. It can be in one run at a
 * time, and in another after that.
 * @throws {TypeError} If this is not Deno, the options are no object or hold a
 * `signal`, the handler is no function, or `closeOn` is unknown.
 * @throws {RangeError} If `closeDelay` is not finite or is negative.
 */
export function denoServer<Info = DenoRequestInfo>(
  options: DenoServerOptions,
  handler: DenoHandler<Info>,
): DenoServerTask {
  const runtime = denoOf(ACTION);
  checkOptions(ACTION, options);
  checkFunction(ACTION, handler, "handler");
  const { closeDelay, closeOn, ...serveOptions } = options;
  if ("signal" in serveOptions) {
    const expected = "it is the manager that stops it, without a 'signal'";
    throw wrong(ACTION, expected, serveOptions.signal);
  }
  const stopOptions = stopOptionsOf(ACTION, { closeDelay, closeOn });
  const runs = new OneRun<ServerRun<DenoServing<Info>>>();
  const begin = ({ note }: TaskContext) => {
    if (isOnDeploy(runtime)) note(DEPLOY_NOTE);
    return new DenoServing(runtime, serveOptions, handler);
  };
  return Object.assign(serverTask(runs, begin, stopOptions), {
    track(socket: WebSocketLike) {
      if (runs.current) return runs.current.serving.track(socket);
      throw new Error("Cannot track a WebSocket as the server does not listen");
    },
  });
}

const DEPLOY_NOTE =
  "on Deno Deploy, which chooses the address, and kills the process 5 s after it was told to stop";
