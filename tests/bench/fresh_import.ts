import type { Host } from "./host.ts";
import { statisticsOf } from "./statistics.ts";

const PROCESSES = 15;

/** How many milliseconds an import of the package takes in a fresh process. */
export async function importTime(host: Host): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < PROCESSES; i++) {
    times.push(Number(await host.run("import_time", [])));
  }
  return statisticsOf(times).median;
}
