/**
 * A task that never stops, and one that does. When both are told to stop, the
 * first is given a second of grace; then `forceStop` fails in its place and
 * leaves it behind, so that everything can be cleaned up and the process ends.
 *
 * Run it with `deno task example force-shutdown`.
 */

import { styleText } from "node:util";
import { TaskManager } from "@goasync/core";
import { runMain } from "@goasync/core/main";
import { forceStop } from "@goasync/core/tasks";
import { Forever } from "./force_shutdown/forever.ts";
import { Polite } from "./force_shutdown/polite.ts";
import { demoArguments } from "./common/arguments.ts";
import { printHeadings } from "./common/headings.ts";
import { logManager, setupLog } from "./common/log.ts";
import { conclude } from "./common/outcome.ts";
import { printReport } from "./common/print_report.ts";
import { stopAfter } from "./common/stop_after.ts";

const GRACE = 1_000;

const { forever, inspect } = demoArguments();

const manager = new TaskManager();
manager.addTask("polite", new Polite());
manager.addTask("forever", forceStop(GRACE, new Forever()));
if (!forever) {
  manager.addExecuteTask("clock", stopAfter(2_000, manager), { type: "error" });
}
setupLog(manager.tasks.map(({ name }) => name));
printHeadings(manager);
logManager(manager);

await runMain(manager, {
  inspect,
  exitAfter: 100, // It still executes: only the end of the process can end it.
  exitCode({ errors, report }) {
    printReport(report);
    const isEarly = report.tasks.every(({ state }) =>
      state === "never-started"
    );
    if (isEarly) {
      console.log("It was stopped before anything executed");
      return 0;
    }
    console.log(styleText(
      "dim",
      "A program that chooses no exit code exits with 1 here.",
    ));
    const [error] = errors;
    return conclude(
      errors.length === 1 && error?.taskName === "forever" &&
        error.code === "FAILED",
      `The task that never stops was left behind after ${GRACE} ms`,
    );
  },
});
