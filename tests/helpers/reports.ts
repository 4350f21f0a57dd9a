import type {
  Report,
  StageReport,
  TaskErrorData,
  TaskReport,
} from "@goasync/core";
import { formatReport } from "@goasync/core/report";

/** What the signs in the bars mean, where nobody has drained. */
export const LEGEND =
  "▂ initialize   █ execute   ▒ told to stop   · waiting   ▄ cleanup";

/** The same where somebody has. */
export const LEGEND_WITH_DRAIN =
  "▂ initialize   █ execute   ▓ drain   ▒ told to stop   · waiting   ▄ cleanup";

/** A report of a manager without tasks that was never run. */
export const IDLE: Report = {
  state: "idle",
  since: 0,
  startedAt: null,
  duration: 0,
  stop: null,
  tasks: [],
  executeTasks: [],
  counts: { clean: 0, "never-started": 0 },
};

/** A report of a run, empty but for what is given. */
export function reportOf(given: Partial<Report>): Report {
  return { ...IDLE, state: "finished", startedAt: 0, ...given };
}

/** A report of a task, which has taken one second so far. */
export function reportOfTask(
  given: TaskReport,
  more: Partial<Report> = {},
): Report {
  return reportOf({ duration: 1_000, tasks: [given], ...more });
}

export function task(
  name: string,
  state: TaskReport["state"] = "clean",
  ...stages: StageReport[]
): TaskReport {
  return { name, type: "strict", state, stages };
}

export function stage(
  stage: StageReport["stage"],
  startedAt: number,
  endedAt: number | null,
  outcome: StageReport["outcome"] = endedAt === null ? null : "clean",
): StageReport {
  return { stage, startedAt, endedAt, outcome };
}

/** What went wrong in a stage of a task. */
export function errorIn(
  stage: StageReport["stage"],
  message: string,
): TaskErrorData {
  const path = ["it"];
  return { name: "TaskError", message, code: "FAILED", stage, path, cause: "" };
}

export function linesOf(report: Report, width?: number): string[] {
  return formatReport(report, { width }).split("\n");
}

/** The bar of the last task. */
export function barOf(report: Report): string {
  const lines = linesOf(report);
  const legend = lines.findIndex((line) => line.startsWith("▂ initialize"));
  return lines[legend - 2] ?? "";
}

/** The lines of a section, from the one that starts so to the next empty one. */
export function sectionOf(
  report: Report,
  start: string,
  width?: number,
): string[] | undefined {
  return formatReport(report, { width }).split("\n\n")
    .find((section) => section.startsWith(start))?.split("\n");
}
