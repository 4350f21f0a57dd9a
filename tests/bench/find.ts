import { sizesOf } from "../project/hygiene/size.ts";
import { root } from "../tools/node/package.ts";
import type { Findings } from "./findings.ts";
import { firstRuns, importTime } from "./fresh_processes.ts";
import type { Host } from "./host.ts";
import type { Part } from "./parts.ts";
import { timed } from "./timed.ts";

/** How to measure. */
export interface Wanted {
  readonly parts: readonly Part[];
  /** How often bare and ours are measured. */
  readonly rounds: number;
  readonly withRivals: boolean;
}

/** Fresh processes take longer than rounds, and vary less. */
const MOST_PROCESSES = 11;

/** How many fresh processes there are for so many rounds. */
export function processesFor(rounds: number): number {
  return Math.min(rounds, MOST_PROCESSES);
}

/** Measures on a runtime. */
export async function find(
  host: Host,
  { parts, rounds, withRivals }: Wanted,
  scratch: string,
): Promise<Findings> {
  const output = `${scratch}/findings.json`;
  const args = [`--output=${output}`, `--rounds=${rounds}`, ...parts];
  if (!withRivals) args.push("--bare");
  await host.run("program", args);
  const findings: Findings = JSON.parse(await Deno.readTextFile(output));
  const processes = processesFor(rounds);
  if (parts.includes("first-run")) {
    findings.firstRuns = await timed(
      "first-run",
      () => firstRuns(host, withRivals, processes),
    );
  }
  if (parts.includes("million")) {
    findings.million = await timed(
      "million",
      async () => Number(await host.run("million", [])),
    );
  }
  if (parts.includes("import")) {
    findings.importTime = await timed(
      "import",
      () => importTime(host, processes),
    );
  }
  if (parts.includes("size")) {
    findings.size = (await sizesOf(["./mod.ts"], root))[0]!;
  }
  return findings;
}
