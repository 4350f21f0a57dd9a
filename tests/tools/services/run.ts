// Stops services as they are run beside the real thing: Debian's Postgres and
// Redis, which are installed if need be and started on loopback, 30 connections
// that keep ordering, on Node and on Deno. Bounded in time; --all has all rounds.
import { install } from "../debian/servers.ts";
import { jobs } from "./jobs.ts";
import { Results } from "../debian/results.ts";
import { rollingStops } from "./rolling_stop.ts";
import { servers } from "./servers.ts";
import { Workplace } from "./workplace.ts";

const isAll = Deno.args.includes("--all");
const chosen = Deno.args.filter((argument) => !argument.startsWith("--"));
const isChosen = (name: string) => chosen.length === 0 || chosen.includes(name);

const results = new Results();
await install();
const folder = await Deno.makeTempDir({ prefix: "goasync-" });
try {
  const place = await Workplace.make(folder);
  await using _postgres = place.postgres;
  await using _redis = place.redis;
  if (isChosen("servers")) await servers(place, results);
  if (isChosen("jobs")) await jobs(place, results);
  if (isChosen("rolling")) await rollingStops(place, results, isAll ? 10 : 3);
} catch (error) {
  results.failed++;
  console.log(error);
} finally {
  await Deno.remove(folder, { recursive: true });
}
console.log(`${results.passed} passed, ${results.failed} failed`);
if (results.failed > 0) Deno.exitCode = 1;
