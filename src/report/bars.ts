import type { Report, TaskReport } from "../report_types.ts";
import type { Stage } from "../states.ts";
import { padding } from "./columns.ts";
import { hasDrains } from "./drains.ts";
import { showDuration } from "./duration.ts";
import type { Paint, Style } from "./paint.ts";

type Phase = Stage | "told to stop" | "waiting";

interface Span {
  readonly phase: Phase;
  readonly from: number;
  readonly to: number;
}

/** How each phase is shown, in the order of the legend. */
const LOOKS: Readonly<Record<Phase, { sign: string; style: Style }>> = {
  "initialize": { sign: "▂", style: "blue" },
  "execute": { sign: "█", style: "green" },
  "drain": { sign: "▓", style: "cyan" },
  "told to stop": { sign: "▒", style: "yellow" },
  "waiting": { sign: "·", style: "dim" },
  "cleanup": { sign: "▄", style: "magenta" },
};

/** Whether anything has taken time that a bar can show. */
export function hasBars({ duration, tasks }: Report): boolean {
  return duration > 0 && tasks.some(({ stages }) => stages.length > 0);
}

/** The scale, and below it a bar for each task. */
export function barLines(
  report: Report,
  width: number,
  paint: Paint,
): string[] {
  const start = "0 s";
  const end = showDuration(report.duration);
  const scale = start + padding(start + end, width) + end;
  return [
    paint("dim", scale),
    ...report.tasks.map((task) => paintBar(bar(report, task, width), paint)),
  ];
}

/** What the signs in the bars mean. */
export function legendLine(report: Report, paint: Paint): string {
  const drains = hasDrains(report);
  return Object.entries(LOOKS)
    .filter(([phase]) => drains || phase !== "drain")
    .map(([phase, { sign, style }]) =>
      `${paint(style, sign)} ${paint("dim", phase)}`
    ).join("   ");
}

/** Where several spans fall on one cell, the shortest of them is shown. */
function bar(report: Report, task: TaskReport, width: number): string {
  const cells = Array<string>(width).fill(" ");
  const cellAt = (ms: number) => ms / report.duration * width;
  const spans = spansOf(report, task)
    .sort((a, b) => (b.to - b.from) - (a.to - a.from));
  for (const { phase, from, to } of spans) {
    const first = Math.max(0, Math.min(Math.floor(cellAt(from)), width - 1));
    const end = Math.max(first + 1, Math.ceil(cellAt(to)));
    cells.fill(LOOKS[phase].sign, first, end);
  }
  return cells.join("").trimEnd();
}

function paintBar(bar: string, paint: Paint): string {
  return Object.values(LOOKS).reduce(
    (bar, { sign, style }) =>
      bar.replaceAll(RegExp(`${sign}+`, "g"), (run) => paint(style, run)),
    bar,
  );
}

function spansOf(
  { state, duration, stop }: Report,
  { stages }: TaskReport,
): Span[] {
  const spans = stages.map(({ stage, startedAt, endedAt }): Span => (
    { phase: stage, from: startedAt, to: endedAt ?? duration }
  ));
  const drain = spans.find(({ phase }) => phase === "drain");
  // While it drains, its bar says so, whatever its execute does beside that.
  const toldAt = Math.max(stop?.at ?? Infinity, drain?.to ?? 0);
  for (const { phase, from, to } of [...spans]) {
    if (phase !== "execute" || to <= toldAt) continue;
    spans.push({ phase: "told to stop", from: Math.max(from, toldAt), to });
  }
  const [first] = spans;
  if (!first) return [];
  // A task is waiting from its first stage on, until nothing is to come.
  const isOver = state === "finished" || spans.some(isCleanup);
  const to = isOver ? Math.max(...spans.map(({ to }) => to)) : duration;
  return [{ phase: "waiting", from: first.from, to }, ...spans];
}

function isCleanup({ phase }: Span): boolean {
  return phase === "cleanup";
}
