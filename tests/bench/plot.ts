import { plot } from "npm:simple-ascii-chart@5.4.0";
import type { Growth } from "./growth.ts";

/** Draws how the cost of a task grows with their number. */
export function plotOf(growth: readonly Growth[]): string {
  const workloads = [...new Set(growth.map(({ workload }) => workload))];
  return workloads.map((id) => {
    const lines = (["bare", "goasync"] as const).map((name) =>
      growth
        .filter((one) => one.workload === id && one.contender === name)
        .map(({ count, cost }): [number, number] => [Math.log10(count), cost])
    );
    return plot(lines, {
      title: `${id}: µs a task by how many there are, goasync above bare`,
      width: 70,
      height: 9,
      formatter: (value, { axis }) =>
        axis === "x"
          ? Math.round(10 ** value).toLocaleString("en")
          : value.toFixed(2),
    });
  }).join("\n");
}
