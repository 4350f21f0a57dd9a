import {
  type DenoKv,
  denoKvLock,
  type DenoKvOperation,
  type Lock,
} from "@goasync/core/tasks/lease";
import { FakeKv } from "../helpers/fake_kv.ts";

/** Has something done where the lock is, and brings back the answer. */
export type Send = <Answer>(
  request: string,
  serve: () => Answer | Promise<Answer>,
) => Promise<Answer>;

/** Makes the lock of one replica. */
export type MakeLock = (send: Send) => Lock;

/** The lock of a server, which expires by its clock. */
export function serverLocks(now: () => number): MakeLock {
  let [token, expires] = [0, 0];
  return (send) => ({
    acquire: (ttl) =>
      send("acquire", () => {
        if (now() < expires) return undefined;
        expires = now() + ttl;
        return ++token;
      }),
    renew: (given, ttl) =>
      send("renew", () => {
        const isOurs = given === token && now() < expires;
        if (isOurs) expires = now() + ttl;
        return isOurs;
      }),
    release: (given) =>
      send("release", () => {
        if (given === token) expires = 0;
      }),
  });
}

/** The lock of Deno KV, which expires by the clocks of those who wait. */
export function denoKvLocks(): MakeLock {
  const kv = new FakeKv();
  return (send) => {
    const operation = (local: DenoKvOperation): DenoKvOperation => ({
      check: (entry) => operation(local.check(entry)),
      set: (key, value) => operation(local.set(key, value)),
      commit: () => send("commit", () => local.commit()),
    });
    const remote: DenoKv = {
      get: (key) => send("get", () => kv.get(key)),
      atomic: () => operation(kv.atomic()),
    };
    return denoKvLock(remote, "it");
  };
}
