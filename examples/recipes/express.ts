// Express, with health on the same port: the server of node:http that Express
// handles the requests of is what listens and closes.

import { createServer, type ServerResponse } from "node:http";
import process from "node:process";
import { TaskManager } from "@goasync/core";
import { runMain } from "@goasync/core/main";
import { Health } from "@goasync/core/tasks/health";
import { httpServer } from "@goasync/core/tasks/http-server";
import express from "npm:express@5.3.0";

const manager = new TaskManager({ drainTimeout: 10_000 });
const health = new Health(manager);

const app = express();
app.get(["/livez", "/readyz"], health.node);
app.get("/hello", (_request: unknown, response: ServerResponse) => {
  response.end("Hello");
});

const api = httpServer(createServer(app), {
  port: Number(process.env.PORT ?? "8080"),
  host: "127.0.0.1",
}, { closeDelay: Number(process.env.CLOSE_DELAY ?? "5000") });
manager.addTask("api", api);
manager.addExecuteTask("greeting", () => {
  console.log(`listening at ${api.address.url}`);
}, { type: "error" });

await runMain(manager);
