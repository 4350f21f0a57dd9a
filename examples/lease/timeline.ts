import { styleText } from "node:util";
import { elapsed, seconds } from "../common/clock.ts";

/** What a replica does from some time on. */
type Phase = "waits" | "at work" | "killed" | "over";

const SIGNS: Readonly<Record<Phase, string>> = {
  "waits": "·",
  "at work": "█",
  "killed": "✘",
  "over": " ",
};

const WIDTH = 60;

/** What a replica did when. */
export class Timeline {
  readonly name: string;
  readonly #phases: { readonly phase: Phase; readonly from: number }[] = [];

  constructor(name: string) {
    this.name = name;
  }

  /** From now on it does that. */
  add(phase: Phase): void {
    this.#phases.push({ phase, from: elapsed() });
  }

  /** A sign for each part of the time from 0 to the end. */
  line(end: number): string {
    const cells = Array<string>(WIDTH).fill(" ");
    for (const { phase, from } of this.#phases) {
      const cell = Math.floor(from / end * WIDTH);
      const isMoment = phase === "killed";
      cells.fill(SIGNS[phase], cell, isMoment ? cell + 1 : WIDTH);
      if (isMoment) cells.fill(" ", cell + 1);
    }
    return cells.join("");
  }
}

/** Prints all of them, one below the other. */
export function printTimeline(timelines: readonly Timeline[]): void {
  const end = elapsed();
  const indent = " ".repeat(timelines[0]!.name.length + 2);
  console.log(
    styleText("dim", `${indent}0 s${seconds(end).padStart(WIDTH - 3)}`),
  );
  for (const timeline of timelines) {
    const line = timeline.line(end)
      .replaceAll(/█+/g, (work) => styleText("green", work))
      .replaceAll("✘", styleText("red", "✘"));
    console.log(`${timeline.name}  ${line}`);
  }
  const legend = Object.entries(SIGNS).filter(([phase]) => phase !== "over")
    .map(([phase, sign]) => `${sign} ${phase}`);
  console.log(`\n${styleText("dim", legend.join("   "))}\n`);
}
