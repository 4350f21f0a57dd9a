// A server in one of the modes that a stop must end in time, as MODE says.

import { createServer } from "node:http";
import process from "node:process";
import { TaskManager } from "@goasync/core";
import { runMain } from "@goasync/core/main";
import { denoServer } from "@goasync/core/tasks/deno-server";
import { Health } from "@goasync/core/tasks/health";
import { httpServer } from "@goasync/core/tasks/http-server";

const { MODE = "", PORT = "0", SERVER = "node:http" } = process.env;
const manager = new TaskManager({
  drainTimeout: MODE === "orders" ? 4_000 : 1_000,
  stopTimeout: 1_000,
  shutdownTimeout: 5_000,
});
const health = new Health(manager);
const where = { port: Number(PORT), host: "127.0.0.1" };

function onNode() {
  const server = createServer((_request, response) => {
    if (MODE !== "never answers") response.end("hello");
  });
  server.on("upgrade", (_request, socket) => {
    socket.on("error", () => {});
    socket.write("HTTP/1.1 101 Switching Protocols\r\n\r\n");
  });
  return httpServer(server, where);
}

function onDeno() {
  const { port, host: hostname } = where;
  const closeDelay = MODE === "orders" ? 1_000 : 0;
  const api = denoServer({ port, hostname, closeDelay }, (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/readyz") return health.fetch(request);
    if (pathname === "/orders") return order();
    if (request.headers.get("upgrade") === "websocket") {
      const { socket, response } = Deno.upgradeWebSocket(request);
      api.track(socket);
      return response;
    }
    if (MODE === "never answers") return new Promise<Response>(() => {});
    return new Response("hello");
  });
  return api;
}

async function order(): Promise<Response> {
  await new Promise((resolve) => setTimeout(resolve, 20));
  return Response.json({ id: 1 }, { status: 201 });
}

const api = SERVER === "node:http" ? onNode() : onDeno();
manager.addTask("api", api);
manager.addTask("slow", {
  async initialize({ done }) {
    console.log(`port ${api.address.port}`);
    if (MODE === "initializes") await done;
  },
});
manager.addExecuteTask("up", () => console.log("up"), { type: "error" });
await runMain(manager);
