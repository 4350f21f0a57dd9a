import { markdownTable } from "npm:markdown-table@3.1.0";

/** A table whose columns but the first are numbers. */
export function table(rows: readonly (readonly string[])[]): string {
  const align = rows[0]!.map((_, column) => column === 0 ? "l" : "r");
  return markdownTable(rows, { align });
}

/** A number with two decimal places, or with fewer if it is large. */
export function rounded(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size < 10 ? 2 : size < 100 ? 1 : 0);
}

export function unique<T>(all: readonly T[]): T[] {
  return [...new Set(all)];
}
