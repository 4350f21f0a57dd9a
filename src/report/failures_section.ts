import type {
  ExecuteTaskReport,
  Report,
  StopReport,
  TaskErrorData,
  TaskReport,
} from "../report_types.ts";
import { wrap } from "./columns.ts";
import { showDuration } from "./duration.ts";
import type { Paint } from "./paint.ts";

const INDENT = "  ";

/**
 * Each failure, in the order of the tables: which task, which stage, and why;
 * then the errors of no task that came when a stop had begun.
 */
export function failuresSection(
  { tasks, executeTasks, laterStops = [] }: Report,
  width: number,
  paint: Paint,
): string[] {
  const messages = [
    ...tasks.flatMap(failuresOf),
    ...executeTasks.flatMap(failuresOfExecuteTask),
  ].map(({ message }) => message);
  messages.push(...laterStops.map(textOfStop));
  if (messages.length === 0) return [];
  const entries = messages.map((message) => {
    const text = wrap(message, width - INDENT.length);
    return `${paint("red", "✘")} ${text.replaceAll("\n", `\n${INDENT}`)}`;
  });
  return [[paint("dim", "failures"), ...entries].join("\n")];
}

function textOfStop({ at, reason }: StopReport): string {
  return `stray error at ${showDuration(at)}: ${reason}`;
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
