import { TaskManager } from "@goasync/core";
import { type Logger, logTo, type LogToOptions } from "@goasync/core/logging";

/** Runs a manager that logs a line of each level, and an error. */
export async function loggedRun(
  logger: Logger,
  options?: LogToOptions,
): Promise<void> {
  const manager = new TaskManager();
  logTo(manager, logger, options);
  manager.addTask("api", {
    initialize: ({ note }) => {
      note("listening {100%}", { port: 8000 });
      note("restarts in 100 ms");
    },
  });
  manager.addExecuteTask("job", () => Promise.reject(new Error("No luck")));
  await manager.runSettled();
}
