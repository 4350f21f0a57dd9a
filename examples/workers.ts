/**
 * Two workers that count primes, which keeps a thread busy for good, beside a
 * server that answers all the while. When everything is told to stop, one of
 * them hears of it, as its loop awaits something now and then. The other one
 * never does: when its time is over it is left behind, and its thread ended.
 *
 * Run it with `deno task example workers`.
 */

import { createServer } from "node:http";
import { TaskManager } from "@goasync/core";
import { runMain } from "@goasync/core/main";
import { httpServer } from "@goasync/core/tasks/http-server";
import { inWorker } from "@goasync/core/tasks/worker";
import { demoArguments } from "./common/arguments.ts";
import { printHeadings } from "./common/headings.ts";
import { logManager, setupLog } from "./common/log.ts";
import { conclude } from "./common/outcome.ts";
import { printReport } from "./common/print_report.ts";
import { stopAfter } from "./common/stop_after.ts";
import { Client } from "./workers/client.ts";
import type { PrimesData } from "./workers/primes.ts";

const { forever } = demoArguments();

const manager = new TaskManager({ drainTimeout: 5_000, stopTimeout: 1_000 });
const api = httpServer(
  createServer((_request, response) => response.end("I am here\n")),
  { host: "127.0.0.1" },
);
manager.addTask("api", api);

const primes = (data: PrimesData) =>
  inWorker(new URL("./workers/primes.ts", import.meta.url), { data });
manager.addTask("polite", primes({ yields: true }));
manager.addTask("stubborn", primes({ yields: false }));

const client = new Client(() => api.address.url);
manager.addTask("client", client);
if (!forever) {
  manager.addExecuteTask("clock", stopAfter(3_000, manager), { type: "error" });
}
setupLog(manager.tasks.map(({ name }) => name));
printHeadings(manager);
logManager(manager);

await runMain(manager, {
  exitCode({ errors, report }) {
    printReport(report);
    const states = report.tasks.map(({ name, state }) => `${name} ${state}`);
    const isLeftBehind = errors.length === 1 &&
      states.includes("stubborn timed-out");
    return conclude(
      isLeftBehind && client.answered > 0,
      `Only the worker that never yields was left behind: ${client.answered} answers beside it, the slowest after ${client.slowest} ms`,
    );
  },
});
