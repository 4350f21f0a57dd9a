import type { Stage, TaskOutcome } from "@goasync/core";
import type { Moment, PlayedManager, PlayedNode } from "./played.ts";

export const STAGES: readonly Stage[] = [
  "initialize",
  "execute",
  "drain",
  "cleanup",
];

/** How a stage has ended, undefined if it was not called or is not known. */
export function stageOutcome(
  { isTask, owner, handle, calls }: PlayedNode,
  stage: Stage,
): TaskOutcome | undefined {
  const report = owner.manager.report();
  if (isTask) {
    const { stages } = report.tasks[Number(handle.name)]!;
    return stages.find((each) => each.stage === stage)?.outcome ?? undefined;
  }
  const entry = report.executeTasks.find(({ name }) => name === handle.name);
  if (stage === "drain") {
    return entry?.drain?.outcome ?? (calls.drain ? "clean" : undefined);
  }
  if (stage !== "execute" || handle.state === "never-started") return;
  // Its own outcome is not reported if its drain was the first to fail.
  return entry?.error?.stage === "drain"
    ? undefined
    : handle.state as TaskOutcome;
}

/** Whether its time, or that of one around it, can have been spent. */
export function mayBeAbandoned({ plan, path }: PlayedManager): boolean {
  return path.length > 0 || plan.limits.shutdownTimeout !== undefined;
}

/** Whether a manager is one that those above know nothing of, or in such a one. */
export function isAside({ isDetached, parent }: PlayedManager): boolean {
  return isDetached || parent !== undefined && isAside(parent.owner);
}

/** A limit of a task, or of its manager if it has none. */
export function limitOf(
  { plan, owner }: PlayedNode,
  key: "initializeTimeout" | "stopTimeout" | "cleanupTimeout" | "drainTimeout",
): number | undefined {
  const { shutdownTimeout = Infinity } = owner.plan.limits;
  const own = plan.limits[key];
  const isTooLong = key === "drainTimeout" && own !== undefined &&
    own >= shutdownTimeout;
  return own === undefined || isTooLong ? owner.plan.limits[key] : own;
}

export function isFailure(outcome: string | undefined): boolean {
  return isLeft(outcome) || outcome === "failed" ||
    outcome === "unexpected-stop";
}

export function isLeft(outcome: string | undefined): boolean {
  return outcome === "timed-out" || outcome === "abandoned";
}

export function orderOf(moment: Moment | undefined): number {
  return moment?.order ?? Infinity;
}

export function turnOf(moment: Moment | undefined): number {
  return moment?.turn ?? Infinity;
}

export function timeOf(moment: Moment | undefined): number {
  return moment?.time ?? Infinity;
}
