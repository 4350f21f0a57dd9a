import type { Report } from "../report_types.ts";

/** How many managers that are over are kept of a task. */
const KEPT = 5;

type AnyTask = Report["tasks"][number] | Report["executeTasks"][number];

/**
 * What managers within have done that are over: a report has only those that
 * run.
 */
export class Within {
  /** Those last seen within a task, by where it is. */
  #seen = new Map<string, readonly Report[]>();

  /** Adds what is known of managers that are not in a report any more. */
  addTo(report: Report): Report {
    const seen = new Map<string, readonly Report[]>();
    const added = this.#added(report, "", seen);
    this.#seen = seen;
    return added;
  }

  #added(
    report: Report,
    place: string,
    seen: Map<string, readonly Report[]>,
  ): Report {
    const add = <Task extends AnyTask>(task: Task, key: string): Task => {
      const managers = this.#managersOf(task, key, seen);
      if (managers.length === 0) return task;
      seen.set(key, managers);
      return { ...task, managers };
    };
    return {
      ...report,
      tasks: report.tasks.map((task, index) => add(task, `${place}/${index}`)),
      executeTasks: report.executeTasks.map((task) =>
        add(task, `${place}/${task.name}`)
      ),
    };
  }

  #managersOf(
    { managers = [] }: AnyTask,
    key: string,
    seen: Map<string, readonly Report[]>,
  ): Report[] {
    const now = managers.map((each) =>
      this.#added(each, placeOf(key, each), seen)
    );
    const starts = new Set(now.map(({ startedAt }) => startedAt));
    const over = (this.#seen.get(key) ?? [])
      .filter(({ startedAt }) => !starts.has(startedAt))
      .map((each) => this.#added(ended(each), placeOf(key, each), seen));
    return [...over.slice(-KEPT), ...now];
  }
}

function placeOf(key: string, { startedAt }: Report): string {
  return `${key}/${startedAt}`;
}

/** It is over, as it is not there any more. */
function ended(report: Report): Report {
  if (report.state === "finished") return report;
  return { ...report, state: "finished", since: report.duration };
}
