import type { Findings } from "./findings.ts";
import { rounded, table, unique } from "./table.ts";
import { workloads } from "./workloads.ts";

interface Column {
  readonly title: string;
  /** The contender that all others are multiples of. */
  readonly base: string;
  readonly unit: string;
  /** What was measured, by contender. */
  readonly values: ReadonlyMap<string, number>;
}

/** What each contender takes, as multiples of the base of each column. */
export function ratiosTable(findings: Findings): string {
  const columns = [...workloadColumns(findings), ...firstRunColumn(findings)];
  if (columns.length === 0) return "";
  const names = unique(columns.flatMap(({ values }) => [...values.keys()]));
  return table([
    ["", ...columns.map(({ title }) => title)],
    ...names.map((name) => [
      name,
      ...columns.map(({ values, base }) => {
        const value = values.get(name);
        return value === undefined ? "" : rounded(value / values.get(base)!);
      }),
    ]),
    [
      "1.00 is",
      ...columns.map(({ values, base, unit }) =>
        `${rounded(values.get(base)!)} ${unit}`
      ),
    ],
  ]);
}

function workloadColumns({ measurements }: Findings): Column[] {
  const ids = unique(measurements.map(({ workload }) => workload));
  return ids.flatMap((id) => {
    const { base, waits } = workloads[id];
    const all = measurements.filter(({ workload }) => workload === id);
    const cost: Column = {
      title: id,
      base,
      unit: "µs",
      values: new Map(
        all.map(({ contender, cost }) => [contender, cost.median]),
      ),
    };
    if (!waits) return [cost];
    const heap: Column = {
      title: `${id} heap`,
      base,
      unit: "B",
      values: new Map(all.map(({ contender, heap }) => [contender, heap!])),
    };
    return [cost, heap];
  });
}

function firstRunColumn({ firstRuns }: Findings): Column[] {
  if (firstRuns.length === 0) return [];
  const values = new Map(
    firstRuns.map(({ contender, cost }) => [contender, cost.median]),
  );
  return [{ title: "first run", base: "bare", unit: "µs", values }];
}
