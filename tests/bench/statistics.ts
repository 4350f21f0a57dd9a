import { Bench } from "npm:tinybench@6.2.5";

/** What samples say. */
export interface Statistics {
  readonly median: number;
  /** How far off the median half of the samples are at most. */
  readonly deviation: number;
  readonly samples: readonly number[];
}

/** Has tinybench tell the statistics of samples that were taken before. */
export function statisticsOf(samples: readonly number[]): Statistics {
  let taken = 0;
  const bench = new Bench({
    iterations: samples.length,
    time: 0,
    warmup: false,
    throws: true,
  });
  bench.add("samples", () => ({ overriddenDuration: samples[taken++]! }), {
    async: false,
  });
  const result = bench.runSync()[0]!.result;
  if (!("latency" in result)) throw new Error("Cannot take statistics");
  const { p50: median, mad: deviation } = result.latency;
  return { median, deviation, samples };
}
