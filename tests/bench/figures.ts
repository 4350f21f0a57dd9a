import type { Findings } from "./findings.ts";
import type { Measurement } from "./measure.ts";
import { workloads } from "./workloads.ts";

/** The numbers that bars are about, by name; those that were measured. */
export function figuresOf(findings: Findings): Map<string, number> {
  const { measurements, million, importTime, size } = findings;
  const figures = new Map<string, number>();
  for (const ours of measurements) {
    if (ours.contender !== "goasync") continue;
    addFigures(
      figures,
      ours,
      measurements.filter(({ workload }) => workload === ours.workload),
    );
  }
  if (million !== undefined) {
    figures.set("heap over a million tasks, MB", million);
  }
  if (importTime !== undefined) figures.set("import of mod.ts, ms", importTime);
  if (size !== undefined) figures.set("size of mod.ts, bytes", size);
  return figures;
}

function addFigures(
  figures: Map<string, number>,
  ours: Measurement,
  all: readonly Measurement[],
): void {
  const { workload: id, cost, heap } = ours;
  const { base: baseName } = workloads[id];
  const base = all.find(({ contender }) => contender === baseName)!;
  figures.set(`${id} / ${baseName}`, cost.median / base.cost.median);
  if (heap !== undefined) {
    figures.set(`${id} heap / ${baseName}`, heap / base.heap!);
  }
  const rivals = all.filter((one) =>
    one.cancels && one !== ours && one.contender !== "bare"
  );
  if (rivals.length === 0) return;
  const fastest = Math.min(...rivals.map(({ cost }) => cost.median));
  figures.set(`${id} / the fastest rival that cancels`, cost.median / fastest);
}
