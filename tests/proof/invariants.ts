import { assert, assertEquals } from "@std/assert";
import { errorsAreComplete } from "./errors.ts";
import { eventsAgree } from "./in_events.ts";
import { everyoneIsCleanedUp, stagesAreInOrder } from "./in_order.ts";
import { limitsHold, signalsAreInTime } from "./in_time.ts";
import { isAside } from "./observed.ts";
import type { Play } from "./play.ts";
import type { PlayedManager, PlayedNode } from "./played.ts";
import { Timeline } from "./timeline.ts";
import { outcomeAgrees, reportAgrees, stopsAreJustified } from "./verdicts.ts";

/** Throws unless a run that is over kept every promise that was made. */
export function check(play: Play): void {
  assertEquals(play.violations, []);
  assert(play.errors, "a run that was stopped ends");
  nothingIsPending(play);
  for (const played of play.managers.filter(isOver)) {
    stagesAreInOrder(played);
    everyoneIsCleanedUp(played);
    stopsAreJustified(played);
    limitsHold(played);
    signalsAreInTime(played);
    reportAgrees(played);
    played.nodes.forEach(outcomeAgrees);
  }
  errorsAreComplete(play);
  if (play.plan.hearsFrom === 0) eventsAgree(play, new Timeline(play.heard));
}

/** Whether there is a run to look at: one that never ran has done nothing. */
function isOver(played: PlayedManager): boolean {
  const { state } = played.manager;
  if (state === "idle") {
    assert(!played.nodes.some(wasCalled), "no run, no calls");
    return false;
  }
  // Those above do not wait for what they know nothing of, if time is short.
  if (state !== "finished") assert(isAside(played), `${played.path} is over`);
  return state === "finished" && played.began !== undefined;
}

function nothingIsPending(play: Play): void {
  const { areOver, signal, leftTimers, managers, openStops } = play;
  assertEquals(leftTimers, false, "no timer is left");
  if (areOver) assertEquals(openStops, 0, "every stop has resolved");
  assertEquals(signal.listeners(), 0, "no listener is left");
  for (const { manager } of managers) {
    if (manager.state === "finished") assertEquals(manager.tasks, []);
  }
}

function wasCalled({ calls }: PlayedNode): boolean {
  return Object.keys(calls).length > 0;
}
