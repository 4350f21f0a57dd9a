// Measures on the runtime that it runs on the parts that are named, and writes
// what it found into a file. Needs --expose-gc, except on Bun. See run.ts for
// the options.
import { writeFile } from "node:fs/promises";
import process from "node:process";
import { parseArgs } from "node:util";
import { inEveryRound, rivals } from "./contenders/all.ts";
import type { WorkloadId } from "./contender.ts";
import type { Findings } from "./findings.ts";
import { growth } from "./growth.ts";
import { measure, warmUp } from "./measure.ts";
import { timed } from "./timed.ts";
import { workloads } from "./workloads.ts";

const { positionals: parts, values } = parseArgs({
  allowPositionals: true,
  options: {
    bare: { type: "boolean", default: false },
    output: { type: "string" },
    rounds: { type: "string" },
  },
});
const rounds = Number(values.rounds);

const findings: Findings = { measurements: [], growth: [], firstRuns: [] };
await warmUp(inEveryRound);
for (const id of Object.keys(workloads) as WorkloadId[]) {
  if (!parts.includes(id)) continue;
  const others = values.bare ? [] : rivals;
  findings.measurements.push(
    ...await timed(id, () => measure(id, inEveryRound, others, rounds)),
  );
}
if (parts.includes("growth")) {
  findings.growth = await timed("growth", () => growth(Math.ceil(rounds / 3)));
}
await writeFile(values.output!, JSON.stringify(findings));
// A rival may have left something that keeps the process alive.
process.exit();
