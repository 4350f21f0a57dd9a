import { checkFunction } from "../src/arguments.ts";
import { unlessBusy } from "./_lock_busy.ts";
import type { Lock } from "./_lease_lock.ts";
import { checkLockKey } from "./_lock_key.ts";
import { Unchanged } from "./_lock_unchanged.ts";
import { WallClockStep } from "./_wall_clock_step.ts";

/** A statement of {@linkcode SqliteDatabase}. */
export interface SqliteStatement {
  /** Runs it with values for its parameters, and returns the first row. */
  get(...values: (string | number | bigint)[]): unknown;
}

/**
 * What is needed of a database: `DatabaseSync` of `node:sqlite` has it, as have
 * `bun:sqlite` and `better-sqlite3`.
 */
export interface SqliteDatabase {
  /** Runs a statement without parameters. */
  exec(sql: string): void;
  /** Prepares a statement. */
  prepare(sql: string): SqliteStatement;
}

const TABLE = `CREATE TABLE IF NOT EXISTS goasync_locks (
  key TEXT PRIMARY KEY, token INTEGER NOT NULL, expires INTEGER NOT NULL)`;
const READ = "SELECT token, expires FROM goasync_locks WHERE key = ?";
const ACQUIRE = `INSERT INTO goasync_locks VALUES (?, 1, ?)
  ON CONFLICT (key) DO UPDATE SET token = token + 1, expires = excluded.expires
  WHERE token = ? AND expires = ? RETURNING token`;
const RENEW = `UPDATE goasync_locks SET expires = ?
  WHERE key = ? AND token = ? AND expires > 0 RETURNING token`;
const RELEASE = `UPDATE goasync_locks SET expires = 0
  WHERE key = ? AND token = ? RETURNING token`;

/** A row of the table. */
interface Row {
  readonly token: number | bigint;
  readonly expires: number | bigint;
}

/**
 * A lock for several processes on one machine, in a file of SQLite on a local
 * disk. Survives whatever the file survives. Its rows are in a table
 * `goasync_locks`, made when it is first asked, and are never deleted, as tokens
 * only grow.
 *
 * It expires by the clock of the machine, which all processes share. When that is
 * set, back or forth, it expires for a process that has seen it unchanged for a ttl;
 * one that starts right after it was put forward takes it at once, within half a
 * second of which the holder notices.
 * While another process is writing it tries again. It has no `wait`: a
 * lock that was given back is taken within half of `renewEvery`.
 *
 * A process that freezes in the middle of a write keeps the file locked: nobody
 * takes over until it goes on or dies.
 *
 * Give it a connection of its own: on one that is in a transaction, others see what
 * it writes when that is committed, if it is.
 *
 * @example A lock in a file
 * ```ts
 * import { sqliteLock } from "@goasync/core/tasks/lease";
 * import { assertEquals } from "@std/assert";
 * import { DatabaseSync } from "node:sqlite";
 *
 * const lock = sqliteLock(new DatabaseSync(":memory:"), "sweeper");
 * const { signal } = new AbortController();
 * assertEquals(await lock.acquire(1_000, signal), 1);
 * assertEquals(await lock.renew(1, 1_000, signal), true);
 * await lock.release(1, signal);
 * assertEquals(await lock.acquire(1_000, signal), 2);
 * ```
 *
 * @param database The database, which stays the user's to close, after the run.
 * @param key The name of the lock, the same on all replicas.
 * @returns The lock, for one lease.
 * @throws {TypeError} If the database lacks a method, or the key is no string of 1
 * to 500 characters.
 */
export function sqliteLock(database: SqliteDatabase, key: string): Lock {
  const action = "make a lock of SQLite";
  checkFunction(action, Object(database).exec, "exec");
  checkFunction(action, Object(database).prepare, "prepare");
  checkLockKey(action, key);
  const unchanged = new Unchanged();
  const clock = new WallClockStep();
  let hasTable = false;

  function first(sql: string, ...values: (string | number | bigint)[]) {
    if (!hasTable) database.exec(TABLE);
    hasTable = true;
    return database.prepare(sql).get(...values) as Row | null | undefined;
  }

  return {
    acquire: (ttl, signal) =>
      unlessBusy(() => {
        const { token = 0, expires = 0 } = first(READ, key) ?? {};
        const left = clock.wasSet(ttl / 10)
          ? ttl
          : Math.min(Number(expires) - Date.now(), ttl);
        const isOver = unchanged.isFor(left, `${token} ${expires}`);
        if (expires > 0 && !isOver) return;
        const until = Date.now() + Math.ceil(ttl);
        const row = first(ACQUIRE, key, until, token, expires);
        return row ? Number(row.token) : undefined;
      }, signal),
    renew: (token, ttl, signal) =>
      unlessBusy(() => {
        const until = Date.now() + Math.ceil(ttl);
        return Boolean(first(RENEW, until, key, token));
      }, signal),
    release: (token, signal) =>
      unlessBusy(() => first(RELEASE, key, token), signal),
  };
}
