import type {
  ExecuteTaskReport,
  NoteReport,
  Report,
  StageReport,
  TaskErrorData,
  TaskReport,
} from "../../report_types.ts";

/** A stage in the timeline, in milliseconds from the outermost start. */
export interface Span {
  readonly phase: string;
  readonly from: number;
  /** Null while it lasts. */
  readonly to: number | null;
  readonly isBad: boolean;
}

/** A line of the tree. */
export interface Row {
  readonly key: string;
  readonly level: number;
  readonly kind: "manager" | "task" | "group" | "execute task";
  readonly path: readonly string[];
  readonly name: string;
  readonly state: string;
  readonly type: string;
  readonly hasChildren: boolean;
  readonly spans: readonly Span[];
  /** When it was told to stop; null if it was not. */
  readonly toldAt: number | null;
  readonly stages: readonly StageReport[];
  readonly notes: readonly NoteReport[];
  readonly earlierNotes: number;
  readonly errors: readonly TaskErrorData[];
  /** When its manager started, from the outermost start. */
  readonly offset: number;
}

const BAD = ["failed", "unexpected-stop", "timed-out", "abandoned"];

/** Whether a state or an outcome is one that nobody wanted. */
export function isBad(state: string | null): boolean {
  return state !== null && BAD.includes(state);
}

/** The lines of the tree, each before those within it. */
export function rowsOf(report: Report): Row[] {
  return managerRows(report, { key: "", level: 1, path: [], offset: 0 });
}

interface Place {
  readonly key: string;
  readonly level: number;
  readonly path: readonly string[];
  readonly offset: number;
}

function managerRows(report: Report, place: Place): Row[] {
  const { state, stop, tasks, executeTasks, counts } = report;
  const inside = { ...place, level: place.level + 1 };
  const isEmpty = tasks.length + executeTasks.length + counts.clean +
      counts["never-started"] === 0;
  return [
    {
      ...place,
      kind: "manager",
      name: place.path.at(-1) ?? "manager",
      state,
      type: "",
      hasChildren: !isEmpty,
      spans: [],
      toldAt: stop ? stop.at + place.offset : null,
      stages: [],
      notes: [],
      earlierNotes: 0,
      errors: [],
    },
    ...tasks.flatMap((task, index) =>
      taskRows(report, task, { ...inside, key: `${place.key}/${index}` })
    ),
    ...groupRows(report, { ...inside, key: `${place.key}/jobs` }),
  ];
}

/** Execute tasks, as counts, and below them those that live or went wrong. */
function groupRows(report: Report, place: Place): Row[] {
  const { executeTasks, counts } = report;
  const all = new Map<string, number>();
  for (const { state } of executeTasks) {
    all.set(state, (all.get(state) ?? 0) + 1);
  }
  for (const [state, count] of Object.entries(counts)) {
    if (count > 0) all.set(state, count);
  }
  if (all.size === 0) return [];
  const text = [...all].map(([state, count]) => `${count} ${state}`);
  const seen = new Map<string, number>();
  const inside = { ...place, level: place.level + 1 };
  return [
    {
      ...blank(report, place),
      kind: "group",
      name: "execute tasks",
      state: text.join(", "),
      hasChildren: executeTasks.length > 0,
    },
    ...executeTasks.flatMap((task) => {
      const nth = seen.get(task.name) ?? 0;
      seen.set(task.name, nth + 1);
      const key = `${place.key}/${nth}/${task.name}`;
      return taskRows(report, task, { ...inside, key });
    }),
  ];
}

function blank({ stop }: Report, place: Place): Omit<Row, "kind" | "name"> {
  return {
    ...place,
    state: "",
    type: "",
    hasChildren: false,
    spans: [],
    toldAt: stop ? stop.at + place.offset : null,
    stages: [],
    notes: [],
    earlierNotes: 0,
    errors: [],
  };
}

function taskRows(
  report: Report,
  task: TaskReport | ExecuteTaskReport,
  place: Place,
): Row[] {
  const { name, type, state, notes = [], earlierNotes = 0, managers = [] } =
    task;
  const path = [...place.path, name];
  const stages = stagesOf(task);
  const isOver = report.state === "finished";
  const spans = stages.map(({ stage, startedAt, endedAt, outcome }): Span => ({
    phase: stage,
    from: startedAt + place.offset,
    to: closed(endedAt, isOver ? report.duration : null, place.offset),
    isBad: isBad(outcome),
  }));
  const own = "error" in task && task.error ? [task.error] : [];
  const errors = [...own, ...stages.flatMap(({ error }) => error ?? [])];
  return [
    {
      ...blank(report, place),
      kind: "stages" in task ? "task" : "execute task",
      path,
      name,
      state,
      type,
      hasChildren: managers.length > 0,
      spans,
      stages,
      notes,
      earlierNotes,
      errors: errors.filter((error, index) =>
        errors.findIndex((each) => each.message === error.message) === index
      ),
    },
    ...managers.flatMap((each, index) => {
      const { startedAt } = each;
      const nth = managers.slice(0, index)
        .filter((other) => other.startedAt === startedAt).length;
      return managerRows(each, {
        key: `${place.key}/m${startedAt}.${nth}`,
        level: place.level + 1,
        path,
        offset: place.offset + startWithin(report, stages, each),
      });
    }),
  ];
}

/**
 * When a manager within was started, in milliseconds from the start of the one
 * above: by the clock, which may have been set since, but not at a time that
 * cannot be.
 */
function startWithin(
  above: Report,
  stages: readonly StageReport[],
  { startedAt, duration }: Report,
): number {
  const latest = above.duration - duration;
  const earliest = stages[0]?.startedAt ?? 0;
  const byClock = (startedAt ?? 0) - (above.startedAt ?? 0);
  return Math.max(0, Math.min(Math.max(byClock, earliest), latest));
}

function closed(
  endedAt: number | null,
  over: number | null,
  offset: number,
): number | null {
  const to = endedAt ?? over;
  return to === null ? null : to + offset;
}

function stagesOf(task: TaskReport | ExecuteTaskReport): StageReport[] {
  if ("stages" in task) return task.stages;
  const { execute, drain } = task;
  return [execute, drain].flatMap((stage) => stage ?? []);
}
