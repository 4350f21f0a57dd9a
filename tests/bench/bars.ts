import type { Part } from "./parts.ts";

/** What a figure has to keep to, on Deno and the newest Node. */
export interface Bar {
  /** What measures the figure. */
  readonly part: Part;
  /** One of those that figures.ts computes. */
  readonly figure: string;
  readonly most: number;
}

/** All bars. Figures are multiples, unless they name a unit. */
export const bars: readonly Bar[] = [
  { part: "A", figure: "A / bare", most: 2.5 },
  { part: "A", figure: "A / the fastest rival that cancels", most: 1 },
  { part: "B", figure: "B / bare", most: 1.7 },
  { part: "B", figure: "B / the fastest rival that cancels", most: 1 },
  { part: "B", figure: "B heap / bare", most: 1.4 },
  { part: "B'", figure: "B' / bare", most: 3.6 },
  { part: "B'", figure: "B' / the fastest rival that cancels", most: 1 },
  { part: "C", figure: "C / bare", most: 2.5 },
  { part: "C", figure: "C / the fastest rival that cancels", most: 1 },
  { part: "C'", figure: "C' / bare", most: 1.3 },
  { part: "C'", figure: "C' / the fastest rival that cancels", most: 1 },
  { part: "D", figure: "D / by hand", most: 1.5 },
  { part: "million", figure: "heap over a million tasks, MB", most: 1 },
  { part: "import", figure: "import of mod.ts, ms", most: 8 },
  { part: "size", figure: "size of mod.ts, bytes", most: 8_000 },
];
