import { DatabaseSync } from "node:sqlite";
import {
  type DenoKv,
  denoKvLock,
  type Lock,
  postgresLock,
  redisLock,
  sqliteLock,
} from "@goasync/core/tasks/lease";
import { Redis } from "npm:ioredis@6.0.0";
import pg from "npm:pg@8.23.1";
import postgres from "npm:postgres@3.4.9";
import { createClient } from "npm:redis@6.3.1";

/** A lock, and what closes its client. */
export interface Opened {
  readonly lock: Lock;
  readonly close: () => unknown;
}

/** Deno.openKv, whose type is there with --unstable-kv only. */
interface KvRuntime {
  openKv(path: string): Promise<DenoKv & { close(): void }>;
}

const KEY = "the ordered {stream}";

/** Opens a lock over a client; those of servers connect to that port. */
export const open: Readonly<
  Record<string, (folder: string, port: number) => Opened | Promise<Opened>>
> = {
  sqlite(folder) {
    const database = new DatabaseSync(`${folder}/locks.db`);
    return { lock: sqliteLock(database, KEY), close: () => database.close() };
  },

  async "deno-kv"(folder) {
    const kv = await (Deno as unknown as KvRuntime).openKv(`${folder}/kv.db`);
    return { lock: denoKvLock(kv, KEY), close: () => kv.close() };
  },

  pg(_, port) {
    const connectionString = `postgres://postgres@127.0.0.1:${port}/postgres`;
    const settings = { connectionString, connectionTimeoutMillis: 500 };
    const pool = new pg.Pool(settings);
    pool.on("error", () => {});
    let listener: pg.Client | undefined;
    const lock = postgresLock((sql, values) => pool.query(sql, values), KEY, {
      async listen(channel, hear, lost) {
        listener = new pg.Client(settings);
        listener.on("error", () => {}).on("end", lost);
        listener.on(
          "notification",
          ({ payload }: { payload?: string }) => hear(payload),
        );
        await listener.connect();
        await listener.query(`LISTEN ${channel}`);
        console.log("listens");
      },
    });
    return { lock, close: () => Promise.all([listener?.end(), pool.end()]) };
  },

  postgres(_, port) {
    const sql = postgres(`postgres://postgres@127.0.0.1:${port}/postgres`, {
      connect_timeout: 1,
      backoff: () => 0.1,
      onnotice: () => {},
    });
    const lock = postgresLock((text, values) => sql.unsafe(text, values), KEY, {
      listen: (channel, hear) =>
        sql.listen(channel, hear, () => console.log("listens")),
    });
    return { lock, close: () => sql.end({ timeout: 1 }) };
  },

  ioredis(_, port) {
    const client = new Redis(port, "127.0.0.1");
    client.on("error", () => {});
    return { lock: redisLock(client, KEY), close: () => client.disconnect() };
  },

  async redis(_, port) {
    const client = createClient({
      socket: { port, host: "127.0.0.1", reconnectStrategy: 100 },
    });
    client.on("error", () => {});
    await client.connect();
    return { lock: redisLock(client, KEY), close: () => client.destroy() };
  },
};
