import { assert, assertEquals } from "@std/assert";
import { everyoneIsCleanedUp, stagesAreInOrder } from "./in_order.ts";
import { drainsAreKept, limitsHold } from "./in_time.ts";
import type { Play, PlayedNode } from "./play.ts";
import {
  errorsAreComplete,
  outcomeAgrees,
  reportAgrees,
  stopsAreJustified,
} from "./verdicts.ts";

/** Throws unless a run that is over kept every promise that was made. */
export function check(play: Play): void {
  assertEquals(play.violations, []);
  assert(play.errors, "a run that was stopped ends");
  nothingIsPending(play);
  for (const played of play.managers) {
    // One that never ran has done nothing.
    if (played.manager.state === "idle") {
      assert(!played.nodes.some(wasCalled), "no run, no calls");
      continue;
    }
    assertEquals(played.manager.state, "finished");
    stagesAreInOrder(played);
    everyoneIsCleanedUp(played);
    stopsAreJustified(played);
    limitsHold(played);
    drainsAreKept(played);
    reportAgrees(played);
    played.nodes.forEach(outcomeAgrees);
  }
  errorsAreComplete(play);
}

function nothingIsPending({ signal, leftTimers, managers }: Play): void {
  assertEquals(leftTimers, false, "no timer is left");
  assertEquals(signal.listeners(), 0, "no listener is left");
  for (const { manager } of managers) {
    if (manager.state === "finished") assertEquals(manager.tasks, []);
  }
}

function wasCalled({ calls }: PlayedNode): boolean {
  return Object.keys(calls).length > 0;
}
