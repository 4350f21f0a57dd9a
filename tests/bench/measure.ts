import type { Contender, WorkloadId } from "./contender.ts";
import { collect, heapInUse } from "./heap.ts";
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
  /** Its cost as a multiple of the bare limit. */
  readonly ratio: number;
  /** Bytes for each task that waits. */
  readonly heap?: number;
}

/**
 * Has contenders do a workload in turns, so that what else the machine does
 * hits all alike.
 */
export async function measure(
  id: WorkloadId,
  contenders: readonly Contender[],
  rounds: number,
): Promise<Measurement[]> {
  const able = contenders.filter(({ works }) => works[id]);
  const costs = new Map(able.map(({ name }) => [name, [] as number[]]));
  for (let round = -1; round < rounds; round++) {
    for (const contender of inTurn(able, round)) {
      const cost = await sample(id, contender);
      // The first round is to warm up.
      if (round >= 0) costs.get(contender.name)!.push(cost);
    }
  }
  const statistics = new Map(
    able.map(({ name }) => [name, statisticsOf(costs.get(name)!)]),
  );
  const measurements: Measurement[] = [];
  for (const contender of able) {
    const { name, cancels } = contender;
    const cost = statistics.get(name)!;
    measurements.push({
      workload: id,
      contender: name,
      cancels,
      count: countOf(id, contender),
      cost,
      ratio: cost.median / statistics.get("bare")!.median,
      ...(workloads[id].waits && { heap: await heapOf(id, contender) }),
    });
  }
  return measurements;
}

/** Each goes first in its turn, and after each other one as often as before. */
function inTurn<T>(all: readonly T[], round: number): T[] {
  const first = (round + all.length) % all.length;
  const turned = [...all.slice(first), ...all.slice(0, first)];
  return round % 2 === 0 ? turned : turned.reverse();
}

/** How many microseconds a task takes. */
async function sample(id: WorkloadId, contender: Contender): Promise<number> {
  const work = contender.works[id]!;
  const count = countOf(id, contender);
  const { times } = workloads[id];
  await settled();
  collect();
  let finished = 0;
  const start = performance.now();
  for (let i = 0; i < times; i++) finished += await work(count, nothing);
  const took = performance.now() - start;
  check(id, contender, finished, count * times);
  return took * 1_000 / finished;
}

/** How many bytes each task takes while all wait. */
async function heapOf(id: WorkloadId, contender: Contender): Promise<number> {
  const count = countOf(id, contender);
  await settled();
  const before = heapInUse();
  let after = NaN;
  const finished = await contender.works[id]!(count, () => {
    after = heapInUse();
  });
  check(id, contender, finished, count);
  return Math.round((after - before) / count);
}

function countOf(id: WorkloadId, { most }: Contender): number {
  return most?.[id] ?? workloads[id].count;
}

function check(
  id: WorkloadId,
  { name }: Contender,
  finished: number,
  expected: number,
): void {
  if (finished === expected) return;
  throw new Error(
    `${name} finished ${finished} tasks of ${expected} in workload ${id}`,
  );
}

function nothing(): void {}

/** What a sample left behind gets a turn of the event loop to end. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
