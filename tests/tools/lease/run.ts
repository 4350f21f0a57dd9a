// Has three processes share each lock, with each client, over real servers on
// loopback (Debian's Postgres and Redis, installed if need be) and over files.
// Kills, stops and freezes the one at work, restarts the server, and cuts its
// connection by a proxy. No two terms may overlap, nor the writes that a table has
// accepted, whose tokens only grow. Prints the time without a holder. Three rounds
// of each; 20 with --all. Many take a lock of Postgres at once, also through a
// PgBouncer. With names, those clients, or "poolers".
import { assert, assertEquals } from "@std/assert";
import { Results } from "../debian/results.ts";
import { install, postgres, redis, type Service } from "../debian/servers.ts";
import { tryPoolers } from "./poolers.ts";
import { Replicas, type Trouble } from "./replicas.ts";
import { RENEW_EVERY, TTL } from "./times.ts";

interface Client {
  readonly name: string;
  /** Makes the server; there is none where the lock is in a file. */
  readonly server?: (folder: string) => Promise<Service>;
  /** Whether it hears that the lock was given back. */
  readonly hears?: true;
}

const CLIENTS: readonly Client[] = [
  { name: "sqlite" },
  { name: "deno-kv" },
  { name: "pg", server: postgres, hears: true },
  { name: "postgres", server: postgres, hears: true },
  { name: "ioredis", server: redis },
  { name: "redis", server: redis },
];
const TO_PROCESSES: readonly Trouble[] = ["SIGTERM", "SIGKILL", "SIGSTOP"];
const TO_SERVERS: readonly Trouble[] = ["restart", "reset", "silent"];
const ROUNDS = Deno.args.includes("--all") ? 20 : 3;

const chosen = Deno.args.filter((argument) => !argument.startsWith("--"));
const results = new Results();
await install("pgbouncer");
for (const client of CLIENTS) {
  if (chosen.length > 0 && !chosen.includes(client.name)) continue;
  try {
    await tryClient(client);
  } catch (error) {
    results.failed++;
    console.log(`FAILED ${client.name}:`, error);
  }
}
if (chosen.length === 0 || chosen.includes("poolers")) {
  await tryPoolers(results);
}
console.log(`${results.passed} passed, ${results.failed} failed`);
if (results.failed > 0) Deno.exitCode = 1;

async function tryClient(client: Client): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "goasync-" });
  try {
    await using server = await client.server?.(folder);
    await server?.start();
    const files = `${folder}/files`;
    await Deno.mkdir(files);
    const { name, hears = false } = client;
    await using replicas = new Replicas(name, files, server, hears);
    await replicas.start();
    const troubles = [...TO_PROCESSES, ...server ? TO_SERVERS : []];
    for (const trouble of troubles) await cause(client, trouble, replicas);
    await results.check(`${client.name}: no overlap`, async () => {
      await replicas.stop();
      const { terms, overlaps, accepted, refused } = replicas.verdict();
      assertEquals(overlaps, []);
      assert(terms > ROUNDS * 3, `${terms} terms`);
      assert(accepted > terms, `${accepted} writes`);
      return `${terms} terms; of their writes ${accepted} accepted, ${refused} refused`;
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function cause(
  client: Client,
  trouble: Trouble,
  replicas: Replicas,
): Promise<void> {
  return results.check(`${client.name}: ${trouble}`, async () => {
    const gaps: number[] = [];
    let frozen = 0;
    while (gaps.length < ROUNDS) {
      const gap = await replicas.cause(trouble);
      if (gap < Infinity) gaps.push(gap);
      // A process that freezes in a write keeps a file locked until it goes on.
      else frozen++;
      assert(frozen <= (client.server ? 0 : ROUNDS), `${frozen} in a write`);
    }
    gaps.sort(ascending);
    const [median, longest] = [gaps[gaps.length >> 1], gaps.at(-1)!];
    const limit = limitOf(client, trouble);
    assert(longest < limit, `Nobody had it for ${gaps} ms, ${limit} allowed`);
    return `nobody has it for ${median} ms, at most ${longest}, ${limit} allowed` +
      (frozen > 0 ? `; ${frozen} times it froze in a write to the file` : "");
  });
}

function ascending(one: number, other: number): number {
  return one - other;
}

/** For how long nobody may have the lock. */
function limitOf({ hears }: Client, trouble: Trouble): number {
  if (trouble !== "SIGTERM") return TTL + RENEW_EVERY;
  return hears ? 200 : RENEW_EVERY;
}
