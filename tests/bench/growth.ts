import { bare } from "./contenders/bare.ts";
import { goasync } from "./contenders/goasync.ts";
import type { WorkloadId } from "./contender.ts";
import { inTurn } from "./in_turn.ts";
import { sample } from "./sample.ts";
import { statisticsOf } from "./statistics.ts";
import { workloads } from "./workloads.ts";

/** What a task takes with that many of them. */
export interface Growth {
  readonly workload: WorkloadId;
  readonly contender: string;
  readonly count: number;
  /** Microseconds a task, the median. */
  readonly cost: number;
}

const WORKLOADS: readonly WorkloadId[] = ["A", "B", "C"];
const COUNTS = [100, 1_000, 10_000, 100_000];

/** Measures how the cost of a task grows with their number, ours and bare. */
export async function growth(rounds: number): Promise<Growth[]> {
  const grown: Growth[] = [];
  for (const workload of WORKLOADS) {
    // As many tasks in all as in a sample of the workload, so that one is as
    // long and makes as much garbage.
    const whole = workloads[workload];
    const inAll = whole.count * whole.times;
    const all = [bare, goasync].flatMap((contender) =>
      COUNTS.map((count) => ({ contender, count }))
    );
    const costs = await inTurn(
      all,
      rounds,
      ({ contender, count }) =>
        sample(workload, contender, { count, times: inAll / count }),
    );
    for (const one of all) {
      const { contender: { name: contender }, count } = one;
      const cost = statisticsOf(costs.get(one)!).median;
      grown.push({ workload, contender, count, cost });
    }
  }
  return grown;
}
