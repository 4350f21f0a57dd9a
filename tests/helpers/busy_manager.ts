import { TaskManager } from "@goasync/core";
import { type Gate, gate } from "./gate.ts";
import type { Look } from "./looks.ts";

/** A manager with a task that notes "note 0", "note 1" and so on, when told. */
export class BusyManager {
  readonly manager: TaskManager = new TaskManager();
  readonly #notes: readonly Gate[];

  constructor(count: number) {
    const notes = Array.from({ length: count }, () => gate());
    this.#notes = notes;
    this.manager.addTask("busy", {
      async execute({ note, done }) {
        for (const [index, each] of notes.entries()) {
          await each.reached;
          note(`note ${index}`);
        }
        await done;
      },
    });
  }

  /** Has all noted, each one when a looker was told of the one before. */
  async noteAll(looker: Look): Promise<void> {
    for (const each of this.#notes) {
      each.open();
      await looker.next();
    }
  }
}
