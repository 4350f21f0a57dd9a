import { isWell } from "./states.ts";
import type { TaskRun } from "./task_run.ts";

/**
 * The tasks of a manager, in the order added. Execute tasks that have ended well
 * are forgotten now and then, and counted.
 */
export class RunList implements Iterable<TaskRun> {
  readonly counts: { clean: number; "never-started": number } = {
    clean: 0,
    "never-started": 0,
  };
  #runs: TaskRun[] = [];
  /** Those that are no execute tasks. */
  readonly tasks: TaskRun[] = [];
  #toForget = 0;

  add(run: TaskRun): void {
    this.#runs.push(run);
    if (!run.isExecuteTask) this.tasks.push(run);
  }

  [Symbol.iterator](): Iterator<TaskRun> {
    return this.#runs[Symbol.iterator]();
  }

  filter(predicate: (run: TaskRun) => boolean): TaskRun[] {
    return this.#runs.filter(predicate);
  }

  some(predicate: (run: TaskRun) => boolean): boolean {
    return this.#runs.some(predicate);
  }

  /** One has ended. */
  settled(run: TaskRun): void {
    if (!mayBeForgotten(run)) return;
    this.counts[run.state as "clean" | "never-started"]++;
    // At once if it is the last, as in one job after another; else together.
    if (this.#runs.at(-1) === run) this.#runs.pop();
    else if (++this.#toForget * 4 > this.#runs.length * 3) {
      this.#runs = this.#runs.filter((run) => !mayBeForgotten(run));
      this.#toForget = 0;
    }
  }

  clear(): void {
    this.#runs = [];
    this.tasks.length = 0;
  }
}

function mayBeForgotten(run: TaskRun): boolean {
  return run.isExecuteTask && isWell(run.state);
}
