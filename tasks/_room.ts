import type { TaskContext } from "../mod.ts";
import { unlessTold } from "./_told.ts";

/** Room for so much work at a time. */
export class Room {
  readonly #size: number;
  readonly #working = new Set<Promise<void>>();
  #onFree = () => {};

  constructor(size: number) {
    this.#size = size;
  }

  /** Resolves when there is room, or as soon as a task is told. */
  async free(context: TaskContext): Promise<void> {
    if (this.#working.size < this.#size) return;
    await unlessTold(context, (callback) => {
      this.#onFree = callback;
      return () => {};
    });
  }

  /** Takes in work, which must not reject, until it is over. */
  add(work: Promise<void>): void {
    this.#working.add(work);
    void work.then(() => {
      this.#working.delete(work);
      this.#onFree();
    });
  }

  /** Resolves when all work is over. */
  async empty(): Promise<void> {
    await Promise.all(this.#working);
  }
}
