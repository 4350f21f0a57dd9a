/**
 * A task that runs on one replica at a time, however many there are, and the
 * locks that say on which.
 *
 * @example Two replicas, of which the second takes over
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { lease, memoryLock } from "@goasync/core/tasks/lease";
 * import { assertEquals } from "@std/assert";
 *
 * const lock = memoryLock();
 * const log: string[] = [];
 * const replicas = ["a", "b"].map((name) => {
 *   const manager = new TaskManager();
 *   const sweeper = lease(lock, (token) => ({
 *     initialize() {
 *       log.push(`${name} begins with token ${token}`);
 *       manager.stop();
 *     },
 *     cleanup: () => log.push(`${name} ends`),
 *   }));
 *   manager.addTask("sweeper", sweeper);
 *   return manager;
 * });
 * await Promise.all(replicas.map((manager) => manager.run()));
 *
 * assertEquals(log, [
 *   "a begins with token 1",
 *   "a ends",
 *   "b begins with token 2",
 *   "b ends",
 * ]);
 * ```
 *
 * @module
 */

import type { ExecuteTask, TaskContext } from "../mod.ts";
import { abortError } from "../src/abort_errors.ts";
import {
  checkFunction,
  isFunction,
  isObject,
  wrong,
} from "../src/arguments.ts";
import { Backoff } from "./_backoff.ts";
import type { Lock } from "./_lease_lock.ts";
import { type LeaseOptions, leaseRulesOf } from "./_lease_options.ts";
import { type CreateTerm, LeaseRun } from "./_lease_run.ts";
import {
  type DenoKv,
  type DenoKvEntry,
  denoKvLock,
  type DenoKvOperation,
} from "./_lock_deno_kv.ts";
import { memoryLock } from "./_lock_memory.ts";
import {
  postgresLock,
  type PostgresLockOptions,
  type PostgresQuery,
} from "./_lock_postgres.ts";
import {
  type IoRedisClient,
  type NodeRedisClient,
  redisLock,
} from "./_lock_redis.ts";
import {
  type SqliteDatabase,
  sqliteLock,
  type SqliteStatement,
} from "./_lock_sqlite.ts";
import { OneRun } from "./_one_run.ts";

export { denoKvLock, memoryLock, postgresLock, redisLock, sqliteLock };
export type {
  CreateTerm,
  DenoKv,
  DenoKvEntry,
  DenoKvOperation,
  IoRedisClient,
  LeaseOptions,
  Lock,
  NodeRedisClient,
  PostgresLockOptions,
  PostgresQuery,
  SqliteDatabase,
  SqliteStatement,
};

/** A task that waits for a lock, and what can be read of it. */
export interface Lease extends ExecuteTask {
  /**
   * The token of the term that goes on; `undefined` while there is none, and as
   * soon as the clocks say that it is over. Looks at the clocks each time.
   */
  readonly token: number | undefined;
  /**
   * Ends the term that goes on, if there is one, as an ordinary stop does:
   * drains, stops and cleans up its task, and gives the lock back. Others go
   * first: this replica asks for the lock again after `renewEvery`. Do not await
   * it inside the task of the term, which it waits for.
   *
   * @param reason The reason of the signals of the term; an `AbortError` if it
   * is left out.
   * @returns A promise that resolves when the lock was given back, and never
   * rejects.
   */
  yield(reason?: unknown): Promise<void>;
  /**
   * Waits for the lock, has a term, and waits again.
   *
   * @param context What the context of each term follows.
   * @returns A promise that resolves when the task of a term has returned, or
   * when it is told to stop and the lock was given back.
   */
  execute(context: TaskContext): Promise<void>;
  /**
   * Drains the task of the term that goes on.
   *
   * @param context The same context.
   * @returns What its drain returns.
   */
  drain(context: TaskContext): unknown;
}

