import type { EventStream } from "./event_stream.ts";
import type { InnerManager } from "./inner_manager.ts";
import type { Report } from "./report_types.ts";
import type { TaskError } from "./task_error.ts";
import type { TaskRun } from "./task_run.ts";

/** The managers that run within the tasks of another, and in which task. */
export class InnerManagers implements Iterable<InnerManager> {
  readonly #events: EventStream;
  readonly #tasks = new Map<InnerManager, TaskRun>();

  constructor(events: EventStream) {
    this.#events = events;
  }

  /** Takes one in, until that is ended. */
  adopt(run: TaskRun, manager: InnerManager): () => void {
    this.#tasks.set(manager, run);
    manager.events.join(this.#events, run.name);
    return () => void this.#tasks.delete(manager);
  }

  [Symbol.iterator](): Iterator<InnerManager> {
    return this.#tasks.keys();
  }

  get isEmpty(): boolean {
    return this.#tasks.size === 0;
  }

  /** These, and all that run within them, each after the one that it is in. */
  all(): InnerManager[] {
    return withAllWithin(this);
  }

  /** Gives up what runs in a task; returns what went wrong there. */
  giveUp(run: TaskRun, timeout: DOMException): TaskError[] {
    const managers = [...this].filter((each) => this.#tasks.get(each) === run);
    // The innermost first, so that the stack does not grow with their number.
    for (const each of withAllWithin(managers).reverse()) each.giveUp(timeout);
    return managers.flatMap((each) => each.takeErrors());
  }

  /** Gives up everything; returns what went wrong, by task. */
  giveUpAll(timeout: DOMException): [TaskRun, TaskError[]][] {
    const runs = [...new Set(this.#tasks.values())];
    return runs
      .map((run): [TaskRun, TaskError[]] => [run, this.giveUp(run, timeout)])
      .filter(([, errors]) => errors.length > 0);
  }

  /** What those have done so far that are not over, by task. */
  reports(): Map<TaskRun, Report[]> {
    const reports = new Map<TaskRun, Report[]>();
    for (const [manager, run] of this.#tasks) {
      const report = manager.report();
      if (report.state === "finished") continue; // It is about to leave.
      reports.set(run, [...reports.get(run) ?? [], report]);
    }
    return reports;
  }

  clear(): void {
    this.#tasks.clear();
  }
}

function withAllWithin(managers: Iterable<InnerManager>): InnerManager[] {
  const all = [...managers];
  for (const each of all) all.push(...each.within);
  return all;
}
