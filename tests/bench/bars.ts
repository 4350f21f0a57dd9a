/** What the bars are for: a Node that is not named is the newest. */
export type Runtime = "Deno" | "Node" | "Node 20" | "Bun";

/** What a figure has to keep to. */
export interface Bar {
  /** One of those that figures.ts computes. */
  readonly figure: string;
  readonly most?: number;
  readonly least?: number;
  readonly on: readonly Runtime[];
}

const on: readonly Runtime[] = ["Deno", "Node"];

/** All bars. Figures are multiples, unless they name a unit. */
export const bars: readonly Bar[] = [
  { figure: "A / bare", most: 1.4, on },
  { figure: "A / bare", most: 2.0, on: ["Node 20"] },
  { figure: "A / bare", most: 3.2, on: ["Bun"] },
  { figure: "A / the fastest rival", most: 1, on },
  { figure: "A / the fastest that cancels", most: 0.5, on },

  { figure: "B / bare", most: 1.3, on },
  { figure: "B heap / bare", most: 1.2, on },
  { figure: "B / effect", most: 0.6, on: ["Deno"] },

  { figure: "B' / bare", most: 2.7, on },
  { figure: "B' heap, bytes", most: 950, on },
  { figure: "B' / the fastest that cancels", most: 1, on },

  { figure: "C / bare", most: 1.3, on },
  { figure: "C / bare", most: 2.0, on: ["Node 20"] },
  { figure: "C / bare", most: 2.9, on: ["Bun"] },
  { figure: "C / p-limit", most: 0.3, on },

  { figure: "C' / bare", most: 0.3, on },
  { figure: "C' / effect", most: 1, on },
  { figure: "C' / effect, runFork alone", most: 1, on },

  { figure: "D / bare", most: 3, on },
  { figure: "D / effect", most: 0.1, on },

  { figure: "A, 100,000 / 10,000 tasks", most: 1.3, on },
  { figure: "B, 100,000 / 10,000 tasks", most: 1.3, on },
  { figure: "C, 100,000 / 10,000 tasks", most: 1.3, on },
  { figure: "heap over a million tasks, MB", most: 1, on },

  { figure: "E repeatable, rate / bare", least: 0.8, on },
  { figure: "E repeatable, timers served / bare", least: 0.8, on },
  { figure: "E repeatTimer, ticks late of 2,000", most: 1, on },

  { figure: "import of mod.ts, ms", most: 5, on: ["Node"] },
];
