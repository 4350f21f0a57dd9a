import type { Stage } from "@goasync/core";
import { assert } from "@std/assert";
import {
  isLeft,
  mayBeAbandoned,
  orderOf,
  stageOutcome,
  turnOf,
} from "./observed.ts";
import { TICK } from "./plan.ts";
import type { Call, PlayedManager, PlayedNode } from "./play.ts";

/** Initialized in order, executed together, cleaned up in reverse. */
export function stagesAreInOrder(played: PlayedManager): void {
  for (const { calls: { initialize, execute } } of played.nodes) {
    for (const { began } of [initialize, execute].filter((call) => !!call)) {
      assert(
        began.turn <= turnOf(played.told),
        "nothing begins after the stop",
      );
    }
  }
  const tasks = played.nodes.filter(({ isTask }) => isTask);
  const initializes = tasks.map((node) => callsOf(node, "initialize"));
  const executes = played.nodes.map((node) => callsOf(node, "execute"));
  const cleanups = tasks.map((node) => callsOf(node, "cleanup")).reverse();
  for (const stages of [initializes, cleanups]) {
    stages.forEach((earlier, place) => {
      for (const later of stages.slice(place + 1)) isBefore(earlier, later);
    });
  }
  isBefore(initializes.flat(), executes.flat());
  isBefore(executes.flat(), cleanups.flat());
  isBefore(initializes.flat(), cleanups.flat());
}

interface PlacedCall {
  readonly call: Call;
  readonly what: string;
  readonly wasLeft: boolean;
}

/** What was called while a node, or the manager it is, was in a stage. */
function callsOf(node: PlayedNode, stage: Stage): PlacedCall[] {
  if (!node.child) {
    const call = node.calls[stage];
    if (!call) return [];
    const wasLeft = isLeft(stageOutcome(node, stage));
    return [{ call, what: `${stage} of ${node.path.join("/")}`, wasLeft }];
  }
  const inside = (inner: Stage) =>
    node.child!.nodes.flatMap((each) =>
      inner === "execute" || each.isTask ? callsOf(each, inner) : []
    );
  if (node.isTask) return inside(stage);
  if (stage !== "execute") return [];
  return [
    ...inside("initialize"),
    ...inside("execute"),
    ...inside("cleanup"),
  ];
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
