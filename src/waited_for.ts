import { escapeControls } from "./messages.ts";
import type {
  ExecuteTaskReport,
  LimitReport,
  NotesReport,
  Report,
  StageReport,
  TaskReport,
  WithinReport,
} from "./report_types.ts";
import type { ManagerState, Stage } from "./states.ts";

/** A limit, and how many milliseconds are left of it. */
export interface LimitLeft extends Pick<LimitReport, "name" | "ms"> {
  readonly left: number;
}

/** A task that a manager waits for now. */
export interface WaitedFor {
  /** The names that lead to the task, through the managers within. */
  readonly path: readonly string[];
  /** The stage that lasts. */
  readonly stage: Stage;
  /** For how many milliseconds; execute, since its manager was told to stop. */
  readonly ms: number;
  /** The limit that is over first. */
  readonly limit: LimitLeft | null;
  /** The last note of the task. */
  readonly note: string | null;
}

/** What a task has in common with an execute task. */
type AnyReport = NotesReport & WithinReport & { readonly name: string };

/** The stages that are waited for, the one that matters most at the end. */
const STAGES: Partial<Record<ManagerState, readonly Stage[]>> = {
  "initializing": ["initialize"],
  "draining": ["drain"],
  "stopping": ["initialize", "execute", "drain"],
  "cleaning-up": ["cleanup"],
};

/** Whom a manager waits for before it goes on, down to the managers within. */
export function waitedFor(report: Report): WaitedFor[] {
  const stages = STAGES[report.state];
  if (!stages) return [];
  return [
    ...report.tasks.flatMap((task) =>
      waitedForOf(report, task, lastingOf(task, stages))
    ),
    ...report.executeTasks.flatMap((task) =>
      waitedForOf(report, task, lastingOfExecuteTask(task, stages))
    ),
  ];
}

/** A stage that lasts; when it began may be unknown. */
type Lasting = Pick<StageReport, "stage" | "limit"> & {
  readonly startedAt?: number;
};

function lastingOf(
  { stages }: TaskReport,
  waited: readonly Stage[],
): Lasting | undefined {
  return stages.findLast(({ stage, endedAt }) =>
    endedAt === null && waited.includes(stage)
  );
}

function lastingOfExecuteTask(
  { state, execute, limit, drain }: ExecuteTaskReport,
  waited: readonly Stage[],
): Lasting | undefined {
  if (drain?.endedAt === null && waited.includes("drain")) return drain;
  if (state !== "executing" || !waited.includes("execute")) return;
  return { stage: "execute", ...execute, ...limit && { limit } };
}

function waitedForOf(
  report: Report,
  task: AnyReport,
  lasting: Lasting | undefined,
): WaitedFor[] {
  if (!lasting) return [];
  const { stop, duration } = report;
  const { stage, startedAt = 0 } = lasting;
  const from = stage === "execute" && stop
    ? Math.max(startedAt, stop.at)
    : startedAt;
  const limit = firstOver(
    limitsOf(report, lasting).map(({ name, ms, endsAt }) => (
      { name, ms, left: Math.max(0, endsAt - duration) }
    )),
  );
  const itself: WaitedFor = {
    path: [task.name],
    stage,
    ms: duration - from,
    limit,
    note: task.notes?.at(-1)?.message ?? null,
  };
  const within = (task.managers ?? []).flatMap(waitedFor).map((each) => ({
    ...each,
    path: [task.name, ...each.path],
    limit: firstOver([limit, each.limit]),
  }));
  return within.length > 0 ? within : [itself];
}

/** The limits that a stage is under, of its own and of the whole stop. */
function limitsOf({ state, stop }: Report, lasting: Lasting): LimitReport[] {
  const limits = [lasting.limit, stop?.limit].flatMap((limit) => limit ?? []);
  const isUnlimitedDrain = state === "draining" && !lasting.limit;
  if (!stop?.limit || !isUnlimitedDrain) return limits;
  const ms = stop.limit.ms / 2; // What drains have of it.
  return [{ name: "drainTimeout", ms, endsAt: stop.at + ms }];
}

function firstOver(limits: readonly (LimitLeft | null)[]): LimitLeft | null {
  return limits.flatMap((limit) => limit ?? [])
    .sort((a, b) => a.left - b.left)[0] ?? null;
}

/** What a task does that is in a stage. */
export const VERBS: Readonly<Record<Stage, string>> = {
  "initialize": "initializes",
  "execute": "executes",
  "drain": "drains",
  "cleanup": "cleans up",
};

/** How many are named in one line. */
const NAMED = 3;

/**
 * Says in one line who is still waited for: `"consumer still drains after 5 s,
 * 5 s left of its drainTimeout"`.
 */
export function stillWaitingText(waiting: readonly WaitedFor[]): string {
  const texts = waiting.slice(0, NAMED).map(stillText);
  const more = waiting.length - texts.length;
  if (more > 0) texts.push(`${more} more`);
  return texts.join("; ");
}

function stillText({ path, stage, ms, limit }: WaitedFor): string {
  const name = escapeControls(path.join("/"));
  const text = `${name} still ${VERBS[stage]} after ${roundTime(ms)}`;
  if (!limit) return text;
  const of = limit.name === "shutdownTimeout" ? "the" : "its";
  return `${text}, ${roundTime(limit.left)} left of ${of} ${limit.name}`;
}

/** Shows milliseconds as a person says them: `"400 ms"`, `"5 s"`, `"2 min"`. */
export function roundTime(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds === 0) return `${Math.round(ms)} ms`;
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
