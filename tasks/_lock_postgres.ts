import { checkFunction, checkOptions } from "../src/arguments.ts";
import type { Lock } from "./_lease_lock.ts";
import { checkLockKey } from "./_lock_key.ts";
import { Notices } from "./_lock_notices.ts";

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
   * `postgres`; with `pg`, `LISTEN` on a client of its own, and its events
   * `notification` and `end`. Needs a connection that stays, not one of a pool in
   * transaction mode. It is called when somebody first waits, and again when it has
   * failed, or when `lost` was called, as the connection has ended.
   *
   * @default {the lock is only asked now and then}
   */
  listen?:
    | ((
      channel: string,
      hear: (payload?: string) => void,
      lost: () => void,
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
 * replication; otherwise a term, and tokens, may be lost with the rest. When the
 * clock of the server is put forward, the lock expires early, and its holder learns
 * that when it next renews it. A query
 * cannot be taken back: if it is not waited for any more, it may still be done.
 *
 * @example With the pool of `pg`
 * ```ts ignore
 * import { lease, postgresLock } from "@goasync/core/tasks/lease";
 * import pg from "npm:pg@8.23.1";
 *
 * const pool = new pg.Pool();
 * let listener: pg.Client | undefined;
 * const lock = postgresLock((sql, values) => pool.query(sql, values), "invoices", {
 *   async listen(channel, hear, lost) {
 *     listener = new pg.Client();
 *     listener.on("notification", ({ payload }) => hear(payload));
 *     listener.on("error", console.error).on("end", lost);
 *     await listener.connect();
 *     await listener.query(`LISTEN ${channel}`);
 *   },
 * });
 * manager.addTask("database", { cleanup: () => Promise.all([listener?.end(), pool.end()]) });
 * manager.addTask("invoices", lease(lock, (token) => new Invoices(token)));
 * ```
 *
 * @example With `postgres`
 * ```ts ignore
 * import { postgresLock } from "@goasync/core/tasks/lease";
 * import postgres from "npm:postgres@3.4.9";
 *
 * const sql = postgres({ backoff: () => 0.1 }); // Else it waits up to 20 s to connect.
 * const lock = postgresLock((text, values) => sql.unsafe(text, values), "invoices", {
 *   listen: (channel, hear) => sql.listen(channel, hear),
 * });
 * ```
 *
 * @param query Runs a statement.
 * @param key The name of the lock, the same on all replicas.
 * @param options What it is given besides.
 * @returns The lock, for one lease.
 * @throws {TypeError} If `query` or `listen` is no function, the key is no string
 * of 1 to 500 characters, or the options are no object.
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
  if (!listen) return lock;
  const notices = new Notices(
    (hear, lost) => listen(CHANNEL, hear, lost),
    key,
  );
  return { ...lock, wait: (signal) => notices.wait(signal) };
}
