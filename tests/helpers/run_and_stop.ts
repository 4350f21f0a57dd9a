import type { TaskError, TaskManager } from "@goasync/core";

/** Runs a manager until every one of its tasks executes, and stops it. */
export async function runAndStop(manager: TaskManager): Promise<TaskError[]> {
  manager.addExecuteTask("stop", () => void manager.stop(), { type: "error" });
  return await manager.runSettled();
}
