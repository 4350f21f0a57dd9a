import type { Host } from "./host.ts";
import { inTurn } from "./in_turn.ts";
import { type Statistics, statisticsOf } from "./statistics.ts";

/** What a contender took for its first run in a process. */
export interface FirstRun {
  readonly contender: string;
  /** Microseconds a task. */
  readonly cost: Statistics;
}

const LIMITS = ["bare", "goasync"];
const RIVALS = [
  "effect",
  "effection",
  "abort_controller_x",
  "p_limit",
  "p_queue",
  "p_map",
];

/** Measures first runs of those in contenders/ that do workload A. */
export async function firstRuns(
  host: Host,
  withRivals: boolean,
  processes: number,
): Promise<FirstRun[]> {
  const files = withRivals ? [...LIMITS, ...RIVALS] : LIMITS;
  const names = new Map<string, string>();
  const costs = await inTurn(files, processes, async (file) => {
    const path = host.fileOf(`contenders/${file}`);
    const { name, cost } = JSON.parse(await host.run("first_run", [path]));
    names.set(file, name);
    return cost;
  });
  return files.map((file) => ({
    contender: names.get(file)!,
    cost: statisticsOf(costs.get(file)!),
  }));
}

/** How many milliseconds an import of the package takes. */
export async function importTime(
  host: Host,
  processes: number,
): Promise<number> {
  const program = "import_time";
  const times = await inTurn(
    [program],
    processes,
    async () => Number(await host.run(program, [])),
  );
  return statisticsOf(times.get(program)!).median;
}
