import { checkFunction, isFunction, isObject } from "../src/arguments.ts";
import { describe } from "../src/messages.ts";
import type { Lock } from "./_lease_lock.ts";
import { checkLockKey } from "./_lock_key.ts";

/** What is needed of a client of `ioredis`. */
export interface IoRedisClient {
  /** Sends a command. */
  call(command: string, ...values: string[]): Promise<unknown>;
}

/**
 * What is needed of a client of `redis`. Its cluster wants to know the key besides:
 * `{ sendCommand: (command) => cluster.sendCommand(command[3], false, command) }`.
 */
export interface NodeRedisClient {
  /** Sends a command. */
  sendCommand(command: string[]): Promise<unknown>;
}

const ACQUIRE = `
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
local token = redis.call('INCR', KEYS[2])
redis.call('SET', KEYS[1], token, 'NX', 'PX', ARGV[1])
return token`;
const RENEW = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`;
const RELEASE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`;

/**
 * A lock in Redis: `SET NX PX`, and scripts that touch it only as long as it is the
 * holder's. It expires by the clock of the server. Its keys are
 * `{goasync:KEY}:lock`, and `{goasync:KEY}:token` for the tokens, which in a
 * cluster are in the same slot.
 *
 * Neither the lock nor its tokens survive a fail-over, as Redis replicates without
 * waiting: two replicas may work at a time then, and tokens begin below those
 * before, so that a write that checks them may be refused to the new one or granted
 * to the old one. The same holds for a restart without `appendfsync always`. More
 * servers, as in Redlock, do not change that. Where writes must be refused, use
 * {@linkcode postgresLock}. It has no `wait`: a lock that was given back is taken
 * within half of `renewEvery`.
 *
 * @example With `ioredis` and with `redis`
 * ```ts ignore
 * import { lease, redisLock } from "@goasync/core/tasks/lease";
 *
 * manager.addTask("poller", lease(redisLock(client, "poller"), () => poll));
 * ```
 *
 * @param client The client, which stays the user's to close, after the run.
 * @param key The name of the lock, the same on all replicas.
 * @returns The lock, for one lease.
 * @throws {TypeError} If the client has neither `call` nor `sendCommand`, or the
 * key is no string of 1 to 500 characters.
 */
export function redisLock(
  client: IoRedisClient | NodeRedisClient,
  key: string,
): Lock {
  const action = "make a lock of Redis";
  if (!isIoRedis(client)) {
    checkFunction(action, Object(client).sendCommand, "sendCommand");
  }
  checkLockKey(action, key);
  const keys = ["2", `{goasync:${key}}:lock`, `{goasync:${key}}:token`];
  const run = async (script: string, ...values: (string | number)[]) => {
    const args = [script, ...keys, ...values.map(String)];
    const answer = isIoRedis(client)
      ? await client.call("EVAL", ...args)
      : await client.sendCommand(["EVAL", ...args]);
    return integerOf(answer);
  };
  return {
    async acquire(ttl) {
      return await run(ACQUIRE, Math.ceil(ttl)) || undefined;
    },
    async renew(token, ttl) {
      return await run(RENEW, token, Math.ceil(ttl)) === 1;
    },
    release: (token) => run(RELEASE, token),
  };
}

/** Clients can be set up to give integers as texts. */
function integerOf(answer: unknown): number {
  if (/^\d+$/.test(`${answer}`)) return Number(answer);
  throw new TypeError(`Redis has answered ${describe(answer)}`);
}

/** A client of `ioredis` has `sendCommand`, too, for something else. */
function isIoRedis(client: unknown): client is IoRedisClient {
  return isObject(client) && isFunction(client.call);
}
