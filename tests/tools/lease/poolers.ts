import { assert, assertEquals } from "@std/assert";
import type { Results } from "../debian/results.ts";
import { pgbouncer, postgres } from "../debian/servers.ts";
import { open } from "./programs/locks.ts";

const REPLICAS = 8;
const TTL = 60_000;
const { signal } = new AbortController();

/** Has many take a lock at once, the first to miss its table, without and with PgBouncer. */
export async function tryPoolers(results: Results): Promise<void> {
  for (const client of ["pg", "postgres"]) {
    for (const isPooled of [false, true]) {
      const where = isPooled ? "PgBouncer" : "Postgres";
      await results.check(
        `${client}: ${REPLICAS} at once in ${where}`,
        () => takeAtOnce(client, isPooled),
      );
    }
  }
}

async function takeAtOnce(client: string, isPooled: boolean): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "goasync-" });
  try {
    await using server = await postgres(folder);
    await server.start();
    await using pooler = await pgbouncer(folder, server);
    if (isPooled) await pooler.start();
    const { port } = isPooled ? pooler : server;
    const opened = await Promise.all(
      Array.from({ length: REPLICAS }, () => open[client]!(folder, port)),
    );
    const locks = opened.map(({ lock }) => lock);
    let last = 0;
    for (let round = 0; round < 20; round++) {
      const tokens = await Promise.all(
        locks.map((lock) => lock.acquire(TTL, signal)),
      );
      const had = tokens.filter((token) => token !== undefined);
      assertEquals(had.length, 1, `${tokens}`);
      const [token = 0] = had;
      assert(token > last, `${token} after ${last}`);
      const renewals = await Promise.all(
        locks.map((lock) => lock.renew(token, TTL, signal)),
      );
      assertEquals(new Set(renewals), new Set([true]));
      await locks[round % REPLICAS]!.release(token, signal);
      last = token;
    }
    await Promise.all(opened.map(({ close }) => close()));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
