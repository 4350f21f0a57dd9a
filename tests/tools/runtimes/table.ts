import { markdownTable } from "npm:markdown-table@3.1.0";
import { root } from "../node/package.ts";

/** A runtime, and how many tests passed there. */
export interface Row {
  readonly runtime: string;
  readonly version: string;
  readonly tests: number;
}

const README = `${root}/README.md`;
const TABLE = /(?<=^## Runtimes$[^|]*)\|.*?\|\n(?=\n)/ms;

/** The table of the README as it should be: a line for each kind of runtime. */
export function tableOf(rows: readonly Row[]): string {
  const kinds = Map.groupBy(rows, ({ runtime }) => runtime.split(", ")[0]!);
  return markdownTable([
    ["runtime", "version", "tests"],
    ...[...kinds].map(([kind, rows]) => [
      unique([kind, ...rows.flatMap((row) => row.runtime.split(", "))]),
      unique(rows.map(({ version }) => version)),
      unique(rows.map(({ tests }) => String(tests))),
    ]),
  ]) + "\n";
}

function unique(texts: readonly string[]): string {
  return [...new Set(texts)].join(", ");
}

/** Puts a table into the README, in the place of the one that is there. */
export async function updateTable(table: string): Promise<void> {
  const readme = await Deno.readTextFile(README);
  if (!TABLE.test(readme)) throw new Error(`Expected a table in ${README}`);
  await Deno.writeTextFile(README, readme.replace(TABLE, table));
}
