import type { WorkloadId } from "./contender.ts";
import type { Findings } from "./findings.ts";
import type { Growth } from "./growth.ts";
import type { Measurement } from "./measure.ts";

/** The numbers that bars are about, by name; those that were measured. */
export function figuresOf(findings: Findings): Map<string, number> {
  return new Map([
    ...ratios(findings.measurements),
    ...grown(findings),
    ...repeated(findings),
    ...heapOfMillion(findings),
    ...imported(findings),
  ]);
}

type Figures = Iterable<[string, number]>;

/** How a contender compares with the one that another name stands for. */
export function ratio(
  { cost }: Measurement,
  other: Measurement | undefined,
): number {
  return cost.median / (other?.cost.median ?? NaN);
}

function* ratios(measurements: readonly Measurement[]): Figures {
  for (const ours of measurements) {
    if (ours.contender !== "goasync") continue;
    const { workload, heap } = ours;
    const others = measurements.filter((other) =>
      other.workload === workload && other !== ours
    );
    for (const other of others) {
      yield [`${workload} / ${other.contender}`, ratio(ours, other)];
      if (heap === undefined || other.contender !== "bare") continue;
      yield [`${workload} heap, bytes`, heap];
      yield [`${workload} heap / bare`, heap / other.heap!];
    }
    const rivals = others.filter(({ contender }) => contender !== "bare");
    if (rivals.length === 0) continue;
    yield [`${workload} / the fastest rival`, ratio(ours, fastest(rivals))];
    yield [
      `${workload} / the fastest that cancels`,
      ratio(ours, fastest(rivals.filter(({ cancels }) => cancels))),
    ];
  }
}

function fastest(measurements: readonly Measurement[]): Measurement {
  return measurements.reduce((one, other) =>
    one.cost.median <= other.cost.median ? one : other
  );
}

/** What a task costs among 100,000, as a multiple of that among 10,000. */
export function growthOf(
  contender: string,
  workload: WorkloadId,
  growth: readonly Growth[],
): number {
  const cost = (count: number) =>
    growth.find((one) =>
      one.workload === workload && one.contender === contender &&
      one.count === count
    )!.cost;
  return cost(100_000) / cost(10_000);
}

function* grown({ growth }: Findings): Figures {
  for (const workload of new Set(growth.map(({ workload }) => workload))) {
    yield [
      `${workload}, 100,000 / 10,000 tasks`,
      growthOf("goasync", workload, growth),
    ];
  }
}

function* repeated({ rates, lateness }: Findings): Figures {
  for (const { what, contender, perSecond, timers } of rates) {
    if (contender !== "goasync") continue;
    const bare = rates.find((other) =>
      other.what === what && other.contender === "bare"
    )!;
    yield [`E ${what}, rate / bare`, perSecond / bare.perSecond];
    yield [`E ${what}, timers served / bare`, timers / bare.timers];
  }
  if (lateness !== undefined) {
    yield ["E repeatTimer, ticks late of 2,000", Math.abs(lateness)];
  }
}

function* heapOfMillion({ million }: Findings): Figures {
  if (million !== undefined) yield ["heap over a million tasks, MB", million];
}

function* imported({ importTime }: Findings): Figures {
  if (importTime !== undefined) yield ["import of mod.ts, ms", importTime];
}
