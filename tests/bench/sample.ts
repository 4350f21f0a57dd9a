import type { Contender, WorkloadId } from "./contender.ts";
import { heapInUse } from "./heap.ts";

/** How much is done for one sample. */
export interface Size {
  /** How many tasks. */
  readonly count: number;
  /** How often in a row. */
  readonly times: number;
}

/**
 * How many microseconds a task takes a contender, its garbage included. None is
 * collected by hand before: V8 would throw away what it knows of objects of
 * which none is left, and the code that it made for them.
 */
export async function sample(
  id: WorkloadId,
  contender: Contender,
  { count, times }: Size,
): Promise<number> {
  const work = contender.works[id]!;
  await settled();
  let finished = 0;
  const start = performance.now();
  for (let i = 0; i < times; i++) finished += await work(count, nothing);
  const took = performance.now() - start;
  check(id, contender, finished, count * times);
  return took * 1_000 / finished;
}

/** How many bytes each task takes while all of them wait. */
export async function heapOf(
  id: WorkloadId,
  contender: Contender,
  count: number,
): Promise<number> {
  await settled();
  const before = heapInUse();
  let after = NaN;
  const finished = await contender.works[id]!(count, () => {
    after = heapInUse();
  });
  check(id, contender, finished, count);
  return Math.round((after - before) / count);
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
export function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
