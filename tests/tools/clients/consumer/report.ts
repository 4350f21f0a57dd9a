import {
  type ExecuteTaskReport,
  type LimitReport,
  type NoteReport,
  type NotesReport,
  type Report,
  type StageReport,
  type StopReport,
  type TaskErrorData,
  TaskManager,
  type TaskReport,
  type WithinReport,
} from "@goasync/core";
import {
  type ExecuteTaskReport as SameExecuteTaskReport,
  formatReport,
  type FormatReportOptions,
  type LimitReport as SameLimitReport,
  type NoteReport as SameNoteReport,
  type NotesReport as SameNotesReport,
  type Report as SameReport,
  type StageReport as SameStageReport,
  type StopReport as SameStopReport,
  type TaskErrorData as SameTaskErrorData,
  type TaskReport as SameTaskReport,
  type WithinReport as SameWithinReport,
} from "@goasync/core/report";
import { deepEqual, equal, match } from "node:assert/strict";

/** A report of a run, and a text of it. */
export async function useReport(): Promise<void> {
  const manager = new TaskManager();
  manager.addTask("server", {
    initialize: ({ note }) => note("listens"),
    execute: ({ done }) => done,
  });
  manager.addExecuteTask("job", () => {
    throw new Error("no disk");
  });
  await manager.runSettled();

  const report: Report & SameReport = manager.report();
  const tasks: (TaskReport & SameTaskReport)[] = report.tasks;
  const stages: (StageReport & SameStageReport)[] = tasks.flatMap((
    { stages },
  ) => stages);
  const execute = stages.find(({ stage }) => stage === "execute");
  equal(execute?.outcome, "clean");
  const jobs: (ExecuteTaskReport & SameExecuteTaskReport)[] =
    report.executeTasks;
  deepEqual(jobs.map(({ name, state }) => [name, state]), [["job", "failed"]]);
  const error: (TaskErrorData & SameTaskErrorData) | undefined = jobs[0]?.error;
  equal(error?.cause, "no disk");
  const noted: (NotesReport & SameNotesReport) | undefined = tasks[0];
  const notes: (NoteReport & SameNoteReport)[] | undefined = noted?.notes;
  deepEqual(notes?.map(({ message }) => message), ["listens"]);
  const stop: (StopReport & SameStopReport) | null = report.stop;
  equal(stop?.by, "task");
  equal(stop?.taskName, "job");

  const within: (WithinReport & SameWithinReport) | undefined = tasks[0];
  equal(within?.managers, undefined);
  const limit: (LimitReport & SameLimitReport) | undefined = execute?.limit;
  equal(limit, undefined);

  const options: FormatReportOptions = { colors: false, width: 100 };
  match(formatReport(report, options), /server/);
}
