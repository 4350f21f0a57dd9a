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
    const alone = onlyOnes(report.executeTasks.map(keyOf));
    return {
      ...report,
      tasks: report.tasks.map((task, index) => add(task, `${place}/${index}`)),
      executeTasks: report.executeTasks.map((task) => {
        const key = keyOf(task);
        return alone.has(key) ? add(task, `${place}/${key}`) : task;
      }),
    };
  }

  #managersOf(
    { managers = [] }: AnyTask,
    key: string,
    seen: Map<string, readonly Report[]>,
  ): Report[] {
    const alive = managers.map(identityOf);
    const alone = onlyOnes(alive);
    const now = managers.map((each) =>
      alone.has(identityOf(each))
        ? this.#added(each, placeOf(key, each), seen)
        : each
    );
    const over = (this.#seen.get(key) ?? [])
      .filter((each) => !tookOut(alive, identityOf(each)))
      .map((each) => this.#added(ended(each), placeOf(key, each), seen));
    return [...over.slice(-KEPT), ...now];
  }
}

function placeOf(key: string, report: Report): string {
  return `${key}/${identityOf(report)}`;
}

/** What an execute task is known by: it has no place, as those before it go. */
function keyOf({ name, execute }: Report["executeTasks"][number]): string {
  return `${name}@${execute?.startedAt}`;
}

/** What a manager is known by; several may start at once. */
function identityOf({ startedAt, tasks }: Report): string {
  return JSON.stringify([startedAt, ...tasks.map(({ name }) => name)]);
}

/** Those that a list has once: others cannot be told from each other. */
function onlyOnes(list: readonly string[]): Set<string> {
  const ones = new Set<string>();
  const seen = new Set<string>();
  for (const each of list) {
    if (seen.has(each)) ones.delete(each);
    else ones.add(each);
    seen.add(each);
  }
  return ones;
}

/** Takes one out of a list; returns whether it was there. */
function tookOut(list: string[], one: string): boolean {
  const at = list.indexOf(one);
  if (at >= 0) list.splice(at, 1);
  return at >= 0;
}

/** It is over, as it is not there any more. */
function ended(report: Report): Report {
  if (report.state === "finished") return report;
  return { ...report, state: "finished", since: report.duration };
}
