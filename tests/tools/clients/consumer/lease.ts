import { TaskManager } from "@goasync/core";
import {
  type CreateTerm as CreateTermAmongOthers,
  type DenoKv as DenoKvAmongOthers,
  type DenoKvEntry as DenoKvEntryAmongOthers,
  denoKvLock as denoKvLockAmongOthers,
  type DenoKvOperation as DenoKvOperationAmongOthers,
  type IoRedisClient as IoRedisClientAmongOthers,
  type Lease as LeaseAmongOthers,
  lease as leaseAmongOthers,
  type LeaseOptions as LeaseOptionsAmongOthers,
  type Lock as LockAmongOthers,
  memoryLock as memoryLockAmongOthers,
  type NodeRedisClient as NodeRedisClientAmongOthers,
  postgresLock as postgresLockAmongOthers,
  type PostgresLockOptions as PostgresLockOptionsAmongOthers,
  type PostgresQuery as PostgresQueryAmongOthers,
  redisLock as redisLockAmongOthers,
  type SqliteDatabase as SqliteDatabaseAmongOthers,
  sqliteLock as sqliteLockAmongOthers,
  type SqliteStatement as SqliteStatementAmongOthers,
} from "@goasync/core/tasks";
import {
  type CreateTerm,
  type DenoKv,
  type DenoKvEntry,
  denoKvLock,
  type DenoKvOperation,
  type IoRedisClient,
  type Lease,
  lease,
  type LeaseOptions,
  type Lock,
  memoryLock,
  type NodeRedisClient,
  postgresLock,
  type PostgresLockOptions,
  type PostgresQuery,
  redisLock,
  type SqliteDatabase,
  sqliteLock,
  type SqliteStatement,
} from "@goasync/core/tasks/lease";
import { deepEqual, equal } from "node:assert/strict";

/** Two replicas, one after the other. */
export async function useLease(): Promise<void> {
  const lock: Lock & LockAmongOthers = memoryLock();
  const options: LeaseOptions & LeaseOptionsAmongOthers = {
    ttl: 1_000,
    renewEvery: 300,
  };
  const tokens: number[] = [];
  const manager = new TaskManager();
  const create: CreateTerm & CreateTermAmongOthers = (token) => () =>
    void tokens.push(token);
  const leases = [1, 2].map((): Lease & LeaseAmongOthers =>
    lease(lock, create, options)
  );
  leases.forEach((each, index) =>
    manager.addTask(`lease ${index}`, each, { type: "stop-group" })
  );
  await manager.run();
  deepEqual(tokens, [1, 2]);
  equal(leases[0]?.token, undefined);
}

/** Each lock takes the client that it is for. */
export async function useLocks(): Promise<void> {
  const { signal } = new AbortController();
  const statement: SqliteStatement & SqliteStatementAmongOthers = {
    get: () => ({ token: 1, expires: 0 }),
  };
  const database: SqliteDatabase & SqliteDatabaseAmongOthers = {
    exec() {},
    prepare: () => statement,
  };
  const query: PostgresQuery & PostgresQueryAmongOthers = () =>
    Promise.resolve({ rows: [{ token: "1" }] });
  const listen: PostgresLockOptions & PostgresLockOptionsAmongOthers = {
    listen: () => Promise.resolve(),
  };
  const none: DenoKvEntry & DenoKvEntryAmongOthers = {
    value: null,
    versionstamp: null,
  };
  const operation: DenoKvOperation & DenoKvOperationAmongOthers = {
    check: () => operation,
    set: () => operation,
    commit: () => Promise.resolve({ ok: true }),
  };
  const kv: DenoKv & DenoKvAmongOthers = {
    get: () => Promise.resolve(none),
    atomic: () => operation,
  };
  const ioredis: IoRedisClient & IoRedisClientAmongOthers = {
    call: () => Promise.resolve(1),
  };
  const redis: NodeRedisClient & NodeRedisClientAmongOthers = {
    sendCommand: () => Promise.resolve(1),
  };
  const locks: Lock[] = [
    sqliteLock(database, "it"),
    postgresLock(query, "it", listen),
    denoKvLock(kv, "it"),
    redisLock(ioredis, "it"),
    redisLock(redis, "it"),
  ];
  for (const lock of locks) equal(await lock.acquire(1_000, signal), 1);
}

/** Each of them is the same among the other tasks. */
export function useLeaseAmongOthers(): void {
  equal(leaseAmongOthers, lease);
  equal(memoryLockAmongOthers, memoryLock);
  equal(sqliteLockAmongOthers, sqliteLock);
  equal(postgresLockAmongOthers, postgresLock);
  equal(denoKvLockAmongOthers, denoKvLock);
  equal(redisLockAmongOthers, redisLock);
}
