import type {
  ExecuteTaskReport,
  Report,
  TaskErrorData,
  TaskReport,
} from "../report_types.ts";
import { wrap } from "./columns.ts";
import type { Paint } from "./paint.ts";

const INDENT = "  ";

/** Each failure, in the order of the tables: which task, which stage, and why. */
export function failuresSection(
  { tasks, executeTasks }: Report,
  width: number,
  paint: Paint,
): string[] {
  const failures = [
    ...tasks.flatMap(failuresOf),
    ...executeTasks.flatMap(failuresOfExecuteTask),
  ];
  if (failures.length === 0) return [];
  const entries = failures.map(({ message }) => {
    const text = wrap(message, width - INDENT.length);
    return `${paint("red", "✘")} ${text.replaceAll("\n", `\n${INDENT}`)}`;
  });
  return [[paint("dim", "failures"), ...entries].join("\n")];
}

function failuresOf({ stages }: TaskReport): TaskErrorData[] {
  return stages.flatMap(({ error }) => error ?? []);
}

/** Its error may be that of its drain. */
function failuresOfExecuteTask(
  { error, drain }: ExecuteTaskReport,
): TaskErrorData[] {
  const errors = error?.stage === "drain" ? [error] : [error, drain?.error];
  return errors.flatMap((error) => error ?? []);
}
