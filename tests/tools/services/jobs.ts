import { assert, assertEquals, assertMatch } from "@std/assert";
import { Books } from "./books.ts";
import type { Service } from "../debian/servers.ts";
import type { Results } from "../debian/results.ts";
import { stopUnderLoad, untilReady } from "./rolling_stop.ts";
import type { RuntimeName, Workplace } from "./workplace.ts";

/** What goes wrong while the service is stopped. */
interface Trouble {
  readonly name: string;
  readonly env?: Record<string, string>;
  /** What is stopped a moment before, and started again afterwards. */
  readonly stopped?: "redis" | "postgres";
  /** Who is named as the culprit, if anybody has to be. */
  readonly culprit?: RegExp;
}

const TROUBLES: readonly Trouble[] = [
  { name: "nothing goes wrong" },
  {
    name: "a consumer hangs",
    env: { HANGS_AT: "5" },
    culprit: /Task "consumer" .*drain.*2000 ms/,
  },
  {
    name: "Redis is stopped",
    stopped: "redis",
    culprit: /Task "consumer" .*drain.*2000 ms/,
  },
  { name: "Postgres is stopped", stopped: "postgres" },
];

/** The service's shutdownTimeout, and what it may live on after that. */
const LONGEST_STOP = 25_000 + 2_000 + 1_000;

const LONGEST_RECOVERY = 30_000;

/** Every order that was accepted is done, or given back to the queue. */
export async function jobs(
  place: Workplace,
  results: Results,
): Promise<void> {
  for (const runtime of ["Node", "Deno"] as const) {
    for (const trouble of TROUBLES) {
      await results.check(
        `jobs, ${trouble.name}, on ${runtime}`,
        () => stopInTrouble(place, runtime, trouble),
      );
    }
  }
}

async function stopInTrouble(
  place: Workplace,
  runtime: RuntimeName,
  { env = {}, stopped, culprit }: Trouble,
): Promise<string> {
  await clear(place);
  const service: Service | undefined = stopped && place[stopped];
  const { seen, code, text, took } = await stopUnderLoad(
    place,
    place.order(runtime, { ...env, DRAIN_TIMEOUT: "4000" }),
    async () => {
      await service?.stop();
      await new Promise((resolve) => setTimeout(resolve, service ? 500 : 0));
    },
  );
  await service?.start();
  assert(took < LONGEST_STOP, `It took ${took} ms:\n${text}`);
  assert(seen.ids.length > 20, `Only ${seen.ids.length} orders were accepted`);
  if (culprit) {
    assertMatch(text, culprit);
    assertEquals(code, 1);
  } else if (!stopped) assertEquals(code, 0, text);

  await using books = new Books(place);
  const undone = await books.undone(seen.ids);
  const queued = await books.queued();
  const lost = undone.filter((id) => !queued.has(id));
  assertEquals(lost, [], `Lost of ${seen.ids.length} orders`);
  await finish(place, runtime, books, seen.ids);
  return `${seen.ids.length} accepted, ${
    seen.ids.length - undone.length
  } done, ${undone.length} given back and done later; gone after ${
    (took / 1_000).toFixed(1)
  } s`;
}

async function clear(place: Workplace): Promise<void> {
  await using books = new Books(place);
  await books.clear();
}

/** Has another instance do what was given back. */
async function finish(
  place: Workplace,
  runtime: RuntimeName,
  books: Books,
  ids: readonly number[],
): Promise<void> {
  const next = place.order(runtime);
  await untilReady(next);
  const start = performance.now();
  while ((await books.undone(ids)).length > 0) {
    if (performance.now() - start > LONGEST_RECOVERY) {
      const counts = JSON.stringify(await books.counts());
      throw new Error(`Not all is done after 30 s: ${counts}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  next.program.kill("SIGTERM");
  const { code, text } = await next.program.ended;
  assertEquals(code, 0, text);
}
