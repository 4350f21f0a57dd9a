import { markdownTable } from "npm:markdown-table@3.1.0";
import { updatePart } from "../marked_part.ts";
import { root } from "../node/package.ts";
import type { Habit } from "./starters.ts";

/** How often what has been tried has passed. */
export interface Tally {
  readonly passed: number;
  readonly of: number;
}

/** A way to start the program, and what came of one key press and of two. */
export interface Row {
  readonly name: string;
  readonly habit?: Habit;
  readonly once: Tally;
  readonly twice: Tally;
}

export function matrixOf(rows: readonly Row[]): string {
  return markdownTable([
    ["started with", "one Ctrl-C: cleaned up", "two: gone at once"],
    ...rows.map(({ name, habit, once, twice }) => [
      name,
      shown(once),
      habit === "leaves" ? "it has left by then" : shown(twice),
    ]),
  ]);
}

/** Puts the matrix into the README. */
export async function updateMatrix(matrix: string): Promise<void> {
  await updatePart(`${root}/README.md`, "Ctrl-C", matrix);
}

export function shown({ passed, of }: Tally): string {
  return `${passed} of ${of}`;
}
