import { sqliteLock } from "@goasync/core/tasks/lease";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { DatabaseSync } from "node:sqlite";
import { MovedClocks } from "../helpers/moved_clocks.ts";
import { pass } from "../helpers/pass.ts";
import { SetClock } from "../helpers/set_clock.ts";

const { signal } = new AbortController();

/** Two connections to one file, as two processes have them. */
class TwoConnections implements Disposable {
  readonly #folder = Deno.makeTempDirSync();
  readonly first = new DatabaseSync(`${this.#folder}/it.db`);
  readonly second = new DatabaseSync(`${this.#folder}/it.db`);

  [Symbol.dispose](): void {
    this.first.close();
    this.second.close();
    Deno.removeSync(this.#folder, { recursive: true });
  }
}

describe("sqliteLock() over a file that others write to", () => {
  it("tries again while the database is locked", async () => {
    using time = new FakeTime();
    using file = new TwoConnections();
    const lock = sqliteLock(file.first, "it");
    file.second.exec("BEGIN EXCLUSIVE");
    assertThrows(
      () => file.first.exec("BEGIN IMMEDIATE"),
      Error,
      "database is locked",
    );
    const acquired = lock.acquire(1_000, signal);
    await pass(time, 100);
    file.second.exec("COMMIT");
    await pass(time, 20);
    assertEquals(await acquired, 1);

    file.second.exec("BEGIN IMMEDIATE");
    const renewed = lock.renew(1, 1_000, signal);
    const released = lock.release(1, signal);
    await pass(time, 100);
    file.second.exec("COMMIT");
    await pass(time, 20);
    assertEquals(await renewed, true);
    await released;
    const other = sqliteLock(file.second, "it");
    assertEquals(await other.acquire(1_000, signal), 2);
  });
});

describe("sqliteLock() while the clock is set", () => {
  for (const hasBeenSeen of [true, false]) {
    const seen = hasBeenSeen ? "seen before" : "not seen before";

    for (const ms of [-3_600_000, 3_600_000]) {
      it(`expires once it was unchanged for a ttl: ${ms} ms, ${seen}`, async () => {
        using steady = new MovedClocks();
        using clock = new SetClock();
        using file = new TwoConnections();
        const first = sqliteLock(file.first, "it");
        const second = sqliteLock(file.second, "it");
        assertEquals(await first.acquire(1_000, signal), 1);
        if (hasBeenSeen) await second.acquire(1_000, signal);
        clock.move(ms);
        assertEquals(await second.acquire(1_000, signal), undefined);
        steady.pass(900);
        assertEquals(await second.acquire(1_000, signal), undefined);
        assertEquals(await first.renew(1, 1_000, signal), true);
        assertEquals(await second.acquire(1_000, signal), undefined);
        steady.pass(900);
        assertEquals(await second.acquire(1_000, signal), undefined);
        steady.pass(100);
        assertEquals(await second.acquire(1_000, signal), 2);
        assertEquals(await first.renew(1, 1_000, signal), false);
      });
    }
  }

  it("expires after a ttl for a process that starts once it was put back", async () => {
    using steady = new MovedClocks();
    using clock = new SetClock();
    using file = new TwoConnections();
    const first = sqliteLock(file.first, "it");
    assertEquals(await first.acquire(1_000, signal), 1);
    clock.move(-3_600_000);
    const second = sqliteLock(file.second, "it");
    assertEquals(await second.acquire(1_000, signal), undefined);
    steady.pass(1_000);
    assertEquals(await second.acquire(1_000, signal), 2);
  });

  it("is had at once where it has expired long ago", async () => {
    using clocks = new MovedClocks();
    using file = new TwoConnections();
    assertEquals(await sqliteLock(file.first, "it").acquire(1_000, signal), 1);
    clocks.pass(1_000);
    assertEquals(await sqliteLock(file.second, "it").acquire(1_000, signal), 2);
  });
});
