// An API with a dev server as its sidecar, as Vite is: one address for both. The
// sidecar is started anew when it dies, and is gone when we are, with whatever it
// has started itself.

import { createServer, request } from "node:http";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { TaskManager } from "@goasync/core";
import { runMain } from "@goasync/core/main";
import { childProcess } from "@goasync/core/tasks/child-process";
import { httpServer } from "@goasync/core/tasks/http-server";
import { supervise } from "@goasync/core/tasks/supervise";

const host = "127.0.0.1";
const sidePort = Number(process.env.SIDECAR_PORT ?? "5173");
const [command = "", ...args] = (process.env.SIDECAR ??
  `npx vite --strictPort --host ${host} --port ${sidePort}`).split(" ");
const manager = new TaskManager({ initializeTimeout: 60_000 });

/** Resolves when the sidecar answers. */
async function answers(signal: AbortSignal): Promise<void> {
  const url = `http://${host}:${sidePort}/`;
  while (!await fetch(url, { signal }).catch(() => undefined)) {
    await sleep(100, undefined, { signal });
  }
}

const sidecar = supervise({
  create: () =>
    childProcess(command, {
      args,
      ready: answers,
      onLine: (line) => console.log(`sidecar: ${line}`),
    }),
});
manager.addTask("sidecar", sidecar);

const server = createServer((incoming, outgoing) => {
  const { url = "/", method, headers } = incoming;
  if (url.startsWith("/api/")) return void outgoing.end("Hello from the API");
  const options = { host, port: sidePort, path: url, method, headers };
  const passed = request(options, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  passed.on("error", () => outgoing.writeHead(502).end("The sidecar is down"));
  incoming.pipe(passed);
});
const api = httpServer(server, {
  port: Number(process.env.PORT ?? "8080"),
  host,
});
manager.addTask("api", api);
manager.addExecuteTask("greeting", () => {
  console.log(`listening at ${api.address.url}`);
}, { type: "error" });

await runMain(manager);
