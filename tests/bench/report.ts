import os from "node:os";
import { barsTable } from "./bars_table.ts";
import type { CheckedBar } from "./checked_bars.ts";
import { processesFor } from "./find.ts";
import type { Findings } from "./findings.ts";
import { growthTable } from "./growth_table.ts";
import type { Host } from "./host.ts";
import { ratiosTable } from "./ratios_table.ts";

/** What a run is printed as, and what the README has of it. */
export function reportOf(
  { runtime, version }: Host,
  rounds: number,
  findings: Findings,
  checked: readonly CheckedBar[],
): string {
  // The version says which release of Node it is.
  const name = runtime.split(" ")[0];
  const processes = processesFor(rounds);
  return [
    `${name} ${version} on ${machine}, ${rounds} rounds, ` +
    `${processes} fresh processes:`,
    ratiosTable(findings),
    growthTable(findings),
    barsTable(checked),
  ].filter((part) => part !== "").join("\n\n");
}

/** What it was measured on. */
export const machine: string =
  `${os.availableParallelism()} ${os.arch()} cores`;
