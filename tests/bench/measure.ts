import type { Contender, WorkloadId } from "./contender.ts";
import { inTurn } from "./in_turn.ts";
import { heapOf, sample } from "./sample.ts";
import { type Statistics, statisticsOf } from "./statistics.ts";
import { workloads } from "./workloads.ts";

/** What a contender took for a workload. */
export interface Measurement {
  readonly workload: WorkloadId;
  readonly contender: string;
  readonly cancels: boolean;
  /** How many tasks it did at a time. */
  readonly count: number;
  /** Microseconds a task. */
  readonly cost: Statistics;
  /** Bytes for each task that waits. */
  readonly heap?: number;
}

/**
 * Has contenders do every workload once. Without it, a workload that is measured
 * alone looks slower than one that follows others: D takes 1.2 times as long.
 */
export async function warmUp(contenders: readonly Contender[]): Promise<void> {
  for (const id of Object.keys(workloads) as WorkloadId[]) {
    for (const { works } of contenders) {
      await works[id]?.(workloads[id].count, () => {});
    }
  }
}

/** Rivals take part in every sixth round only: most take many times as long. */
const RIVALS_EVERY = 6;

/** Has contenders do a workload in turns, and measures what it takes. */
export async function measure(
  id: WorkloadId,
  inEveryRound: readonly Contender[],
  rivals: readonly Contender[],
  rounds: number,
): Promise<Measurement[]> {
  const able = [...inEveryRound, ...rivals].filter(({ works }) => works[id]);
  const costs = await inTurn(able, rounds, async (contender, round) => {
    const size = sizeOf(id, contender);
    if (!rivals.includes(contender)) return await sample(id, contender, size);
    if (round % RIVALS_EVERY !== 0) return;
    // They take long, so once has to do.
    return await sample(id, contender, { ...size, times: 1 });
  });
  const measurements: Measurement[] = [];
  for (const contender of able) {
    const { name, cancels } = contender;
    const { count } = sizeOf(id, contender);
    measurements.push({
      workload: id,
      contender: name,
      cancels,
      count,
      cost: statisticsOf(costs.get(contender)!),
      ...workloads[id].waits && { heap: await heapOf(id, contender, count) },
    });
  }
  return measurements;
}

function sizeOf(id: WorkloadId, { most }: Contender) {
  const { count, times } = workloads[id];
  return { count: Math.min(count, most?.[id] ?? Infinity), times };
}
