import type { CheckedBar } from "./checked_bars.ts";
import { rounded, table } from "./table.ts";

/** Which bars are kept. */
export function barsTable(checked: readonly CheckedBar[]): string {
  if (checked.length === 0) return "";
  return table([
    ["bar", "at most", "measured", ""],
    ...checked.map(({ bar: { figure, most }, value, isMissed }) => [
      figure,
      String(most),
      rounded(value),
      isMissed ? "missed" : "kept",
    ]),
  ]);
}
