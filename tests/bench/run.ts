// Measures the library beside bare promises and what people would pick instead,
// on each runtime that is named: deno, a Node of npm, as 20 or latest, or bun.
// Prints a table of ratios, one of the bars, and a plot, and writes all numbers
// into bench/, which git ignores.
//
// --only=A,B'   measures these only: workloads, E, growth, million, import
// --bare        leaves the rivals out
// --rounds=31   how often bare and ours are measured; rivals in every sixth
// --check       measures again what misses a bar, and fails if that is so in
//               three runs out of three
import { parseArgs } from "node:util";
import os from "node:os";
import { root } from "../node/package.ts";
import { check, type Checked, partOf } from "./check.ts";
import { figuresOf } from "./figures.ts";
import type { Findings } from "./findings.ts";
import { type Host, hostOf } from "./host.ts";
import { importTime } from "./fresh_import.ts";
import { plotOf } from "./plot.ts";
import {
  barsTable,
  growthTable,
  notes,
  ratesTable,
  ratiosTable,
} from "./tables.ts";

const { positionals: names, values: options } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    only: { type: "string", default: "" },
    bare: { type: "boolean", default: false },
    rounds: { type: "string", default: "31" },
    check: { type: "boolean", default: false },
  },
});

const RUNS = 3;

async function bench(name: string, scratch: string): Promise<void> {
  const host = await hostOf(name, scratch);
  let parts = options.only.split(",").filter((part) => part !== "");
  let missed = new Set<string>();
  for (let run = 1; run <= (options.check ? RUNS : 1); run++) {
    const findings = await find(host, parts, scratch);
    const checked = check(host.runtime, figuresOf(findings))
      .filter(({ bar }) => run === 1 || missed.has(bar.figure));
    await write(host, findings, run);
    show(host, findings, checked);
    const misses = checked.filter(({ isMissed }) => isMissed);
    missed = new Set(misses.map(({ bar }) => bar.figure));
    if (missed.size === 0) return;
    parts = [...new Set(misses.map(({ bar }) => partOf(bar)))];
  }
  if (!options.check) return;
  console.log(`Missed ${RUNS} times: ${[...missed].join("; ")}`);
  Deno.exitCode = 1;
}

async function find(
  host: Host,
  parts: readonly string[],
  scratch: string,
): Promise<Findings> {
  const output = `${scratch}/findings.json`;
  const args = [`--output=${output}`, `--rounds=${options.rounds}`, ...parts];
  if (options.bare) args.push("--bare");
  await host.run("program", args);
  const findings: Findings = JSON.parse(await Deno.readTextFile(output));
  if (parts.length === 0 || parts.includes("import")) {
    findings.importTime = await importTime(host);
  }
  return findings;
}

async function write(host: Host, findings: Findings, run: number) {
  const { runtime, version } = host;
  const path = `${root}/bench/${runtime} ${version}, run ${run}.json`;
  await Deno.mkdir(`${root}/bench`, { recursive: true });
  const found = { runtime, version, machine: machine(), ...findings };
  await Deno.writeTextFile(path, JSON.stringify(found, null, 2));
  console.log(`\nWritten to ${path}`);
}

function show(host: Host, findings: Findings, checked: readonly Checked[]) {
  const { measurements, rates, growth } = findings;
  console.log(`\n${host.runtime} ${host.version}, ${machine()}\n`);
  if (measurements.length > 0) {
    console.log(`${ratiosTable(findings)}\n\n${notes(findings)}\n`);
  }
  if (rates.length > 0) console.log(`${ratesTable(findings)}\n`);
  if (growth.length > 0) {
    console.log(`${plotOf(growth)}\n${growthTable(findings)}\n`);
  }
  if (checked.length > 0) console.log(barsTable(checked));
}

function machine(): string {
  return `${os.availableParallelism()} cores, ${os.arch()}`;
}

for (const name of names.length > 0 ? names : ["latest"]) {
  const scratch = await Deno.makeTempDir({ prefix: "goasync-" });
  try {
    await bench(name, scratch);
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}
