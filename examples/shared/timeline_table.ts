import process from "node:process";
import { styleText } from "node:util";
import { elapsed, seconds } from "./clock.ts";
import type { Row, Span } from "./timeline.ts";

interface Phase {
  readonly name: string;
  readonly sign: string;
  readonly color: "blue" | "green" | "yellow" | "dim" | "magenta";
  readonly of: (row: Row) => Span | undefined;
}

const initializing: Phase = {
  name: "initialize",
  sign: "▂",
  color: "blue",
  of: ({ initialize }) => initialize,
};
const executing: Phase = {
  name: "execute",
  sign: "█",
  color: "green",
  of: ({ execute }) => execute,
};
const stopping: Phase = {
  name: "told to stop",
  sign: "▒",
  color: "yellow",
  of: ({ execute, toldToStop }) =>
    execute && toldToStop !== undefined && toldToStop < execute.end
      ? { begin: toldToStop, end: execute.end }
      : undefined,
};
const waiting: Phase = {
  name: "wait for the others",
  sign: "·",
  color: "dim",
  of: ({ initialize, cleanup }) =>
    initialize && cleanup && { begin: initialize.begin, end: cleanup.end },
};
const cleaningUp: Phase = {
  name: "cleanup",
  sign: "▄",
  color: "magenta",
  of: ({ cleanup }) => cleanup,
};

const LEGEND = [initializing, executing, stopping, waiting, cleaningUp];
/** Of those that fall on the same cell of a bar, the first is shown. */
const PRIORITY = [initializing, cleaningUp, stopping, executing, waiting];

interface Column {
  readonly title: string;
  readonly cells: readonly string[];
}

/** Prints a line for each task, and what the signs in its bar mean. */
export function printTable(rows: readonly Row[]): void {
  const columns = columnsOf(rows);
  const widths = columns.map(({ title, cells }) =>
    Math.max(title.length, ...cells.map((cell) => cell.length))
  );
  const left = widths.reduce((sum, width) => sum + width + 2, 0);
  const barWidth = Math.min(process.stdout.columns ?? 80, 120) - left;
  const total = elapsed();
  const line = (cells: readonly string[]) =>
    cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join("  ");

  const scale = seconds(total).trim().padStart(barWidth - 3);
  console.log(
    styleText("dim", `${line(columns.map(({ title }) => title))}  0 s${scale}`),
  );
  rows.forEach((row, index) => {
    const cells = columns.map(({ cells }) => cells[index] ?? "");
    console.log(`${line(cells)}  ${bar(row, barWidth, total)}`);
  });
  const legend = LEGEND.map(({ sign, color, name }) =>
    `${styleText(color, sign)} ${styleText("dim", name)}`
  );
  console.log(`\n${legend.join("   ")}\n`);
}

function columnsOf(rows: readonly Row[]): Column[] {
  return [
    { title: "task", cells: rows.map(({ name }) => name) },
    {
      title: "begins",
      cells: rows.map(({ initialize }) =>
        initialize ? seconds(initialize.begin) : ""
      ),
    },
    {
      title: "executes",
      cells: rows.map(({ execute }) =>
        execute ? seconds(execute.end - execute.begin) : ""
      ),
    },
    {
      title: "returns",
      cells: placesOf(rows.map(({ execute }) => execute?.end)),
    },
    {
      title: "cleanup",
      cells: placesOf(rows.map(({ cleanup }) => cleanup?.begin)),
    },
  ];
}

/** Which of the times comes 1st, which 2nd, …, and "" for one that is none. */
function placesOf(times: readonly (number | undefined)[]): string[] {
  const sorted = times.filter((time) => time !== undefined)
    .sort((a, b) => a - b);
  return times.map((time) =>
    time === undefined ? "" : ordinal(sorted.indexOf(time) + 1)
  );
}

function ordinal(place: number): string {
  return `${place}${["th", "st", "nd", "rd"][place] ?? "th"}`;
}

function bar(row: Row, width: number, total: number): string {
  return Array.from({ length: width }, (_, index) => {
    const cell = {
      begin: index * total / width,
      end: (index + 1) * total / width,
    };
    const phase = PRIORITY.find(({ of }) => overlap(of(row), cell));
    return phase ? styleText(phase.color, phase.sign) : " ";
  }).join("").trimEnd();
}

function overlap(span: Span | undefined, cell: Span): boolean {
  return span !== undefined && span.begin < cell.end && span.end >= cell.begin;
}
