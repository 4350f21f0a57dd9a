import type { Report } from "@goasync/core";
import { reportOf, stage, task } from "./reports.ts";

/** A report of a run in which much went wrong. */
export const SHOP: Report = reportOf({
  duration: 8_000,
  stop: {
    at: 4_000,
    by: "signal",
    taskName: null,
    reason: "Received SIGTERM",
  },
  tasks: [
    task(
      "database",
      "clean",
      stage("initialize", 0, 1_000),
      stage("execute", 2_000, 4_000),
      stage("cleanup", 7_000, 8_000, "failed"),
    ),
    {
      name: "consumer",
      type: "stop-group",
      state: "timed-out",
      stages: [
        stage("initialize", 1_000, 2_000),
        stage("execute", 2_000, 5_000, "timed-out"),
        stage("cleanup", 6_000, 7_000),
      ],
    },
    {
      name: "cancelled",
      type: "error",
      state: "never-started",
      stages: [],
    },
  ],
  executeTasks: [
    { name: "mail", type: "error", state: "failed" },
    { name: "invoice", type: "strict", state: "abandoned" },
  ],
  counts: { clean: 12, "never-started": 3 },
});
