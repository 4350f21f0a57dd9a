// Has three processes share each lock, over real servers on loopback (Debian's
// Postgres and Redis, installed if need be) and over files; kills, stops, freezes
// them and restarts the server. No two terms may overlap, tokens grow, and of the
// writes that a table accepted none is older than one before it. Prints the time
// without a holder. Three rounds of each; 20 with --all. With names, those engines.
import { assert, assertEquals } from "@std/assert";
import { install, postgres, redis, type Service } from "../debian/servers.ts";
import { Results } from "../debian/results.ts";
import { type Engine, Replicas, TROUBLES } from "./replicas.ts";

const isAll = Deno.args.includes("--all");
const chosen = Deno.args.filter((argument) => !argument.startsWith("--"));
const ENGINES: readonly Engine[] = ["sqlite", "deno-kv", "postgres", "redis"];

const results = new Results();
await install();
const folder = await Deno.makeTempDir({ prefix: "goasync-" });
const servers = new Map<Engine, Service>();
try {
  for (const engine of ENGINES) {
    if (chosen.length > 0 && !chosen.includes(engine)) continue;
    const server = engine === "postgres"
      ? await postgres(folder)
      : engine === "redis"
      ? await redis(folder)
      : undefined;
    if (server) {
      servers.set(engine, server);
      await server.start();
    }
    const own = `${folder}/${engine}-files`;
    await Deno.mkdir(own);
    await using replicas = new Replicas(engine, own, server);
    await replicas.start();
    for (const trouble of TROUBLES) {
      if (trouble === "restart" && !server) continue;
      await results.check(`${engine}, ${trouble}`, async () => {
        const gaps: number[] = [];
        for (let round = 0; round < (isAll ? 20 : 3); round++) {
          gaps.push(await replicas.cause(trouble));
        }
        const longest = Math.max(...gaps);
        const limit = replicas.limitOf(trouble);
        assert(longest < limit, `${longest} ms without a holder: ${gaps}`);
        return `at most ${longest} ms without a holder, ${limit} allowed`;
      });
    }
    await results.check(`${engine}, no overlap`, async () => {
      await replicas.stop();
      const { terms, overlaps, unordered, accepted } = replicas.verdict();
      assertEquals(overlaps, [], "terms that overlap");
      assertEquals(unordered, [], "writes accepted after a newer one");
      assert(terms > 9 && accepted > 50, `${terms} terms, ${accepted} writes`);
      return `${terms} terms, ${accepted} writes accepted, none out of order`;
    });
  }
} catch (error) {
  results.failed++;
  console.log(error);
} finally {
  for (const server of servers.values()) await server.stop();
  await Deno.remove(folder, { recursive: true });
}
console.log(`${results.passed} passed, ${results.failed} failed`);
if (results.failed > 0) Deno.exitCode = 1;
