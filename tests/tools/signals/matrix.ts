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

/** A table with a line for each way, whatever the versions and programs. */
export function matrixOf(rows: readonly Row[]): string {
  const ways = Map.groupBy(rows, ({ name }) => partsOf(name)[0]);
  return markdownTable([
    ["started with", "one Ctrl-C: cleaned up", "two: gone at once"],
    ...[...ways].map(([way, rows]) => [
      `${way} ${rows.map(({ name }) => partsOf(name)[1]).join(", ")}`.trim(),
      shown(sum(rows.map(({ once }) => once))),
      rows.some(({ habit }) => habit === "leaves")
        ? "it has left by then"
        : shown(sum(rows.map(({ twice }) => twice))),
    ]),
  ]);
}

/** A way, and of which version it is, or what it starts. */
function partsOf(name: string): [way: string, rest: string] {
  const [way = "", rest = ""] = name.split(/: | (?=\d+\.)/);
  return [way, rest];
}

function sum(tallies: readonly Tally[]): Tally {
  return {
    passed: tallies.reduce((all, { passed }) => all + passed, 0),
    of: tallies.reduce((all, { of }) => all + of, 0),
  };
}

/** Puts the matrix into the README. */
export async function updateMatrix(matrix: string): Promise<void> {
  await updatePart(`${root}/README.md`, "Ctrl-C", matrix);
}

export function shown({ passed, of }: Tally): string {
  return `${passed} of ${of}`;
}
