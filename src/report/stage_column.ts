import type { StageReport } from "../report_types.ts";
import { isWell, type Stage } from "../states.ts";
import { showDuration } from "./duration.ts";
import type { Style } from "./paint.ts";
import type { Cell, Column } from "./table.ts";

/** What there is to see of a stage beside its time, and how that looks. */
interface Look {
  readonly signs: string;
  readonly style: Style | undefined;
}

/** The column of one stage: how long it took each task that has had it. */
export function stageColumn(
  title: Stage,
  stages: readonly (StageReport | undefined)[],
  duration: number,
): Column {
  const cells = stages.map((stage) => stageCell(stage, duration));
  return { title, align: "end", cells };
}

function stageCell(stage: StageReport | undefined, duration: number): Cell {
  if (!stage) return { text: "" };
  const { startedAt, endedAt } = stage;
  const time = showDuration((endedAt ?? duration) - startedAt);
  const { signs, ...look } = lookOf(stage);
  return { text: `${signs}${time}`, ...look };
}

function lookOf({ outcome, cutShort }: StageReport): Look {
  const cut = cutShort ? "✂ " : "";
  if (outcome === null) return { signs: `${cut}… `, style: "blue" };
  if (!isWell(outcome)) return { signs: `${cut}✘ `, style: "red" };
  return { signs: cut, style: cutShort ? "yellow" : undefined };
}
