import type { Report } from "@goasync/core";
import { errorIn, reportOf, stage, task } from "./reports.ts";

/** A report of a run in which tasks drained, failed and noted something. */
export const QUEUE: Report = reportOf({
  duration: 8_000,
  stop: { at: 4_000, by: "stop", taskName: null, reason: "enough" },
  tasks: [
    task(
      "database",
      "clean",
      stage("initialize", 0, 1_000),
      stage("execute", 2_000, 6_000),
      {
        ...stage("cleanup", 7_000, 7_500, "failed"),
        error: errorIn(
          "cleanup",
          'Task "database" failed in cleanup: connection lost',
        ),
      },
    ),
    {
      ...task(
        "server",
        "clean",
        stage("initialize", 1_000, 2_000),
        stage("execute", 2_000, 6_000),
        stage("drain", 4_000, 5_000),
        stage("cleanup", 6_500, 7_000),
      ),
      notes: [{ at: 1_500, message: "listens", details: { port: 8000 } }],
    },
    task(
      "consumer",
      "clean",
      stage("initialize", 2_000, 2_000),
      stage("execute", 2_000, 4_500),
      { ...stage("drain", 4_000, 6_500), cutShort: true },
      stage("cleanup", 6_500, 6_500),
    ),
  ],
  executeTasks: [{
    name: "mail",
    type: "error",
    state: "failed",
    error: errorIn("drain", 'Task "mail" failed in drain: no route to host'),
    drain: {
      ...stage("drain", 4_000, 4_500, "failed"),
      error: errorIn("drain", 'Task "mail" failed in drain: no route to host'),
    },
    notes: [{ at: 3_000, message: "has sent 3 mails" }],
  }],
});
