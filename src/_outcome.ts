import type { TaskOutcome, TaskState } from "./manager.ts";

const LIVING: readonly TaskState[] = [
  "waiting",
  "initializing",
  "initialized",
  "executing",
];

/** Whether a task in this state has ended, or never will begin. */
export function isOutcome(state: TaskState): state is TaskOutcome {
  return !LIVING.includes(state);
}

/** Whether a stage that ended like this goes with an error. */
export function isFailure(
  outcome: TaskOutcome,
): outcome is Exclude<TaskOutcome, "clean" | "never-started"> {
  return outcome !== "clean" && outcome !== "never-started";
}
