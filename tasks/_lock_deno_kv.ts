import { checkFunction } from "../src/arguments.ts";
import { unlessBusy } from "./_lock_busy.ts";
import type { Lock } from "./_lease_lock.ts";
import { checkLockKey } from "./_lock_key.ts";
import { Unchanged } from "./_lock_unchanged.ts";

/** A value of {@linkcode DenoKv}, and its version. */
export interface DenoKvEntry {
  /** The value; `null` if there is none. */
  readonly value: unknown;
  /** Changes with each write; `null` if there is no value. */
  readonly versionstamp: string | null;
}

/** A write of {@linkcode DenoKv}, under a condition. */
export interface DenoKvOperation {
  /** Has it done only if the version is still that one. */
  check(entry: { key: string[]; versionstamp: string | null }): this;
  /** Writes a value. */
  set(key: string[], value: unknown): this;
  /** Does it; returns whether it was done. */
  commit(): Promise<{ readonly ok: boolean }>;
}

/** What is needed of a `Deno.Kv`. */
export interface DenoKv {
  /** Reads a value. */
  get(key: string[]): Promise<DenoKvEntry>;
  /** Begins a write. */
  atomic(): DenoKvOperation;
}

/** What is stored. */
interface Stored {
  readonly token: number;
  readonly isFree: boolean;
  /** Differs from one renewal to the next. */
  readonly renewals: number;
}

const FREE: Stored = { token: 0, isFree: true, renewals: 0 };

/**
 * A lock in Deno KV, for Deno Deploy, or for several processes over one file. The
 * value is below the key `["goasync_locks", key]`, and is never deleted, as tokens
 * only grow.
 *
 * It has no server whose clock says when it expires, and `expireIn` of a value may
 * be late by seconds: who waits takes the lock from somebody whose value it has seen
 * unchanged for the ttl and a tenth, by its own clock, as two clocks differ more
 * than each does from the true time. So it takes that long also after all replicas
 * have died. All replicas must have the same ttl. While the file is locked by another
 * process it tries again. Its `wait` is for that time only, as `watch` does not hear
 * what other processes write to a file: a lock that was given back is taken within
 * half of `renewEvery`.
 *
 * @example Take it, and give it back
 * ```ts ignore
 * import { denoKvLock, lease } from "@goasync/core/tasks/lease";
 *
 * const kv = await Deno.openKv();
 * manager.addTask("digest", lease(denoKvLock(kv, "digest"), () => sendDigests));
 * ```
 *
 * @param kv The database, which stays the user's to close, after the run.
 * @param key The name of the lock, the same on all replicas.
 * @returns The lock, for one lease.
 * @throws {TypeError} If the database lacks a method, or the key is no string of 1
 * to 500 characters.
 */
export function denoKvLock(kv: DenoKv, key: string): Required<Lock> {
  const action = "make a lock of Deno KV";
  checkFunction(action, Object(kv).get, "get");
  checkFunction(action, Object(kv).atomic, "atomic");
  checkLockKey(action, key);
  const path = ["goasync_locks", key];
  const unchanged = new Unchanged();

  /** Writes what follows from what is stored; returns whether it has. */
  function change(
    signal: AbortSignal,
    next: (stored: Stored, versionstamp: string | null) => Stored | undefined,
  ): Promise<Stored | undefined> {
    return unlessBusy(async () => {
      while (true) {
        const { value, versionstamp } = await kv.get(path);
        const stored = next(value as Stored | null ?? FREE, versionstamp);
        if (!stored) return;
        const write = kv.atomic().check({ key: path, versionstamp });
        const { ok } = await write.set(path, stored).commit();
        if (ok) return stored;
      }
    }, signal);
  }

  return {
    async acquire(ttl, signal) {
      const taken = await change(signal, ({ token, isFree }, versionstamp) => {
        const isExpired = unchanged.isFor(ttl * 1.1, `${versionstamp}`);
        if (!isFree && !isExpired) return;
        return { token: token + 1, isFree: false, renewals: 0 };
      });
      return taken?.token;
    },
    async renew(token, _ttl, signal) {
      const renewed = await change(signal, (stored) => {
        if (stored.isFree || stored.token !== token) return;
        return { ...stored, renewals: stored.renewals + 1 };
      });
      return renewed !== undefined;
    },
    release: (token, signal) =>
      change(signal, (stored) => {
        if (stored.token === token) return { ...stored, isFree: true };
      }),
    wait: (signal) => unchanged.wait(signal),
  };
}
