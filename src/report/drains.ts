import type { Report } from "../report_types.ts";

/** Whether any task has drained, so that there is something to show of it. */
export function hasDrains({ tasks }: Report): boolean {
  return tasks.some(({ stages }) =>
    stages.some(({ stage }) => stage === "drain")
  );
}
