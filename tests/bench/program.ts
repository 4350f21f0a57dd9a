// Measures on the runtime that it runs on, and writes what it found into a
// file. Needs --expose-gc, except on Bun. See run.ts for the options.
import { writeFile } from "node:fs/promises";
import process from "node:process";
import { parseArgs } from "node:util";
import { limits, rivals } from "./contenders/all.ts";
import type { WorkloadId } from "./contender.ts";
import type { Findings } from "./findings.ts";
import { growth } from "./growth.ts";
import { measure } from "./measure.ts";
import { million } from "./million.ts";
import { lateness, rates } from "./repeat.ts";
import { workloads } from "./workloads.ts";

const { positionals: chosen, values } = parseArgs({
  allowPositionals: true,
  options: {
    bare: { type: "boolean", default: false },
    output: { type: "string" },
    rounds: { type: "string", default: "31" },
  },
});
const rounds = Number(values.rounds);

const findings: Findings = { measurements: [], growth: [], rates: [] };
for (const id of Object.keys(workloads) as WorkloadId[]) {
  await measured(id, async () => {
    const others = values.bare ? [] : rivals;
    findings.measurements.push(...await measure(id, limits, others, rounds));
  });
}
await measured("E", async () => {
  findings.rates = await rates(3);
  findings.lateness = await lateness();
});
await measured("growth", async () => {
  findings.growth = await growth(Math.ceil(rounds / 3));
});
await measured("million", async () => {
  findings.million = await million();
});
if (values.output) await writeFile(values.output, JSON.stringify(findings));
// A rival may have left something that keeps the process alive.
process.exit();

async function measured(what: string, run: () => Promise<void>) {
  if (chosen.length > 0 && !chosen.includes(what)) return;
  const start = performance.now();
  await run();
  const seconds = (performance.now() - start) / 1_000;
  console.error(`measured ${what} in ${seconds.toFixed(1)} s`);
}
