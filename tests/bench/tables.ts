import { markdownTable } from "npm:markdown-table@3.1.0";
import type { Checked } from "./check.ts";
import type { WorkloadId } from "./contender.ts";
import { growthOf, ratio } from "./figures.ts";
import type { Findings } from "./findings.ts";
import { workloads } from "./workloads.ts";

/** What each contender takes for each workload, as multiples of the bare limit. */
export function ratiosTable({ measurements }: Findings): string {
  const ids = unique(measurements.map(({ workload }) => workload));
  const names = unique(measurements.map(({ contender }) => contender));
  const find = (id: WorkloadId, name: string) =>
    measurements.find(({ workload, contender }) =>
      workload === id && contender === name
    );
  return table([
    ["", ...ids.flatMap((id) => workloads[id].waits ? [id, `${id} heap`] : id)],
    ...names.map((name) => [
      name,
      ...ids.flatMap((id) => {
        const one = find(id, name);
        const bare = find(id, "bare")!;
        const cost = one ? multiple(ratio(one, bare)) : "";
        const heap = one?.heap && multiple(one.heap / bare.heap!);
        return workloads[id].waits ? [cost, heap || ""] : cost;
      }),
    ]),
  ]);
}

/** What the bare limits and ours are, and who did fewer tasks. */
export function notes({ measurements }: Findings): string {
  const lines = measurements.flatMap((one) => {
    const { workload, contender, count, cost, heap } = one;
    const { title, count: usual } = workloads[workload];
    if (contender === "bare") {
      const bytes = heap ? `, ${heap} bytes for each that waits` : "";
      return `${workload}: ${count.toLocaleString("en")} times, ${title}; ` +
        `bare ${cost.median.toFixed(2)} µs each${bytes}`;
    }
    if (count === usual) return [];
    const fewer = count.toLocaleString("en");
    return `   ${contender}, slow, does ${fewer}: compared by cost per task`;
  });
  return lines.join("\n");
}

/** How often tasks are repeated in a second. */
export function ratesTable({ rates }: Findings): string {
  return table([
    ["E", "", "runs in a second", "timers of 1 ms served meanwhile"],
    ...rates.map(({ what, contender, perSecond, timers }) => [
      what,
      contender,
      String(perSecond),
      String(timers),
    ]),
  ]);
}

/** How the cost of a task grows with their number. */
export function growthTable({ growth }: Findings): string {
  const ids = unique(growth.map(({ workload }) => workload));
  const names = unique(growth.map(({ contender }) => contender));
  return table([
    ["100,000 / 10,000 tasks", ...ids],
    ...names.map((name) => [
      name,
      ...ids.map((id) => multiple(growthOf(name, id, growth))),
    ]),
  ]);
}

/** Which bars are kept. */
export function barsTable(checked: readonly Checked[]): string {
  return table([
    ["bar", "", "measured", ""],
    ...checked.map(({ bar: { figure, most, least }, value, isMissed }) => [
      figure,
      most === undefined ? `at least ${least}` : `at most ${most}`,
      value.toPrecision(3),
      isMissed ? "missed" : "kept",
    ]),
  ]);
}

function table(rows: readonly (readonly string[])[]): string {
  const align = rows[0]!.map((_, column) => column === 0 ? "l" : "r");
  return markdownTable(rows, { align });
}

function multiple(ratio: number): string {
  return ratio.toFixed(ratio < 10 ? 2 : 0);
}

function unique<T>(all: readonly T[]): T[] {
  return [...new Set(all)];
}
