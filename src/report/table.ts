import { columnsOf, padding } from "./columns.ts";
import type { Paint, Style } from "./paint.ts";

/** A cell of a table. */
export interface Cell {
  readonly text: string;
  readonly style?: Style | undefined;
}

/** A column of a table. */
export interface Column {
  readonly title: string;
  readonly align?: "start" | "end";
  readonly cells: readonly Cell[];
}

const GAP = "  ";

/** The lines of a table, all equally wide, the titles first. */
export function tableLines(columns: readonly Column[], paint: Paint): string[] {
  return columns.map((column) => columnLines(column, paint)).reduce(beside);
}

/** Puts two columns of lines side by side. */
export function beside(
  left: readonly string[],
  right: readonly string[],
): string[] {
  return left.map((line, index) => `${line}${GAP}${right[index]}`);
}

/** How many columns of a terminal a table leaves for what is beside it. */
export function columnsLeft(width: number, columns: readonly Column[]): number {
  return columns.reduce(
    (left, column) => left - columnWidth(column) - GAP.length,
    width,
  );
}

function columnLines(column: Column, paint: Paint): string[] {
  const { title, align, cells } = column;
  const width = columnWidth(column);
  const titleCell: Cell = { text: title, style: "dim" };
  return [titleCell, ...cells].map(({ text, style }) => {
    const spaces = padding(text, width);
    const painted = style ? paint(style, text) : text;
    return align === "end" ? spaces + painted : painted + spaces;
  });
}

function columnWidth({ title, cells }: Column): number {
  return cells.reduce(
    (widest, { text }) => Math.max(widest, columnsOf(text)),
    columnsOf(title),
  );
}
