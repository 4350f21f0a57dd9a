import { checkOptions, wrong } from "../arguments.ts";
import type { Report } from "../report_types.ts";
import { ansi, plain } from "./paint.ts";
import { reportText } from "./report_text.ts";

/** How {@linkcode formatReport} writes. */
export interface FormatReportOptions {
  /**
   * Whether to put ANSI codes for colours into the text, for a terminal.
   *
   * @default {false}
   */
  colors?: boolean | undefined;
  /**
   * How many columns of a terminal a line may take: an integer from 80 to
   * 1,000. From about 110 on, the bars stand beside the table.
   *
   * @default {80}
   */
  width?: number | undefined;
}

const ACTION = "format a report";
const MIN_WIDTH = 80;
const MAX_WIDTH = 1_000;

/**
 * Makes a text of a report that a person reads: since when the manager is where
 * it is, and what started the stop; a table of the tasks, with how long their
 * stages took and a bar for each over time; the execute tasks that are listed,
 * and how many others there were; who is waited for now, how long, of which
 * limit; each failure with its reason; and the last notes of each task.
 *
 * Signs before a time:
 * - `✘`: the stage failed or was left behind.
 * - `…`: the stage lasts.
 * - `✂`: the drain was cut short: when every signal aborted, it had not ended.
 *
 * The table and the bars show `drain` only if a task has drained. Where several
 * signs would fall on the same place of a bar, it shows the one that lasted
 * shortest; while a task drains, it is not shown as told to stop. Names that are
 * too long are cut off; long reasons and notes go on in the next line.
 *
 * @example A run that is not over
 * ```ts
 * import type { Report } from "@goasync/core";
 * import { formatReport } from "@goasync/core/report";
 * import { assertEquals } from "@std/assert";
 *
 * const report: Report = {
 *   state: "executing",
 *   since: 750,
 *   startedAt: Date.UTC(2025, 0, 1),
 *   duration: 3_000,
 *   stop: null,
 *   tasks: [{
 *     name: "server",
 *     type: "strict",
 *     state: "executing",
 *     stages: [
 *       { stage: "initialize", startedAt: 0, endedAt: 750, outcome: "clean" },
 *       { stage: "execute", startedAt: 750, endedAt: null, outcome: null },
 *     ],
 *   }],
 *   executeTasks: [],
 *   counts: { clean: 12, "never-started": 0 },
 * };
 *
 * assertEquals(formatReport(report).split("\n"), [
 *   "executing for 2.25 s, 3.00 s after the start",
 *   "",
 *   "task    type    outcome    initialize   execute  cleanup",
 *   "server  strict  executing      750 ms  … 2.25 s",
 *   "",
 *   "task    0 s                                                               3.00 s",
 *   "server  ▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂██████████████████████████████████████████████████████",
 *   "",
 *   "▂ initialize   █ execute   ▒ told to stop   · waiting   ▄ cleanup",
 *   "",
 *   "execute tasks: 12 clean",
 * ]);
 * ```
 *
 * @example A drain that was cut short, a failure, and notes
 * ```ts
 * import type { Report } from "@goasync/core";
 * import { formatReport } from "@goasync/core/report";
 * import { assertEquals } from "@std/assert";
 *
 * const message = 'Task "server" failed in cleanup: connection lost';
 * const report: Report = {
 *   state: "finished",
 *   since: 4_000,
 *   startedAt: Date.UTC(2025, 0, 1),
 *   duration: 4_000,
 *   stop: { at: 1_000, by: "signal", taskName: null, reason: "SIGTERM" },
 *   tasks: [{
 *     name: "server",
 *     type: "strict",
 *     state: "clean",
 *     stages: [
 *       { stage: "initialize", startedAt: 0, endedAt: 0, outcome: "clean" },
 *       { stage: "execute", startedAt: 0, endedAt: 3_000, outcome: "clean" },
 *       {
 *         stage: "drain",
 *         startedAt: 1_000,
 *         endedAt: 2_500,
 *         outcome: "clean",
 *         cutShort: true,
 *       },
 *       {
 *         stage: "cleanup",
 *         startedAt: 3_000,
 *         endedAt: 4_000,
 *         outcome: "failed",
 *         error: {
 *           name: "TaskError",
 *           message,
 *           code: "FAILED",
 *           stage: "cleanup",
 *           path: ["server"],
 *           cause: "connection lost",
 *         },
 *       },
 *     ],
 *     notes: [{ at: 5, message: "listens", details: { port: 8000 } }],
 *   }],
 *   executeTasks: [],
 *   counts: { clean: 0, "never-started": 0 },
 * };
 *
 * assertEquals(formatReport(report).split("\n"), [
 *   "finished after 4.00 s, told to stop at 1.00 s by its signal: SIGTERM",
 *   "",
 *   "task    type    outcome  initialize  execute     drain   cleanup",
 *   "server  strict  clean        0.0 ms   3.00 s  ✂ 1.50 s  ✘ 1.00 s",
 *   "",
 *   "task    0 s                                                               4.00 s",
 *   "server  ▂█████████████████▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▒▒▒▒▒▒▒▒▒▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄",
 *   "",
 *   "▂ initialize   █ execute   ▓ drain   ▒ told to stop   · waiting   ▄ cleanup",
 *   "",
 *   "failures",
 *   `✘ ${message}`,
 *   "",
 *   "noted by      at  note",
 *   "server    5.0 ms  listens port=8000",
 * ]);
 * ```
 *
 * @param report What the `report` of a manager returned, or a copy of it that
 * went through JSON.
 * @param options How the text looks.
 * @returns The text, without a line break at its end.
 * @throws {TypeError} If the report is no report, the options are no object, or
 * `colors` is no boolean.
 * @throws {RangeError} If `width` is not an integer from 80 to 1,000.
 */
export function formatReport(
  report: Report,
  options: FormatReportOptions = {},
): string {
  checkReport(report);
  checkOptions(
    ACTION,
    options,
    "the options must be an object as { colors: true }",
  );
  const { colors = false, width = MIN_WIDTH } = options;
  if (typeof colors !== "boolean") {
    const expected = "'colors' must be a boolean";
    throw wrong(ACTION, expected, colors);
  }
  if (!Number.isInteger(width) || width < MIN_WIDTH || width > MAX_WIDTH) {
    const expected =
      `'width' must be an integer from ${MIN_WIDTH} to ${MAX_WIDTH}`;
    throw wrong(ACTION, expected, width, RangeError);
  }
  return reportText(report, width, colors ? ansi : plain);
}

function checkReport(report: Partial<Report> | null | undefined): void {
  if (
    typeof report?.state === "string" && typeof report.duration === "number" &&
    Array.isArray(report.tasks) && Array.isArray(report.executeTasks) &&
    typeof report.counts === "object"
  ) return;
  const expected = "it must be what the report() of a manager returned";
  throw wrong(ACTION, expected, report);
}
