// Measures the library beside bare promises and what people would pick instead,
// on each runtime that is named: deno, a Node of npm, as 20 or latest, or bun.
// Prints tables and a plot, and writes all numbers into bench/, which git
// ignores. README.md says what is measured.
//
// --only=A,B'   measures these parts only, see parts.ts
// --bare        leaves the rivals out
// --rounds=31   how often bare and ours are measured; rivals in every sixth
// --check       measures again what misses a bar, and fails if that is so in
//               three runs out of three; bars hold on Deno and the newest Node
// --update      puts the tables into README.md
import { parseArgs } from "node:util";
import { root } from "../tools/node/package.ts";
import { type Bar, bars } from "./bars.ts";
import { barsTable } from "./bars_table.ts";
import { checkBars, type CheckedBar } from "./checked_bars.ts";
import { find, type Wanted } from "./find.ts";
import type { Findings } from "./findings.ts";
import { type Host, hostOf } from "./host.ts";
import { partsIn } from "./parts.ts";
import { plotOf } from "./plot.ts";
import { updateReadme } from "./readme.ts";
import { machine, reportOf } from "./report.ts";
import { unique } from "./table.ts";

const { positionals: names, values: options } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    only: { type: "string", default: "" },
    bare: { type: "boolean", default: false },
    rounds: { type: "string", default: "31" },
    check: { type: "boolean", default: false },
    update: { type: "boolean", default: false },
  },
});

if (options.update && (options.only !== "" || options.bare)) {
  throw new Error("Cannot update the README: all must be measured for it");
}

const wanted: Wanted = {
  parts: partsIn(options.only),
  rounds: Number(options.rounds),
  withRivals: !options.bare,
};

/** Where bars hold. */
const HELD = ["deno", "latest"];
const RUNS = 3;

async function bench(name: string, scratch: string): Promise<void> {
  const host = await hostOf(name, scratch);
  const findings = await find(host, wanted, scratch);
  const checked = HELD.includes(name) ? checkBars(bars, findings) : [];
  await write(host, findings);
  const report = reportOf(host, wanted.rounds, findings, checked);
  console.log(`\n${report}\n`);
  if (findings.growth.length > 0) console.log(plotOf(findings.growth));
  if (options.update) await updateReadme(host.runtime, report);
  if (options.check) await failOn(missedOf(checked), host, scratch);
}

/** All numbers, for a machine. */
async function write(host: Host, findings: Findings): Promise<void> {
  const { runtime, version } = host;
  const path = `${root}/bench/${runtime} ${version}.json`;
  await Deno.mkdir(`${root}/bench`, { recursive: true });
  const found = { runtime, version, machine, ...findings };
  await Deno.writeTextFile(path, JSON.stringify(found, null, 2));
  console.log(`\nWritten to ${path}`);
}

/** Measures what misses a bar again, as the machine may have been busy. */
async function failOn(
  missed: readonly Bar[],
  host: Host,
  scratch: string,
): Promise<void> {
  for (let run = 2; run <= RUNS && missed.length > 0; run++) {
    const parts = unique(missed.map(({ part }) => part));
    const findings = await find(host, { ...wanted, parts }, scratch);
    const checked = checkBars(missed, findings);
    console.log(`\nAgain:\n\n${barsTable(checked)}\n`);
    missed = missedOf(checked);
  }
  if (missed.length === 0) return;
  const figures = missed.map(({ figure }) => figure);
  console.log(`Missed ${RUNS} times: ${figures.join("; ")}`);
  Deno.exitCode = 1;
}

function missedOf(checked: readonly CheckedBar[]): Bar[] {
  return checked.filter(({ isMissed }) => isMissed).map(({ bar }) => bar);
}

for (const name of names.length > 0 ? names : ["latest"]) {
  const scratch = await Deno.makeTempDir({ prefix: "goasync-" });
  try {
    await bench(name, scratch);
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}
