/**
 * A database, an API that stores orders in it, and a client that keeps
 * ordering. When everything is told to stop, the API drains: it refuses what is
 * new and finishes what is in flight, while the database is still up. The
 * database was added first, so it is cleaned up last, and no accepted order is
 * lost.
 *
 * The client stands for the world outside: it knows nothing of the stop and
 * orders until it is refused.
 *
 * Run it with `deno task example http-server`.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TaskManager } from "@goasync/core";
import { runMain } from "@goasync/core/main";
import { Api } from "./http_server/api.ts";
import { Client } from "./http_server/client.ts";
import { countOrders, Database } from "./http_server/database.ts";
import { demoArguments } from "./common/arguments.ts";
import { printHeadings } from "./common/headings.ts";
import { logManager, setupLog } from "./common/log.ts";
import { conclude } from "./common/outcome.ts";
import { printReport } from "./common/print_report.ts";
import { stopAfter } from "./common/stop_after.ts";

const { forever, inspect } = demoArguments();
const folder = mkdtempSync(join(tmpdir(), "orders-"));
const file = join(folder, "orders.db");

const database = new Database(file);
const api = new Api(database);
const client = new Client(() => api.url, 4);

const manager = new TaskManager({ drainTimeout: 10_000 });
manager.addTask("database", database);
manager.addTask("api", api);
manager.addTask("client", client);
if (!forever) {
  manager.addExecuteTask("clock", stopAfter(3_000, manager), { type: "error" });
}
setupLog(manager.tasks.map(({ name }) => name));
printHeadings(manager);
logManager(manager);

await runMain(manager, {
  inspect,
  exitCode({ errors, report }) {
    printReport(report);
    const stored = countOrders(file);
    rmSync(folder, { recursive: true });
    return conclude(
      errors.length === 0 && stored === api.accepted &&
        client.answered === api.accepted,
      `No accepted order is lost: ${api.accepted} accepted, ${stored} stored, ${client.answered} answered`,
    );
  },
});
