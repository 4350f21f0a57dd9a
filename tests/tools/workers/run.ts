// Runs tasks in workers on each runtime, in every way in which one can fail to
// stop, to start and to go on, and fails unless its thread is gone and the other
// tasks were cleaned up. With names of runtimes, on these only.
import { Results } from "../debian/results.ts";
import { type Place, RUNTIMES } from "./runtimes.ts";
import { TRIALS } from "./ways.ts";
import { makeModules } from "./workshop.ts";

const results = new Results();
const folder = await Deno.makeTempDir({ prefix: "goasync-" });

async function tryAll(name: string, place: Place): Promise<void> {
  for (const trial of TRIALS) {
    if ((trial.where ?? place.kind) !== place.kind) continue;
    const isTyped = trial.way.module.endsWith(".ts");
    if (isTyped && name === "Node 20") continue; // It strips no types.
    await results.check(
      `${name}: a task in a worker ${trial.name}`,
      () => place.attempt(trial),
    );
  }
  const { many } = place;
  if (many) await results.check(`${name}: 40 workers leave no thread`, many);
}

try {
  await makeModules(folder);
  for (const { name, get } of RUNTIMES) {
    if (Deno.args.length > 0 && !Deno.args.includes(name)) continue;
    await using place = await get(folder);
    await tryAll(name, place);
  }
} catch (error) {
  results.failed++;
  console.log(error);
} finally {
  await Deno.remove(folder, { recursive: true });
}
console.log(`${results.passed} passed, ${results.failed} failed`);
Deno.exit(results.failed > 0 ? 1 : 0);
