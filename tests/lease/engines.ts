import {
  denoKvLock,
  type Lock,
  memoryLock,
  postgresLock,
  redisLock,
  sqliteLock,
} from "@goasync/core/tasks/lease";
import { PGlite } from "npm:@electric-sql/pglite@0.3.15";
import { DatabaseSync } from "node:sqlite";
import { FakeKv } from "../helpers/fake_kv.ts";
import { fakeRedis } from "./fake_redis.ts";

/** A database, embedded or faked, that is asked as a real one is. */
export interface Engine extends AsyncDisposable {
  /** A lock of its own for a replica. */
  readonly lock: (key: string) => Lock;
  /** Whether it hears that a lock was given back. */
  readonly hears?: true;
  /** For how much longer than the ttl it may not be had. */
  readonly extra?: number;
}

/** One for all, as it takes seconds to start; before a test has to end in time. */
const postgres = new PGlite();
await postgres.waitReady;

/** What makes each of them. */
export const engines: Readonly<Record<string, () => Engine>> = {
  memory() {
    const locks = new Map<string, Lock>();
    const lock = (key: string) => {
      const made = locks.get(key) ?? memoryLock();
      locks.set(key, made);
      return made;
    };
    return { lock, hears: true, async [Symbol.asyncDispose]() {} };
  },

  sqlite() {
    const database = new DatabaseSync(":memory:");
    return {
      lock: (key) => sqliteLock(database, key),
      async [Symbol.asyncDispose]() {
        await database.close();
      },
    };
  },

  "sqlite with big integers"() {
    const database = new DatabaseSync(":memory:");
    const prepare = (sql: string) => {
      const statement = database.prepare(sql);
      statement.setReadBigInts(true);
      return statement;
    };
    return {
      lock: (key) =>
        sqliteLock({ exec: (sql) => database.exec(sql), prepare }, key),
      async [Symbol.asyncDispose]() {
        await database.close();
      },
    };
  },

  postgres() {
    return {
      lock: (key) =>
        postgresLock((sql, values) => postgres.query(sql, values), key, {
          listen: (channel, hear) => postgres.listen(channel, hear),
        }),
      hears: true,
      async [Symbol.asyncDispose]() {
        await postgres.exec("DROP TABLE IF EXISTS goasync_locks");
      },
    };
  },

  redis() {
    const call = fakeRedis();
    return {
      lock: (key) => redisLock({ call }, key),
      async [Symbol.asyncDispose]() {},
    };
  },

  "deno kv"() {
    const kv = new FakeKv();
    return {
      lock: (key) => denoKvLock(kv, key),
      extra: 1_000,
      async [Symbol.asyncDispose]() {},
    };
  },
};
