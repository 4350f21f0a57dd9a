import { assert } from "@std/assert";
import {
  isLeft,
  limitOf,
  stageOutcome,
  STAGES,
  timeOf,
  turnOf,
} from "./observed.ts";
import { TICK } from "./plan.ts";
import type { PlayedManager, PlayedNode } from "./played.ts";

/** What takes too long is left behind in time. */
export function limitsHold(
  { plan, nodes, told, finished }: PlayedManager,
): void {
  const { shutdownTimeout = Infinity } = plan.limits;
  const took = finished!.time - told!.time;
  assert(isInTime(took, shutdownTimeout), `the shutdown took ${took} ms`);
  for (const node of nodes) {
    if (!node.leaf) continue;
    stageIsInTime(node, "initialize");
    stageIsInTime(node, "cleanup");
    const { aborted, over, calls } = node;
    if (!calls.execute || !aborted) continue;
    const took = timeOf(over) - aborted.time;
    const stopTimeout = limitOf(node, "stopTimeout") ?? Infinity;
    assert(isInTime(took, stopTimeout), `a task took ${took} ms to stop`);
  }
}

/** A stage that has its own limit. */
function stageIsInTime(
  node: PlayedNode,
  stage: "initialize" | "cleanup",
): void {
  const call = node.calls[stage];
  const outcome = stageOutcome(node, stage);
  if (!call || !outcome || isLeft(outcome)) return;
  const took = timeOf(call.ended) - call.began.time;
  const limit = limitOf(node, `${stage}Timeout`) ?? Infinity;
  assert(isInTime(took, limit), `${stage} took ${took} ms`);
}

/** Signals abort when they have to, and not before. */
export function signalsAreInTime(
  { nodes, told }: PlayedManager,
): void {
  for (const node of nodes) {
    const { aborted, abandoned, cancelled, leaf, calls, handle } = node;
    if (!leaf?.listens || node.given.size === 0) continue;
    const where = node.path.join("/");
    const drains = limitOf(node, "drainTimeout");
    const hasStages = calls.initialize || calls.execute || calls.drain;
    if (!hasStages) continue; // It has seen nothing but its cleanup.
    assert(node.told && aborted, `${where} was told and aborted`);
    assert(node.told.order < aborted.order, `${where} is told first`);
    const { reason } = aborted;
    assert(node.told.reason === reason, `${where} has one reason`);
    const outcomes = STAGES.map((stage) => stageOutcome(node, stage));
    const isKnown = node.isTask || !calls.execute || outcomes[1];
    if (isKnown && !outcomes.some(isLeft)) {
      assert(!abandoned, `${where} was not left behind`);
    }
    if (isLeft(handle.state)) assert(abandoned, `${where} is abandoned`);
    const isEnd = !node.isTask && aborted.turn === turnOf(node.over);
    if (isEnd) continue;
    const since = Math.min(turnOf(told), turnOf(cancelled));
    const isTimedOut = isLeft(stageOutcome(node, "initialize"));
    assert(
      aborted.turn >= since || isTimedOut,
      `${where} is not aborted early`,
    );
    // A cancel of who was told with all changes nothing.
    const isAlone = cancelled && cancelled.order < node.told.order;
    if (isAlone && drains !== undefined) {
      const after = aborted.time - cancelled.time;
      assert(isInTime(after, drains), `${where} was aborted ${after} ms late`);
    }
  }
}

/** The clock goes in steps, and a timer of 0 ms waits for the next. */
export function isInTime(took: number, limit: number): boolean {
  return took <= Math.max(limit, TICK);
}
