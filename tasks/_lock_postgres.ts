import { checkFunction, checkOptions } from "../src/arguments.ts";
import type { Lock } from "./_lease_lock.ts";
import { checkLockKey } from "./_lock_key.ts";

/**
 * Runs a statement with values for `$1`, `$2` …, on any connection, outside of a
 * transaction: `(sql, values) => pool.query(sql, values)` with `pg`,
 * `(sql, values) => client.unsafe(sql, values)` with `postgres`.
 *
 * @param sql The statement.
 * @param values The values.
 * @returns The rows, or an object that has them.
 */
export type PostgresQuery = (
  sql: string,
  values: (string | number)[],
) => PromiseLike<ArrayLike<unknown> | { readonly rows: ArrayLike<unknown> }>;

/** What {@linkcode postgresLock} is given besides. */
export interface PostgresLockOptions {
  /**
   * Listens to a channel, so that the next replica begins at once when the lock is
   * given back: `(channel, hear) => client.listen(channel, hear)` with
   * `postgres`; with `pg`, `LISTEN` on a client of its own, and its event
   * `notification`. Needs a connection that stays, not one of a pool in
   * transaction mode.
   *
   * @default {the lock is only asked now and then}
   */
  listen?:
    | ((
      channel: string,
      hear: (payload?: string) => void,
    ) => PromiseLike<unknown>)
    | undefined;
}

const CHANNEL = "goasync_locks";
// Only one at a time, as Postgres fails where two create the same at once.
const CREATE = `DO $$ BEGIN
  PERFORM pg_advisory_xact_lock(7305801412);
  CREATE SEQUENCE IF NOT EXISTS goasync_lock_tokens;
  CREATE TABLE IF NOT EXISTS goasync_locks (
    key text PRIMARY KEY, token bigint NOT NULL, expires timestamptz NOT NULL);
END $$`;
// The token is taken once the row is locked, so that it grows with the terms.
const ACQUIRE = `INSERT INTO goasync_locks AS lock
  VALUES ($1, nextval('goasync_lock_tokens'), now() + $2::float8 * interval '1 ms')
  ON CONFLICT (key) DO UPDATE
  SET token = nextval('goasync_lock_tokens'), expires = excluded.expires
  WHERE lock.expires <= now() RETURNING token`;
const RENEW = `UPDATE goasync_locks
  SET expires = now() + $3::float8 * interval '1 ms'
  WHERE key = $1 AND token = $2::bigint AND expires > now() RETURNING token`;
const RELEASE = `WITH free AS (
    UPDATE goasync_locks SET expires = '-infinity'
    WHERE key = $1 AND token = $2::bigint RETURNING key)
  SELECT pg_notify('${CHANNEL}', key) FROM free`;

/** The code of the error that there is no such table. */
const NO_TABLE = "42P01";

/**
 * A lock in Postgres, for replicas on many machines: the one to use by default
 * where there is a Postgres. It expires by the clock of the server. Its rows are in
 * a table `goasync_locks`, the tokens come from a sequence `goasync_lock_tokens`;
 * both are made when they are first missed, if the user of the database may do
 * that.
 *
 * It is a row, and no advisory lock, since that belongs to a connection: it is gone
 * without a word when a pool closes or replaces that, or a pooler gives it to
 * somebody else, while its holder goes on; and it has no token. Each request is one
 * statement that may take any connection, also through PgBouncer.
 *
 * The lock and its tokens survive a restart of the server. They survive a fail-over
 * if the replica that takes over has all that was committed, as with synchronous
 * replication; otherwise a term, and tokens, may be lost with the rest. A query
 * cannot be taken back: if it is not waited for any more, it may still be done.
 *
 * @example With the pool of `pg`
 * ```ts ignore
 * import { lease, postgresLock } from "@goasync/core/tasks/lease";
 * import pg from "npm:pg@8.23.1";
 *
 * const pool = new pg.Pool();
 * const listener = new pg.Client();
 * await listener.connect();
 * const lock = postgresLock((sql, values) => pool.query(sql, values), "invoices", {
 *   listen(channel, hear) {
 *     listener.on("notification", ({ payload }) => hear(payload));
 *     return listener.query(`LISTEN ${channel}`);
 *   },
 * });
 * manager.addTask("invoices", lease(lock, (token) => new Invoices(token)));
 * ```
 *
 * @example With `postgres`
 * ```ts ignore
 * import { postgresLock } from "@goasync/core/tasks/lease";
 * import postgres from "npm:postgres@3.4.9";
 *
 * const sql = postgres();
 * const lock = postgresLock((text, values) => sql.unsafe(text, values), "invoices", {
 *   listen: (channel, hear) => sql.listen(channel, hear),
 * });
 * ```
 *
 * @param query Runs a statement.
 * @param key The name of the lock, the same on all replicas.
 * @param options What it is given besides.
 * @returns The lock, for one lease.
 * @throws {TypeError} If `query` or `listen` is no function, the key is not a
 * non-empty string, or the options are no object.
 */
export function postgresLock(
  query: PostgresQuery,
  key: string,
  options: PostgresLockOptions = {},
): Lock {
  const action = "make a lock of Postgres";
  checkFunction(action, query, "query");
  checkLockKey(action, key);
  checkOptions(action, options);
  const { listen } = options;
  if (listen !== undefined) checkFunction(action, listen, "listen");

  async function first(
    sql: string,
    ...values: (string | number)[]
  ): Promise<{ readonly token: unknown } | undefined> {
    const result = await query(sql, values);
    const rows = "rows" in result ? result.rows : result;
    return rows[0] as { readonly token: unknown } | undefined;
  }

  const lock: Lock = {
    async acquire(ttl) {
      const take = () => first(ACQUIRE, key, ttl);
      const row = await take().catch(async (error) => {
        if (Object(error).code !== NO_TABLE) throw error;
        await query(CREATE, []);
        return await take();
      });
      return row && Number(row.token); // A bigint, which comes as a text.
    },
    async renew(token, ttl) {
      return await first(RENEW, key, token, ttl) !== undefined;
    },
    release: (token) => first(RELEASE, key, token),
  };
  return listen ? { ...lock, wait: waitWith(listen, key) } : lock;
}

/** Listens once, when somebody first waits; again if that has failed. */
function waitWith(
  listen: NonNullable<PostgresLockOptions["listen"]>,
  key: string,
): NonNullable<Lock["wait"]> {
  const waiting = new Set<() => void>();
  let listening: PromiseLike<unknown> | undefined;
  const hear = (payload?: string) => {
    if (payload !== undefined && payload !== key) return;
    for (const wake of waiting) wake();
    waiting.clear();
  };
  return async (signal) => {
    try {
      await (listening ??= listen(CHANNEL, hear));
    } catch (error) {
      listening = undefined;
      throw error;
    }
    await new Promise<void>((resolve) => {
      waiting.add(resolve);
      signal.addEventListener("abort", () => waiting.delete(resolve));
    });
  };
}
