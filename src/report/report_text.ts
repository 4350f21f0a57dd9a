import { barLines, hasBars, legendLine } from "./bars.ts";
import { fit, toLine, wrap } from "./columns.ts";
import { showDuration } from "./duration.ts";
import { isWell } from "../states.ts";
import type { Paint, Style } from "./paint.ts";
import {
  beside,
  type Cell,
  type Column,
  columnsLeft,
  tableLines,
} from "./table.ts";
import type { TaskState } from "../states.ts";
import type { Report, StopReport, TaskReport } from "../report_types.ts";
import type { Stage } from "../states.ts";

/** The least width of bars that stand beside the table, and not below it. */
const WIDTH_BESIDE = 32;

const STYLES: Readonly<Record<TaskState, Style>> = {
  "waiting": "dim",
  "initializing": "blue",
  "initialized": "dim",
  "executing": "blue",
  "draining": "yellow",
  "clean": "green",
  "failed": "red",
  "unexpected-stop": "red",
  "timed-out": "red",
  "abandoned": "red",
  "never-started": "dim",
};

const STARTED_BY: Readonly<Record<StopReport["by"], string>> = {
  "signal": " by its signal",
  "stop": " by stop()",
  // The reasons of these say so.
  "task": "",
  "stop-group": "",
};

/** The text of a report: what there is to say, with empty lines between. */
export function reportText(
  report: Report,
  width: number,
  paint: Paint,
): string {
  return [
    heading(report, width, paint),
    ...taskSections(report, width, paint),
    ...executeTaskSections(report, width, paint),
  ].join("\n\n").replaceAll(/ +$/gm, "");
}

function heading(report: Report, width: number, paint: Paint): string {
  const { state } = report;
  const text = `${state}${timeOf(report)}${stopOf(report)}`;
  return paint("bold", state) + wrap(text, width).slice(state.length);
}

function timeOf({ state, startedAt, duration }: Report): string {
  if (startedAt === null) return ", was never run";
  const time = showDuration(duration);
  return state === "finished" ? ` after ${time}` : `, ${time} after the start`;
}

function stopOf({ stop }: Report): string {
  if (!stop) return "";
  const { at, by, reason } = stop;
  return `, told to stop at ${showDuration(at)}${STARTED_BY[by]}: ${reason}`;
}

function taskSections(report: Report, width: number, paint: Paint): string[] {
  if (report.tasks.length === 0) return [];
  const columns = withNames("task", report.tasks, width, [
    stageColumn("initialize", report),
    stageColumn("execute", report),
    stageColumn("cleanup", report),
  ]);
  const table = tableLines(columns, paint);
  if (!hasBars(report)) return [table.join("\n")];

  const barWidth = columnsLeft(width, columns);
  if (barWidth >= WIDTH_BESIDE) {
    const bars = barLines(report, barWidth, paint);
    return [beside(table, bars).join("\n"), legendLine(paint)];
  }
  const names = columns.slice(0, 1);
  const bars = barLines(report, columnsLeft(width, names), paint);
  const timeline = beside(tableLines(names, paint), bars);
  return [table.join("\n"), timeline.join("\n"), legendLine(paint)];
}

function executeTaskSections(
  { executeTasks, counts }: Report,
  width: number,
  paint: Paint,
): string[] {
  const sections: string[] = [];
  if (executeTasks.length > 0) {
    const columns = withNames("execute task", executeTasks, width, []);
    sections.push(tableLines(columns, paint).join("\n"));
  }
  const others = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([outcome, count]) => `${count} ${outcome}`);
  if (others.length > 0) {
    const title = executeTasks.length > 0
      ? "other execute tasks"
      : "execute tasks";
    sections.push(`${paint("dim", `${title}:`)} ${others.join(", ")}`);
  }
  return sections;
}

/** The columns that all tables have, before those that not all have. */
function withNames(
  title: string,
  tasks: readonly Pick<TaskReport, "name" | "type" | "state">[],
  width: number,
  columns: readonly Column[],
): Column[] {
  const others: Column[] = [
    { title: "type", cells: tasks.map(({ type }) => ({ text: type })) },
    {
      title: "outcome",
      cells: tasks.map(({ state }) => ({ text: state, style: STYLES[state] })),
    },
    ...columns,
  ];
  const nameWidth = columnsLeft(width, others);
  const names = tasks.map(({ name }) => fit(toLine(name), nameWidth));
  return [{ title, cells: names.map((text) => ({ text })) }, ...others];
}

function stageColumn(name: Stage, { tasks, duration }: Report): Column {
  const cells = tasks.map(({ stages }): Cell => {
    const stage = stages.find(({ stage }) => stage === name);
    if (!stage) return { text: "" };
    const { startedAt, endedAt, outcome } = stage;
    const time = showDuration((endedAt ?? duration) - startedAt);
    if (outcome === null) return { text: `… ${time}`, style: "blue" };
    if (!isWell(outcome)) return { text: `✘ ${time}`, style: "red" };
    return { text: time };
  });
  return { title: name, align: "end", cells };
}
