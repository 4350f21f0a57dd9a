import type { Report } from "../report_types.ts";
import type { Paint } from "./paint.ts";
import { stageColumn } from "./stage_column.ts";
import { type Column, tableLines } from "./table.ts";
import { taskColumns } from "./task_columns.ts";

/** The table of the execute tasks that are listed, and how many others ended. */
export function executeTaskSections(
  report: Report,
  width: number,
  paint: Paint,
): string[] {
  const { executeTasks, counts } = report;
  const sections: string[] = [];
  if (executeTasks.length > 0) {
    const more = stageColumns(report);
    const columns = taskColumns("execute task", executeTasks, width, more);
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

/** The columns of those stages that anything is known of. */
function stageColumns({ executeTasks, duration }: Report): Column[] {
  return (["execute", "drain"] as const).flatMap((name) => {
    const stages = executeTasks.map((task) => task[name]);
    const isAny = stages.some((stage) => stage !== undefined);
    return isAny ? [stageColumn(name, stages, duration)] : [];
  });
}
