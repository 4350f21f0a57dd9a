import { root } from "../node/package.ts";

/** A runtime, and how many tests passed there. */
export interface Row {
  readonly runtime: string;
  readonly version: string;
  readonly tests: number;
}

const README = `${root}/README.md`;
const TABLE = /(?<=^## Runtimes$[^|]*)\|.*?\|\n(?=\n)/ms;

/** The table of the README as it should be. */
export function tableOf(rows: readonly Row[]): string {
  const cells = [
    ["runtime", "version", "tests"],
    ...rows.map((row) => [row.runtime, row.version, String(row.tests)]),
  ];
  const widths = [0, 1, 2].map((column) =>
    Math.max(...cells.map((row) => row[column]!.length))
  );
  const [head = [], ...body] = cells.map((row) =>
    row.map((cell, column) => cell.padEnd(widths[column]!))
  );
  const rule = widths.map((width) => "-".repeat(width));
  return [head, rule, ...body].map((row) => `| ${row.join(" | ")} |\n`).join(
    "",
  );
}

/** Puts a table into the README, in the place of the one that is there. */
export async function updateTable(table: string): Promise<void> {
  const readme = await Deno.readTextFile(README);
  if (!TABLE.test(readme)) throw new Error(`Expected a table in ${README}`);
  await Deno.writeTextFile(README, readme.replace(TABLE, table));
}
