import type { ManagerEvent } from "../events.ts";
import { escapeControls } from "../messages.ts";
import { tellsOfTermination } from "../note_kinds.ts";

/** Who was left behind and may go on, those of managers within included. */
export class LeftBehind {
  /** Each with its stage, without those that have another one within. */
  readonly texts: string[] = [];
  /** Those that have another one within, or do nothing any more. */
  readonly #others = new Set<string>();

  /** Takes in what has happened; those within are left behind first. */
  hear(event: ManagerEvent): void {
    if (event.type === "note" && tellsOfTermination(event.message)) {
      this.#others.add(nameOf(event.path));
    }
    if (event.type !== "stage-end" || event.error?.code !== "TIMEOUT") return;
    const { path, stage } = event;
    const name = nameOf(path);
    if (!this.#others.has(name)) {
      this.texts.push(`${name} (left behind in ${stage})`);
    }
    for (const index of path.keys()) {
      this.#others.add(nameOf(path.slice(0, index)));
    }
  }
}

function nameOf(path: readonly string[]): string {
  return escapeControls(path.join("/"));
}
