/**
 * What a manager has done, as plain data, and as a text that a person reads.
 *
 * @example What became of each task
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { formatReport } from "@goasync/core/report";
 * import { assertMatch } from "@std/assert";
 *
 * const manager = new TaskManager();
 * manager.addTask("server", { execute: ({ done }) => done });
 * manager.addExecuteTask("enough", () => void manager.stop(), { type: "error" });
 * await manager.run();
 *
 * const text = formatReport(manager.report());
 * assertMatch(text, /^finished after .+ by stop\(\): The manager was stopped\n/);
 * assertMatch(text, /\nserver +strict +clean /);
 * ```
 *
 * @module
 */

import { checkOptions, wrong } from "../arguments.ts";
import { ansi, plain } from "./paint.ts";
import { reportText } from "./report_text.ts";
import type { Report } from "../report_types.ts";

export type {
  ExecuteTaskReport,
  NoteReport,
  NotesReport,
  Report,
  StageReport,
  StopReport,
  TaskErrorData,
  TaskReport,
} from "../report_types.ts";

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
   * 1,000. From about 100 on, the bars stand beside the table.
   *
   * @default {80}
   */
  width?: number | undefined;
}

const ACTION = "format a report";
const MIN_WIDTH = 80;
const MAX_WIDTH = 1_000;

/**
 * Makes a text of a report that a person reads: what started the stop and when;
 * a table of the tasks, with how long their stages took and a bar for each over
 * time; the execute tasks that are listed; and how many others there were.
 *
 * A time with `✘` is that of a stage that failed or was left behind, one with
 * `…` that of a stage that lasts. Where several signs would fall on the same
 * place of a bar, it shows the one that lasted shortest. Names that are too
 * long are cut off, long reasons go on in the next line.
 *
 * @example A run that is not over
 * ```ts
 * import type { Report } from "@goasync/core";
 * import { formatReport } from "@goasync/core/report";
 * import { assertEquals } from "@std/assert";
 *
 * const report: Report = {
 *   state: "executing",
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
 *   "executing, 3.00 s after the start",
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
