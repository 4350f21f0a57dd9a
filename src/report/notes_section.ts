import type { NoteReport, NotesReport, Report } from "../report_types.ts";
import { fit, toLine, wrap } from "./columns.ts";
import { showDuration } from "./duration.ts";
import type { Paint, Style } from "./paint.ts";
import { type Column, columnsLeft, tableLines } from "./table.ts";

/** How many columns a name may take beside the notes. */
const NAME_WIDTH = 24;

/** A row of the table: its name and its time are empty where they go on. */
interface Row {
  readonly name: string;
  readonly at: string;
  readonly note: string;
  readonly style?: Style | undefined;
}

/** The last notes of each task, in the order of the tables. */
export function notesSection(
  { tasks, executeTasks }: Report,
  width: number,
  paint: Paint,
): string[] {
  const rows = [...tasks, ...executeTasks].flatMap((task) =>
    named(fit(toLine(task.name), NAME_WIDTH), rowsOf(task))
  );
  if (rows.length === 0) return [];
  const noteWidth = columnsLeft(width, startColumns(rows));
  const lines = rows.flatMap((row) => wrapped(row, noteWidth));
  const columns: Column[] = [
    ...startColumns(lines),
    {
      title: "note",
      cells: lines.map(({ note, style }) => ({ text: note, style })),
    },
  ];
  return [tableLines(columns, paint).join("\n")];
}

function rowsOf({ notes = [], earlierNotes = 0 }: NotesReport): Row[] {
  const rows = notes.map((note): Row => (
    { name: "", at: showDuration(note.at), note: noteText(note) }
  ));
  if (earlierNotes === 0) return rows;
  const note = `… and ${earlierNotes} before`;
  return [{ name: "", at: "", note, style: "dim" }, ...rows];
}

/** The message, and after it what it adds. */
function noteText({ message, details = {} }: NoteReport): string {
  const added = Object.entries(details)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return [message, ...added].join(" ");
}

/** The rows of one task, of which the first has its name. */
function named(name: string, [first, ...others]: readonly Row[]): Row[] {
  return first ? [{ ...first, name }, ...others] : [];
}

/** A row for each line that its note takes. */
function wrapped(row: Row, width: number): Row[] {
  const [first = "", ...others] = wrap(row.note, width).split("\n");
  return [
    { ...row, note: first },
    ...others.map((note): Row => ({ name: "", at: "", note })),
  ];
}

/** The columns before the notes. */
function startColumns(rows: readonly Row[]): Column[] {
  return [
    { title: "noted by", cells: rows.map(({ name }) => ({ text: name })) },
    {
      title: "at",
      align: "end",
      cells: rows.map(({ at }) => ({ text: at })),
    },
  ];
}
