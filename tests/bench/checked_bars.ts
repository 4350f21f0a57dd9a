import type { Bar } from "./bars.ts";
import { figuresOf } from "./figures.ts";
import type { Findings } from "./findings.ts";

/** A bar, and the figure that was measured for it. */
export interface CheckedBar {
  readonly bar: Bar;
  readonly value: number;
  readonly isMissed: boolean;
}

/** Holds what was found against those bars that it is about. */
export function checkBars(
  bars: readonly Bar[],
  findings: Findings,
): CheckedBar[] {
  const figures = figuresOf(findings);
  return bars.flatMap((bar) => {
    const value = figures.get(bar.figure);
    // Written so that what is no number misses its bar.
    return value === undefined
      ? []
      : [{ bar, value, isMissed: !(value <= bar.most) }];
  });
}
