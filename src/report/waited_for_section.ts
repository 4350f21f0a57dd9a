import type { Report } from "../report_types.ts";
import { type WaitedFor, waitedFor } from "../waited_for.ts";
import { fit, toLine } from "./columns.ts";
import { showDuration } from "./duration.ts";
import type { Paint } from "./paint.ts";
import { type Cell, type Column, columnsLeft, tableLines } from "./table.ts";

/** How many rows there are at most. */
const LISTED = 20;

/** How many columns a name may take. */
const NAME_WIDTH = 24;

/** How many columns a name leaves for the last note, and what is before it. */
const NOTE_WIDTH = 14;

/** Who is waited for now: in which stage, how long, of which limit. */
export function waitedForSection(
  report: Report,
  width: number,
  paint: Paint,
): string[] {
  const waiting = waitedFor(report);
  if (waiting.length === 0) return [];
  const listed = waiting.slice(0, LISTED);
  const table = tableLines(columnsOf(listed, width), paint);
  const more = waiting.length - listed.length;
  if (more > 0) table.push(paint("dim", `… and ${more} more`));
  return [table.join("\n")];
}

function columnsOf(waiting: readonly WaitedFor[], width: number): Column[] {
  const columns = [...stageColumns(waiting), ...limitColumns(waiting)];
  const left = columnsLeft(width, columns);
  const hasNotes = waiting.some(({ note }) => note !== null);
  const nameWidth = Math.min(NAME_WIDTH, hasNotes ? left - NOTE_WIDTH : left);
  const names = { title: "waited for", cells: cellsOf(waiting, nameWidth) };
  if (!hasNotes) return [names, ...columns];
  const noteWidth = columnsLeft(width, [names, ...columns]);
  const cells = waiting.map(({ note }) => cell(note ?? "", noteWidth));
  return [names, ...columns, { title: "last note", cells }];
}

function cellsOf(waiting: readonly WaitedFor[], width: number): Cell[] {
  return waiting.map(({ path }) => cell(path.join("/"), width));
}

function stageColumns(waiting: readonly WaitedFor[]): Column[] {
  return [
    {
      title: "in",
      cells: waiting.map(({ stage }) => ({ text: stage, style: "blue" })),
    },
    {
      title: "for",
      align: "end",
      cells: waiting.map(({ ms }) => ({ text: showDuration(ms) })),
    },
  ];
}

function limitColumns(waiting: readonly WaitedFor[]): Column[] {
  const limits = waiting.map(({ limit }) => limit);
  if (limits.every((limit) => limit === null)) return [];
  return [
    {
      title: "left",
      align: "end",
      cells: limits.map((limit) => (
        { text: limit ? showDuration(limit.left) : "" }
      )),
    },
    {
      title: "of the",
      cells: limits.map((limit) => ({ text: limit?.name ?? "" })),
    },
  ];
}

function cell(text: string, width: number): Cell {
  return { text: fit(toLine(text), width) };
}
