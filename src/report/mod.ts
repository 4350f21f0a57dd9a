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

export { formatReport, type FormatReportOptions } from "./format_report.ts";
export type {
  ExecuteTaskReport,
  LimitReport,
  NoteReport,
  NotesReport,
  Report,
  StageReport,
  StopReport,
  TaskErrorData,
  TaskReport,
  WithinReport,
} from "../report_types.ts";
