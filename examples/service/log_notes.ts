import { getLogger } from "@std/log";
import type { TaskManager } from "@goasync/core";

/** Logs what the tasks of a manager note. */
export function logNotes(manager: TaskManager): void {
  manager.subscribe((event) => {
    if (event.type !== "note") return;
    const [name] = event.path;
    if (name !== undefined) getLogger(name).info(event.message);
  });
}
