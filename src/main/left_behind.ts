import type { ManagerEvent } from "../events.ts";
import { escapeControls } from "../messages.ts";

/** Who was left behind, those of managers within included. */
export class LeftBehind {
  /** Each with its stage, without those that have another one within. */
  readonly texts: string[] = [];
  readonly #around = new Set<string>();

  /** Takes in what has happened; those within are left behind first. */
  hear(event: ManagerEvent): void {
    if (event.type !== "stage-end" || event.error?.code !== "TIMEOUT") return;
    const { path, stage } = event;
    const name = nameOf(path);
    if (this.#around.has(name)) return;
    this.texts.push(`${name} (left behind in ${stage})`);
    for (const index of path.keys()) {
      this.#around.add(nameOf(path.slice(0, index)));
    }
  }
}

function nameOf(path: readonly string[]): string {
  return escapeControls(path.join("/"));
}
