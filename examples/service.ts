/**
 * A service as most are: an API that takes orders, a consumer that works on
 * them, a sweep on a schedule, an upstream that comes and goes, and health. A
 * load balancer beside it keeps ordering, and leaves when it is told that the
 * service is not ready. Told to stop, the service loses no order.
 *
 * Run it with `deno task example service`; with `--postgres URL` its orders are
 * in Postgres in place of SQLite.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TaskManager } from "@goasync/core";
import { runMain } from "@goasync/core/main";
import { graceful } from "@goasync/core/tasks/graceful";
import { Health } from "@goasync/core/tasks/health";
import { httpServer } from "@goasync/core/tasks/http-server";
import { repeatable } from "@goasync/core/tasks/repeatable";
import { resource } from "@goasync/core/tasks/resource";
import { schedule } from "@goasync/core/tasks/schedule";
import { supervise } from "@goasync/core/tasks/supervise";
import { delay } from "@std/async";
import { demoArguments } from "./common/arguments.ts";
import { printHeadings } from "./common/headings.ts";
import { setupLog } from "./common/log.ts";
import { conclude } from "./common/outcome.ts";
import { printReport } from "./common/print_report.ts";
import { stopAfter } from "./common/stop_after.ts";
import { Load } from "./service/load.ts";
import { logNotes } from "./service/log_notes.ts";
import { postgresOrders, sqliteOrders } from "./service/orders.ts";
import { upstream } from "./service/upstream.ts";

const { forever, postgres } = demoArguments();
const folder = mkdtempSync(join(tmpdir(), "orders-"));
const manager = new TaskManager({ drainTimeout: 10_000 });
const health = new Health(manager);

const orders = resource(() =>
  postgres ? postgresOrders(postgres) : sqliteOrders(join(folder, "orders.db"))
);
manager.addTask("orders", orders);
health.check("orders", () => orders.value.count());

const consumer = repeatable(async () => {
  const open = await orders.value.open();
  for (const order of open) await orders.value.finish(order);
  await delay(20);
});
manager.addTask("consumer", graceful(consumer));

let last = { stored: 0, done: 0 };
const everySecond = (after: Date) => new Date(after.getTime() + 1_000);
const count = async () => void (last = await orders.value.count());
manager.addTask("counter", {
  ...graceful(schedule(everySecond, count)),
  cleanup: count, // Once more, when nobody orders and nobody works any more.
});

const supervised = supervise(upstream);
manager.addTask("upstream", supervised);
health.check("upstream", supervised, { critical: false });

const server = createServer(async (request, response) => {
  if (request.url !== "/orders") return health.node(request, response);
  const order = await orders.value.add("coffee");
  response.writeHead(201).end(`${order}`);
});
const api = httpServer(server, { host: "127.0.0.1" }, { closeDelay: 1_000 });
manager.addTask("api", api);

const load = new Load(() => api.address.url, 10);
manager.addTask("load", load);
if (!forever) {
  manager.addExecuteTask("clock", stopAfter(3_000, manager), { type: "error" });
}
setupLog(manager.tasks.map(({ name }) => name));
printHeadings(manager);
logNotes(manager);

await runMain(manager, {
  exitCode({ errors, report }) {
    printReport(report);
    rmSync(folder, { recursive: true });
    return conclude(
      errors.length + load.failed === 0 && load.answered > 0 &&
        load.answered === last.stored,
      `The stop has lost nothing: ${load.answered} answered, ${load.failed} failed, ${last.stored} stored, ${last.done} done`,
    );
  },
});
