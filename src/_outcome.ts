import type { TaskOutcome } from "./manager.ts";

/** Whether a stage that ended like this goes with an error. */
export function isFailure(
  outcome: TaskOutcome,
): outcome is Exclude<TaskOutcome, "clean" | "never-started"> {
  return outcome !== "clean" && outcome !== "never-started";
}
