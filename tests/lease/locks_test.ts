import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { MovedClocks } from "../helpers/moved_clocks.ts";
import { engines } from "./engines.ts";

const TTL = 10_000;
const { signal } = new AbortController();

const ODD_KEYS = [
  "'; DROP TABLE goasync_locks; --",
  '"$1" %s \\ ? :key',
  "}{}",
  "line\nbreak",
  "ключ 🔑",
  "x".repeat(500),
];

for (const [name, make] of Object.entries(engines)) {
  describe(`the lock of ${name}`, () => {
    it("is had by one of those who take it first, at once", async () => {
      await using engine = make();
      const locks = Array.from({ length: 5 }, () => engine.lock("first"));
      const tokens = await Promise.all(
        locks.map((lock) => lock.acquire(TTL, signal)),
      );
      const had = tokens.filter((token) => token !== undefined);
      assertEquals(had.length, 1);
      assert(had[0]! > 0);
    });

    it("is renewed and given back by who has it, and by nobody else", async () => {
      await using engine = make();
      const [one, other] = [engine.lock("turns"), engine.lock("turns")];
      const first = await one.acquire(TTL, signal) ?? 0;
      assertEquals(await one.renew(first, TTL, signal), true);
      assertEquals(await other.renew(first + 1, TTL, signal), false);
      await other.release(first + 1, signal);
      assertEquals(await other.acquire(TTL, signal), undefined);
      await one.release(first, signal);
      assertEquals(await one.renew(first, TTL, signal), false);
      const second = await other.acquire(TTL, signal) ?? 0;
      assert(second > first, `${second} after ${first}`);
      await one.release(first, signal);
      assertEquals(await other.renew(second, TTL, signal), true);
    });

    it("expires unless it is renewed, and has a greater token then", async () => {
      await using engine = make();
      using clocks = new MovedClocks();
      const { extra = 0 } = engine;
      const [one, other] = [engine.lock("time"), engine.lock("time")];
      const first = await one.acquire(TTL, signal) ?? 0;
      assertEquals(await other.acquire(TTL, signal), undefined);
      clocks.pass(TTL - 1_000);
      assertEquals(await one.renew(first, TTL, signal), true);
      assertEquals(await other.acquire(TTL, signal), undefined);
      clocks.pass(TTL - 1_000);
      assertEquals(await other.acquire(TTL, signal), undefined);
      clocks.pass(2_000 + extra);
      const second = await other.acquire(TTL, signal) ?? 0;
      assert(second > first, `${second} after ${first}`);
      assertEquals(await one.renew(first, TTL, signal), false);
      await one.release(first, signal);
      assertEquals(await other.renew(second, TTL, signal), true);
    });

    it("has keys of any characters, each on its own", async () => {
      await using engine = make();
      for (const key of ODD_KEYS) {
        const lock = engine.lock(key);
        const token = await lock.acquire(TTL, signal) ?? 0;
        assert(token > 0, key);
        assertEquals(await lock.renew(token, TTL, signal), true);
      }
      for (const key of ODD_KEYS) {
        assertEquals(await engine.lock(key).acquire(TTL, signal), undefined);
      }
    });

    it("may be had for part of a millisecond, and long", async () => {
      await using engine = make();
      for (const ttl of [0.5, 1_000 / 3, 2 ** 40]) {
        const lock = engine.lock(`ttl ${ttl}`);
        const token = await lock.acquire(ttl, signal) ?? 0;
        assert(token > 0);
        await lock.renew(token, ttl, signal);
        await lock.release(token, signal);
      }
    });

    it("says when it may be free, if it says that", async () => {
      await using engine = make();
      const over = new AbortController();
      const lock = engine.lock("waits");
      for (let times = 0; times < 2; times++) {
        const token = await lock.acquire(TTL, signal) ?? 0;
        const waits = lock.wait?.(over.signal);
        await lock.release(token, signal);
        if (engine.hears) await waits;
      }
      over.abort();
    });
  });
}
