import type { Stage } from "@goasync/core";
import { assert } from "@std/assert";
import {
  isLeft,
  mayBeAbandoned,
  orderOf,
  stageOutcome,
  STAGES,
  turnOf,
} from "./observed.ts";
import { TICK } from "./plan.ts";
import type { Call, PlayedManager, PlayedNode } from "./played.ts";

/** Initialized in order, executed together, drained, cleaned up in reverse. */
export function stagesAreInOrder(played: PlayedManager): void {
  for (const node of played.nodes) {
    const { initialize, execute, drain } = node.calls;
    const where = node.path.join("/");
    if (initialize) {
      const isInTime = initialize.began.turn <= turnOf(played.told);
      assert(isInTime, `${where} is not initialized after the stop`);
    }
    if (drain) {
      assert(execute || !node.leaf?.execute, `${where} was executed`);
      assert(orderOf(execute?.began) < drain.began.order || !execute, where);
      assert(drain.wasTold !== false, `${where} drains as it is told`);
    }
  }
  const tasks = played.nodes.filter(({ isTask }) => isTask);
  const initializes = tasks.map((node) => callsOf(node, "initialize"));
  const cleanups = tasks.map((node) => callsOf(node, "cleanup")).reverse();
  for (const stages of [initializes, cleanups]) {
    stages.forEach((earlier, place) => {
      for (const later of stages.slice(place + 1)) isBefore(earlier, later);
    });
  }
  const active = (["execute", "drain"] as const).flatMap((stage) =>
    played.nodes.flatMap((node) => callsOf(node, stage))
  );
  isBefore(initializes.flat(), active);
  isBefore(active, cleanups.flat());
  isBefore(initializes.flat(), cleanups.flat());
}

interface PlacedCall {
  readonly call: Call;
  readonly what: string;
  readonly wasLeft: boolean;
}

/** Whether it was left behind, as far as its report tells. */
function mayBeLeft(node: PlayedNode, stage: Stage): boolean {
  const outcome = stageOutcome(node, stage);
  const isKnown = outcome !== undefined || node.isTask || stage !== "execute";
  return isLeft(outcome) || !isKnown;
}

/** What was called while a node, or the manager it is, was in a stage. */
function callsOf(
  node: PlayedNode,
  stage: Stage,
  isWithinLeft = false,
): PlacedCall[] {
  const isOf = stage === "drain" ? [stage, "execute" as const] : [stage];
  const wasLeft = isWithinLeft ||
    isOf.some((each) => mayBeLeft(node, each));
  const { child } = node;
  if (!child) {
    const call = node.calls[stage];
    const what = `${stage} of ${node.path.join("/")}`;
    return call ? [{ call, what, wasLeft }] : [];
  }
  const inside = (inner: Stage) =>
    child.nodes.flatMap((each) => callsOf(each, inner, wasLeft));
  if (child.isDetached) {
    if (wasLeft) return []; // It goes on, and nobody knows.
    return stage === "execute" ? STAGES.flatMap(inside) : [];
  }
  if (node.isTask || stage === "drain") return inside(stage);
  if (stage !== "execute") return [];
  return STAGES.filter((each) => each !== "drain").flatMap(inside);
}

/** No call of the later ones began while an earlier one went on. */
function isBefore(
  earlier: readonly PlacedCall[],
  later: readonly PlacedCall[],
): void {
  for (const first of earlier) {
    for (const second of later) {
      const { order } = second.call.began;
      const isOver = first.wasLeft || orderOf(first.call.ended) < order;
      assert(
        first.call.began.order < order && isOver,
        `${first.what} is over before ${second.what} begins`,
      );
    }
  }
}

/** Every initialized task is cleaned up, unless there was no time left. */
export function everyoneIsCleanedUp(played: PlayedManager): void {
  for (const node of played.nodes) {
    const { initialize, cleanup } = node.calls;
    if (!node.isTask || !node.leaf?.cleanup) continue;
    if (cleanup && node.leaf.initialize) assert(initialize, "only what began");
    if (!initialize || cleanup) continue;
    assert(mayBeAbandoned(played), "cleaned up unless there is a limit");
    if (played.path.length > 0) continue;
    const spent = played.finished!.time - played.told!.time + TICK;
    const { shutdownTimeout = Infinity } = played.plan.limits;
    assert(spent >= shutdownTimeout, "cleaned up unless the time was spent");
  }
}