/**
 * Runs a task on one replica at a time: on the one that has a lock. The others
 * wait, and take over.
 *
 * A *term* is the time in which a replica has the lock. Its task is made by
 * `create`, and is initialized, executed, drained and cleaned up in that time;
 * all of it is a part of this task's `execute`, and so of the `stopTimeout` where
 * that is added. What is given to `create` is the fencing token of the term: each
 * is greater than all before it. Write it down beside what the task writes, and
 * refuse a smaller one: see the example.
 *
 * **What is promised.** Never are two replicas between the beginning of
 * `initialize` and the end of `cleanup`, unless a process froze in between (it was
 * paused, its machine slept, its event loop was blocked), a task overran its
 * margin, or the clock by which the lock expires was put forward; and then what the
 * old one writes with its token can be refused.
 *
 * **Time.** A term counts from before the lock was asked for it, by the larger of
 * what `performance.now` and `Date.now` have passed since, and each renewal counts
 * anew. At `ttl - margin` without one the term is over: its signals abort at once,
 * without a drain, its task is cleaned up, and the lease waits for the lock again.
 * The task has its `stopTimeout` and its `cleanupTimeout` for that, which hold for
 * every other stop, too. Clocks may run at rates that differ by a tenth. One that
 * overruns is left behind, its `abandoned` aborts, and the lease fails with an
 * error that names the term; the lock is not given back then, but expires. What
 * else it throws once the lock is lost is only noted.
 *
 * **An ordinary stop**, that of the manager or `yield()`, goes on to renew until
 * the task has drained, stopped and is cleaned up, and gives the lock back, so that
 * the next replica begins at once. A term that is told while it initializes is
 * stopped without a drain. When the task of a term returns by itself, it is cleaned
 * up, the lock is given back, and the lease returns; when it fails, the lease fails
 * with that error after the same.
 *
 * **A lock that fails**, answers late or nonsense, is asked again after a wait that
 * grows from 100 ms to half of `renewEvery`, and that is noted; the lease does not
 * fail, unless `giveUpAfter` says so. A term is never begun on an answer that is in
 * doubt: a token that comes too late, or is not greater than the one before, is
 * given back. Told to stop, it waits for an answer for at most a second.
 *
 * @example A write that checks the token
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { lease, sqliteLock } from "@goasync/core/tasks/lease";
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { DatabaseSync } from "node:sqlite";
 *
 * const database = new DatabaseSync(":memory:");
 * database.exec("CREATE TABLE totals (name TEXT PRIMARY KEY, value INTEGER, token INTEGER)");
 * const write = database.prepare(`
 *   INSERT INTO totals VALUES ('sales', :value, :token)
 *   ON CONFLICT (name) DO UPDATE SET value = :value, token = :token
 *   WHERE token <= :token`);
 * function writeTotal(value: number, token: number) {
 *   const { changes } = write.run({ value, token });
 *   if (changes === 0) throw new Error(`Token ${token} is not the latest`);
 * }
 *
 * const manager = new TaskManager();
 * manager.addTask("totals", lease(sqliteLock(database, "totals"), (token) => () => {
 *   writeTotal(100, token + 1); // Another replica has taken over in between.
 *   assertThrows(() => writeTotal(99, token), Error, "Token 1 is not the latest");
 * }), { type: "stop-group" });
 * assertEquals(await manager.runSettled(), []);
 * ```
 *
 * @example A group of tasks, and a job on a schedule
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { lease, memoryLock } from "@goasync/core/tasks/lease";
 * import { schedule } from "@goasync/core/tasks/schedule";
 * import { assertEquals } from "@std/assert";
 *
 * const everyTenMs = (after: Date) => new Date(after.getTime() + 10);
 * const manager = new TaskManager();
 * let reports = 0;
 * manager.addTask("leader", lease(memoryLock(), () => {
 *   const group = new TaskManager();
 *   group.addTask("report", schedule(everyTenMs, () => {
 *     if (++reports === 2) manager.stop();
 *   }));
 *   return group;
 * }));
 * await manager.run();
 * assertEquals(reports, 2);
 * ```
 *
 * @param lock The lock that all replicas share.
 * @param create Makes the task of a term: a TaskManager, which runs once, or
 * anything else that can be added to one. What it throws counts as if the task
 * had.
 * @param options How it behaves.
 * @returns A task to add to a manager, of the type that the task of a term has. It
 * can be in one run at a time.
 * @throws {TypeError} If the lock lacks a method, `create` is no function, or the
 * options are no object.
 * @throws {RangeError} If a time in the options is out of its range, or they leave
 * no time for a term to end or to be renewed.
 */
export function lease(
  lock: Lock,
  create: CreateTerm,
  options: LeaseOptions = {},
): Lease {
  const action = "make a lease";
  checkLock(action, lock);
  checkFunction(action, create, "create");
  const rules = leaseRulesOf(options);
  const longest = rules.renewEvery / 2;
  const backoff = () =>
    new Backoff(action, { min: Math.min(100, longest), max: longest });
  const runs = new OneRun<LeaseRun>();
  return {
    get token() {
      return runs.current?.token;
    },
    async yield(reason = abortError("The lease was yielded")) {
      await runs.current?.yield(reason);
    },
    async execute(context) {
      try {
        const run = runs.begin(
          () => new LeaseRun(lock, create, rules, backoff()),
          context.name,
        );
        await run.execute(context);
      } finally {
        runs.end();
      }
    },
    drain: () => runs.current?.drain(),
  };
}

const METHODS = ["acquire", "renew", "release"] as const;

function checkLock(action: string, lock: unknown): void {
  for (const name of METHODS) {
    if (isObject(lock) && isFunction(lock[name])) continue;
    const expected = `the lock must have the function '${name}'`;
    throw wrong(action, expected, lock);
  }
}
