// Measures, on the runtime that it runs on, and writes what it found into a
// file. Needs --expose-gc, except on Bun.
import { writeFile } from "node:fs/promises";
import process from "node:process";
import { parseArgs } from "node:util";
import { both, rivals } from "./contenders/all.ts";
import type { WorkloadId } from "./contender.ts";
import { measure, type Measurement } from "./measure.ts";
import { workloads } from "./workloads.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    bare: { type: "boolean", default: false },
    json: { type: "string" },
    rounds: { type: "string", default: "9" },
  },
});

const ids = Object.keys(workloads) as WorkloadId[];
const contenders = values.bare ? both : [...both, ...rivals];
const measurements: Measurement[] = [];
for (const id of ids) {
  if (positionals.length > 0 && !positionals.includes(id)) continue;
  for (const found of await measure(id, contenders, Number(values.rounds))) {
    measurements.push(found);
    const { contender, cost, ratio, heap = "" } = found;
    console.error(
      [
        id.padEnd(2),
        contender.padEnd(22),
        cost.median.toFixed(3).padStart(9),
        ratio.toFixed(2).padStart(6),
        heap,
      ].join("  "),
    );
  }
}
if (values.json) {
  await writeFile(values.json, JSON.stringify(measurements, null, 2));
}
process.exit();
