import type { Lock } from "./_lease_lock.ts";
import { onAbort } from "../src/on_abort.ts";

/**
 * A lock in the memory of a process, for tests: give the same one to the leases
 * of several managers. It expires by `Date.now`, so that fake time moves it on.
 *
 * @example Take over
 * ```ts
 * import { memoryLock } from "@goasync/core/tasks/lease";
 * import { assertEquals } from "@std/assert";
 *
 * const lock = memoryLock();
 * const { signal } = new AbortController();
 * assertEquals(await lock.acquire(1_000, signal), 1);
 * assertEquals(await lock.acquire(1_000, signal), undefined);
 * await lock.release(1, signal);
 * assertEquals(await lock.acquire(1_000, signal), 2);
 * assertEquals(await lock.renew(1, 1_000, signal), false);
 * ```
 *
 * @returns The lock.
 */
export function memoryLock(): Required<Lock> {
  let token = 0;
  let expires = 0;
  const waiting = new Set<() => void>();
  const isHeldWith = (given: number) => given === token && Date.now() < expires;
  return {
    acquire(ttl) {
      if (Date.now() < expires) return Promise.resolve(undefined);
      expires = Date.now() + ttl;
      return Promise.resolve(++token);
    },
    renew(given, ttl) {
      const isHeld = isHeldWith(given);
      if (isHeld) expires = Date.now() + ttl;
      return Promise.resolve(isHeld);
    },
    release(given) {
      if (isHeldWith(given)) {
        expires = 0;
        for (const wake of waiting) wake();
      }
      return Promise.resolve();
    },
    wait(signal) {
      return new Promise((resolve) => {
        const wake = () => {
          waiting.delete(wake);
          unlisten();
          resolve(undefined);
        };
        waiting.add(wake);
        const unlisten = onAbort(signal, () => waiting.delete(wake));
      });
    },
  };
}
