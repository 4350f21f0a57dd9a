import type { TaskReport } from "../report_types.ts";
import type { TaskState } from "../states.ts";
import { fit, toLine } from "./columns.ts";
import type { Style } from "./paint.ts";
import { type Column, columnsLeft } from "./table.ts";

const STYLES: Readonly<Record<TaskState, Style>> = {
  "waiting": "dim",
  "initializing": "blue",
  "initialized": "dim",
  "executing": "blue",
  "draining": "cyan",
  "clean": "green",
  "failed": "red",
  "unexpected-stop": "red",
  "timed-out": "red",
  "abandoned": "red",
  "never-started": "dim",
};

/** The columns of a table of tasks: those that all have, then the others. */
export function taskColumns(
  title: string,
  tasks: readonly Pick<TaskReport, "name" | "type" | "state">[],
  width: number,
  more: readonly Column[],
): Column[] {
  const others: Column[] = [
    { title: "type", cells: tasks.map(({ type }) => ({ text: type })) },
    {
      title: "outcome",
      cells: tasks.map(({ state }) => ({ text: state, style: STYLES[state] })),
    },
    ...more,
  ];
  const nameWidth = columnsLeft(width, others);
  const names = tasks.map(({ name }) => fit(toLine(name), nameWidth));
  return [{ title, cells: names.map((text) => ({ text })) }, ...others];
}
