import { describe, messageOf } from "./messages.ts";
import type { NoteReport, NotesReport } from "./report_types.ts";

/** How many notes of a task a report keeps. */
const KEPT = 20;

/** The last notes of a task, and how many there were before. */
export class Notes {
  readonly #kept: NoteReport[] = [];
  #earlier = 0;

  add(at: number, message: string, details?: object): void {
    this.#kept.push(
      details ? { at, message, details: plain(details) } : { at, message },
    );
    if (this.#kept.length <= KEPT) return;
    this.#kept.shift();
    this.#earlier++;
  }

  report(): NotesReport {
    const notes = [...this.#kept];
    return this.#earlier > 0
      ? { notes, earlierNotes: this.#earlier }
      : { notes };
  }
}

/** A copy of details that survives JSON, whatever they are. */
function plain(details: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(details).map(([key, value]) => [key, plainValue(value)]),
  );
}

function plainValue(value: unknown): unknown {
  try {
    if (value instanceof Error) return messageOf(value);
    const json = JSON.stringify(value);
    return json === undefined ? describe(value) : JSON.parse(json);
  } catch {
    return describe(value); // It has a cycle, a bigint, or getters that throw.
  }
}
