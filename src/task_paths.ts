import type { ManagerEvent } from "./events.ts";

/** Tells events of tasks from those of execute tasks: not each says which it is. */
export class TaskPaths {
  /** Those of tasks that a stage was heard of, as JSON. */
  readonly #paths = new Set<string>();

  /** Where the event does not say it, one of a task's path is of that task. */
  isOfTask(event: ManagerEvent): boolean {
    const saysIt = "isExecuteTask" in event;
    if (saysIt && event.isExecuteTask) return false;
    const path = JSON.stringify(event.path);
    if (saysIt) this.#paths.add(path);
    return this.#paths.has(path);
  }
}
