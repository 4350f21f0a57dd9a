import type { Report } from "../report_types.ts";
import type { Stage } from "../states.ts";
import { barLines, hasBars, legendLine } from "./bars.ts";
import { hasDrains } from "./drains.ts";
import type { Paint } from "./paint.ts";
import { stageColumn } from "./stage_column.ts";
import { beside, type Column, columnsLeft, tableLines } from "./table.ts";
import { taskColumns } from "./task_columns.ts";

/** The least width of bars that stand beside the table, and not below it. */
const WIDTH_BESIDE = 32;

/** The table of the tasks, and their bars beside or below it. */
export function taskSections(
  report: Report,
  width: number,
  paint: Paint,
): string[] {
  if (report.tasks.length === 0) return [];
  const columns = taskColumns(
    "task",
    report.tasks,
    width,
    stageColumns(report),
  );
  const table = tableLines(columns, paint);
  if (!hasBars(report)) return [table.join("\n")];

  const legend = legendLine(report, paint);
  const barWidth = columnsLeft(width, columns);
  if (barWidth >= WIDTH_BESIDE) {
    const bars = barLines(report, barWidth, paint);
    return [beside(table, bars).join("\n"), legend];
  }
  const names = columns.slice(0, 1);
  const bars = barLines(report, columnsLeft(width, names), paint);
  const timeline = beside(tableLines(names, paint), bars);
  return [table.join("\n"), timeline.join("\n"), legend];
}

function stageColumns(report: Report): Column[] {
  const names: Stage[] = hasDrains(report)
    ? ["initialize", "execute", "drain", "cleanup"]
    : ["initialize", "execute", "cleanup"];
  return names.map((name) => {
    const stages = report.tasks.map(({ stages }) =>
      stages.find(({ stage }) => stage === name)
    );
    return stageColumn(name, stages, report.duration);
  });
}
