import { type Bar, bars, type Runtime } from "./bars.ts";

/** A bar, and the figure that was measured for it. */
export interface Checked {
  readonly bar: Bar;
  readonly value: number;
  readonly isMissed: boolean;
}

/** Holds figures against the bars of a runtime. */
export function check(
  runtime: Runtime,
  figures: ReadonlyMap<string, number>,
): Checked[] {
  return bars.flatMap((bar) => {
    const value = figures.get(bar.figure);
    if (!bar.on.includes(runtime) || value === undefined) return [];
    const { most = Infinity, least = -Infinity } = bar;
    return [{ bar, value, isMissed: !(value <= most && value >= least) }];
  });
}

/** What has to be measured again for a bar. */
export function partOf({ figure }: Bar): string {
  if (figure.startsWith("heap")) return "million";
  if (figure.startsWith("import")) return "import";
  return figure.includes("tasks") ? "growth" : figure.match(/^\S'?/)![0];
}
