import type { ManagerEvent } from "./events.ts";

/** The managers at one path, of which several may run at once. */
interface Place {
  running: number;
  /** Of their tasks that a stage was heard of. */
  readonly names: Set<string>;
}

/** Tells events of tasks from those of execute tasks: not each says which it is. */
export class TaskPaths {
  /** By the path of the managers, as JSON. */
  readonly #places = new Map<string, Place>();

  /** Takes in what has happened: once their managers are over, tasks are forgotten. */
  hear(event: ManagerEvent): void {
    if (event.type !== "state") return;
    const { state, path } = event;
    if (state === "initializing") this.#placeOf(path).running++;
    if (state !== "finished") return;
    const place = this.#placeOf(path);
    if (--place.running <= 0) this.#places.delete(keyOf(path));
  }

  /** Where the event does not say it, one of a task's path is of that task. */
  isOfTask(event: ManagerEvent): boolean {
    const saysIt = "isExecuteTask" in event;
    if (saysIt && event.isExecuteTask) return false;
    const path = event.path.slice(0, -1);
    const name = event.path.at(-1)!;
    if (saysIt) this.#placeOf(path).names.add(name);
    return this.#places.get(keyOf(path))?.names.has(name) ?? false;
  }

  #placeOf(path: readonly string[]): Place {
    const key = keyOf(path);
    const place = this.#places.get(key) ?? { running: 0, names: new Set() };
    this.#places.set(key, place);
    return place;
  }
}

function keyOf(path: readonly string[]): string {
  return JSON.stringify(path);
}
