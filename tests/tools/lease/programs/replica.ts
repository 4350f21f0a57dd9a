// A replica with one lease over the lock that ENGINE names. In a term it writes
// its token into a table that refuses an older one, and prints what it does.

import { DatabaseSync } from "node:sqlite";
import process from "node:process";
import { TaskManager } from "@goasync/core";
import { runMain } from "@goasync/core/main";
import {
  type DenoKv,
  denoKvLock,
  lease,
  type Lock,
  postgresLock,
  redisLock,
  sqliteLock,
} from "@goasync/core/tasks/lease";
import { Redis } from "npm:ioredis@6.0.0";
import pg from "npm:pg@8.23.1";

/** Deno.openKv, whose type is there with --unstable-kv only. */
interface KvRuntime {
  openKv(path: string): Promise<DenoKv & { close(): void }>;
}

const { ENGINE = "", FOLDER = "", PORT = "" } = process.env;
const [TTL, RENEW_EVERY] = [1_500, 500];
const manager = new TaskManager({ shutdownTimeout: 10_000 });

function lockOf(engine: string): Lock | Promise<Lock> {
  if (engine === "postgres") return overPostgres();
  if (engine === "redis") {
    const client = new Redis(Number(PORT), "127.0.0.1");
    client.on("error", () => {});
    manager.addTask("client", { cleanup: () => client.disconnect() });
    return redisLock(client, "it");
  }
  if (engine === "deno-kv") return overDenoKv();
  return sqliteLock(new DatabaseSync(`${FOLDER}/locks.db`), "it");
}

async function overDenoKv(): Promise<Lock> {
  const kv = await (Deno as unknown as KvRuntime).openKv(`${FOLDER}/kv.db`);
  manager.addTask("client", { cleanup: () => kv.close() });
  return denoKvLock(kv, "it");
}

function overPostgres(): Lock {
  const connectionString = `postgres://postgres@127.0.0.1:${PORT}/postgres`;
  const pool = new pg.Pool({ connectionString, connectionTimeoutMillis: 500 });
  pool.on("error", () => {});
  const listeners = new Set<pg.Client>();
  manager.addTask("client", {
    async cleanup() {
      await pool.end();
      await Promise.all([...listeners].map((each) => each.end()));
    },
  });
  return postgresLock((sql, values) => pool.query(sql, values), "it", {
    async listen(channel, hear) {
      const client = new pg.Client({ connectionString });
      client.on("error", () => listeners.delete(client));
      client.on(
        "notification",
        ({ payload }: { payload?: string }) => hear(payload),
      );
      await client.connect();
      listeners.add(client);
      await client.query(`LISTEN ${channel}`);
    },
  });
}

const table = new DatabaseSync(`${FOLDER}/writes.db`, { timeout: 5_000 });
table.exec(
  "CREATE TABLE IF NOT EXISTS writes (id INTEGER PRIMARY KEY, token INTEGER, pid INTEGER)",
);
const write = table.prepare(
  "INSERT INTO writes (token, pid) SELECT :token, :pid WHERE :token >= (SELECT coalesce(max(token), 0) FROM writes)",
);
const print = (what: string, token: number) =>
  console.log(`${what} ${token} ${Date.now()} ${process.pid}`);

const lock = await lockOf(ENGINE);
const task = lease(lock, (token) => ({
  initialize: () => print("begin", token),
  async execute({ signal }) {
    while (!signal.aborted) {
      const { changes } = write.run({ token, pid: process.pid });
      if (changes === 0) print("refused", token);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  },
  cleanup: () => print("end", token),
}), { ttl: TTL, renewEvery: RENEW_EVERY });
manager.addTask("it", task);
manager.subscribe((event) => {
  if (event.type === "note") console.log(`note ${event.message}`);
});
console.log("ready");
await runMain(manager);
