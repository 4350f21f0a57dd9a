import type { Stage, TaskOutcome } from "@goasync/core";
import type { Moment, PlayedManager, PlayedNode } from "./play.ts";

export const STAGES: readonly Stage[] = ["initialize", "execute", "cleanup"];

/** How a stage has ended, undefined if it was not called. */
export function stageOutcome(
  { isTask, owner, handle }: PlayedNode,
  stage: Stage,
): TaskOutcome | undefined {
  if (!isTask) {
    return stage === "execute" ? handle.state as TaskOutcome : undefined;
  }
  const { stages } = owner.manager.report().tasks[Number(handle.name)]!;
  return stages.find((each) => each.stage === stage)?.outcome ?? undefined;
}

/** Whether its time, or that of one around it, can have been spent. */
export function mayBeAbandoned({ plan, path }: PlayedManager): boolean {
  return path.length > 0 || plan.limits.shutdownTimeout !== undefined;
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
