import type { WorkloadId } from "./contender.ts";
import type { Findings } from "./findings.ts";
import type { Growth } from "./growth.ts";
import { rounded, table, unique } from "./table.ts";

/** What a task costs among 100,000, as a multiple of that among 10,000. */
export function growthTable({ growth }: Findings): string {
  if (growth.length === 0) return "";
  const ids = unique(growth.map(({ workload }) => workload));
  const names = unique(growth.map(({ contender }) => contender));
  return table([
    ["100,000 / 10,000 tasks", ...ids],
    ...names.map((name) => [
      name,
      ...ids.map((id) =>
        rounded(
          costOf(growth, id, name, 100_000) / costOf(growth, id, name, 10_000),
        )
      ),
    ]),
  ]);
}

function costOf(
  growth: readonly Growth[],
  id: WorkloadId,
  name: string,
  count: number,
): number {
  return growth.find((one) =>
    one.workload === id && one.contender === name && one.count === count
  )!.cost;
}
