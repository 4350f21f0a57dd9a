import { assert } from "@std/assert";
import { timeOf, turnOf } from "./observed.ts";
import { TICK } from "./plan.ts";
import type { PlayedManager, PlayedNode } from "./play.ts";

/** What takes too long is given up in time. */
export function limitsHold(
  { plan, nodes, told, finished }: PlayedManager,
): void {
  const { shutdownTimeout = Infinity } = plan.limits;
  const took = finished!.time - told!.time;
  assert(isInTime(took, shutdownTimeout), `the shutdown took ${took} ms`);
  const drains = nodes.map((node) => limitOf(node, "drainTimeout") ?? 0);
  const longestDrain = Math.max(...drains);
  for (const node of nodes) {
    const { aborted } = node.calls.execute ?? {};
    if (!aborted || node.leaf?.execute.drains) continue;
    const after = aborted.time - told!.time;
    assert(after <= longestDrain, `it was aborted ${after} ms after the stop`);
    if (turnOf(node.cancelled) < Math.min(turnOf(told), turnOf(node.over))) {
      const after = aborted.time - node.cancelled!.time;
      const drain = limitOf(node, "drainTimeout") ?? 0;
      assert(after <= drain, `it was aborted ${after} ms after its cancel`);
    }
    const took = timeOf(node.over) - aborted.time;
    const stopTimeout = limitOf(node, "stopTimeout") ?? Infinity;
    assert(isInTime(took, stopTimeout), `a task took ${took} ms to stop`);
  }
}

function limitOf(
  { plan, owner }: PlayedNode,
  limit: "drainTimeout" | "stopTimeout",
): number | undefined {
  return plan.limits[limit] ?? owner.plan.limits[limit];
}

/** Whoever drains is given the time, unless the root was told twice. */
export function drainsAreKept(
  { manager, plan, path, nodes, told, asked }: PlayedManager,
): void {
  const by = manager.report().stop?.by;
  const isToldOnce = asked === (by === "stop" || by === "signal" ? 1 : 0);
  if (path.length > 0 || !isToldOnce) return;
  const { shutdownTimeout = Infinity } = plan.limits;
  for (const drainer of nodes) {
    const call = drainer.calls.execute;
    const drains = drainer.leaf?.execute.drains && !drainer.cancelled &&
      turnOf(call?.began) < turnOf(told) && turnOf(call?.ended) > turnOf(told);
    if (!drains) continue;
    const drain = limitOf(drainer, "drainTimeout") ?? 0;
    const until = Math.min(
      told!.time + Math.min(drain, shutdownTimeout),
      timeOf(drainer.over),
    );
    for (const { calls, leaf, cancelled, over } of nodes) {
      const { aborted } = calls.execute ?? {};
      if (leaf?.execute.drains || cancelled || !aborted) continue;
      const isEnd = aborted.turn === turnOf(over);
      const isLate = aborted.time + TICK >= until;
      assert(isEnd || isLate, "who drains is given the time");
    }
  }
}

/** The clock goes in steps, and a timer of 0 ms waits for the next. */
function isInTime(took: number, limit: number): boolean {
  return took <= Math.max(limit, TICK);
}
