import type { Report, StopReport } from "../report_types.ts";
import { wrap } from "./columns.ts";
import { showDuration } from "./duration.ts";
import type { Paint } from "./paint.ts";

const STARTED_BY: Readonly<Record<StopReport["by"], string>> = {
  "signal": " by its signal",
  "stop": " by stop()",
  "stray": " by a stray error",
  // The reasons of these say so.
  "task": "",
  "stop-group": "",
};

/** Where the manager is, since when, and what started its stop. */
export function headingText(
  report: Report,
  width: number,
  paint: Paint,
): string {
  const { state } = report;
  const text = `${state}${timeOf(report)}${stopOf(report)}${limitOf(report)}`;
  return paint("bold", state) + wrap(text, width).slice(state.length);
}

function timeOf({ state, since, startedAt, duration }: Report): string {
  if (startedAt === null) return ", was never run";
  const time = showDuration(duration);
  if (state === "finished") return ` after ${time}`;
  return ` for ${showDuration(duration - since)}, ${time} after the start`;
}

function stopOf({ stop }: Report): string {
  if (!stop) return "";
  const { at, by, reason } = stop;
  return `, told to stop at ${showDuration(at)}${STARTED_BY[by]}: ${reason}`;
}

function limitOf({ stop, duration }: Report): string {
  if (!stop?.limit) return "";
  const { name, ms, endsAt } = stop.limit;
  const left = showDuration(Math.max(0, endsAt - duration));
  return `; ${left} left of the ${name} of ${showDuration(ms)}`;
}
