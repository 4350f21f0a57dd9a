import { TaskManager } from "@goasync/core";
import {
  type CheckStatus,
  Health,
  type HealthCheckFunction,
  type HealthCheckOptions,
  type HealthManager,
  type HealthNodeRequest,
  type HealthNodeResponse,
  type HealthStatus,
  type LiveStatus,
  type ReadyStatus,
  type Up,
} from "@goasync/core/tasks";
import {
  type DenoHandler,
  type DenoRequestInfo,
  denoServer,
  type DenoServerOptions,
  type DenoServerTask,
  type ServeOptions,
  type ServerAddress as DenoAddress,
  type ServerStopOptions as DenoStopOptions,
  type ServerTask as DenoTask,
  type WebSocketLike,
} from "@goasync/core/tasks/deno-server";
import {
  type CheckStatus as CheckStatusAlone,
  Health as HealthAlone,
  type HealthCheckFunction as HealthCheckFunctionAlone,
  type HealthCheckOptions as HealthCheckOptionsAlone,
  type HealthManager as HealthManagerAlone,
  type HealthNodeRequest as HealthNodeRequestAlone,
  type HealthNodeResponse as HealthNodeResponseAlone,
  type HealthStatus as HealthStatusAlone,
  type LiveStatus as LiveStatusAlone,
  type ReadyStatus as ReadyStatusAlone,
  type Up as UpAlone,
} from "@goasync/core/tasks/health";
import {
  type HttpListenOptions,
  httpServer,
  type HttpServerOptions,
  type NodeListener,
  type NodeServer,
  type ServerAddress,
  type ServerStopOptions,
  type ServerTask,
} from "@goasync/core/tasks/http-server";
import { deepEqual, equal, throws } from "node:assert/strict";
import { createServer } from "node:http";
import process from "node:process";

/** Health behind a server of node:http, under a name of each type. */
export async function useHttpServer(): Promise<void> {
  const manager = new TaskManager();
  const watched: HealthManager & HealthManagerAlone = manager;
  const health: Health & HealthAlone = new Health(watched);
  const works: HealthCheckFunction & HealthCheckFunctionAlone = () => true;
  const options: HealthCheckOptions & HealthCheckOptionsAlone = {
    timeout: 500,
    critical: true,
  };
  const up: Up & UpAlone = { isUp: true };
  health.check("database", works, options).check("upstream", up);

  const server: NodeServer = createServer((request, response) => {
    const asked: HealthNodeRequest & HealthNodeRequestAlone = request;
    const answer: HealthNodeResponse & HealthNodeResponseAlone = response;
    health.node(asked, answer);
  });
  const onListening: NodeListener = () => {};
  server.on("listening", onListening);
  const listen: HttpListenOptions = { port: 0, host: "127.0.0.1" };
  const stop: ServerStopOptions = { closeDelay: 1, closeOn: "drain" };
  const behaviour: HttpServerOptions = { ...stop };
  const api: ServerTask = httpServer(server, listen, behaviour);
  manager.addTask("api", api);
  manager.addExecuteTask("client", async () => {
    const { url }: ServerAddress = api.address;
    const response = await fetch(`${url}/readyz`);
    equal(response.status, 200);
    await response.text();
    const ready: ReadyStatus & ReadyStatusAlone = await health.ready();
    const check: (CheckStatus & CheckStatusAlone) | undefined =
      ready.checks["database"];
    deepEqual([ready.ok, check?.ok], [true, true]);
    const live: LiveStatus & LiveStatusAlone = health.live();
    const status: HealthStatus & HealthStatusAlone = await health.status();
    deepEqual([live.ok, status.live], [true, true]);
    void manager.stop();
  }, { type: "error" });
  deepEqual(await manager.runSettled(), []);
  equal(HealthAlone, Health);
}

/** Deno's server, which other runtimes lack and say so. */
export async function useDenoServer(): Promise<void> {
  const where: ServeOptions = { port: 0, hostname: "127.0.0.1" };
  const stop: DenoStopOptions = { closeDelay: 0 };
  const options: DenoServerOptions = { ...where, ...stop };
  const handler: DenoHandler<DenoRequestInfo> = () => new Response("hello");
  if (!("deno" in process.versions)) {
    return throws(() => denoServer(options, handler), /runtime has none/);
  }
  const api: DenoServerTask & DenoTask = denoServer(options, handler);
  const manager = new TaskManager();
  manager.addTask("api", api);
  manager.addExecuteTask("client", async () => {
    const { url }: DenoAddress = api.address;
    const socket: WebSocketLike = new EventTarget();
    equal(typeof api.track, "function");
    equal(typeof socket.addEventListener, "function");
    equal(await (await fetch(url)).text(), "hello");
    void manager.stop();
  }, { type: "error" });
  deepEqual(await manager.runSettled(), []);
}
