import type { Stage, TaskOutcome } from "@goasync/core";
import { assert, assertEquals } from "@std/assert";
import {
  isFailure,
  isLeft,
  mayBeAbandoned,
  orderOf,
  stageOutcome,
  STAGES,
  turnOf,
} from "./observed.ts";
import type { PlayedManager, PlayedNode } from "./played.ts";

/** Whoever fails stops everyone, and nobody else does. */
export function stopsAreJustified(
  { nodes, began, told, manager, asked, path }: PlayedManager,
): void {
  const isNested = path.length > 0;
  for (const node of nodes) {
    const isCancelled = orderOf(node.cancelled) < orderOf(node.over);
    if (!isFailure(node.handle.state) || isCancelled) continue;
    assert(turnOf(told) <= turnOf(node.over), "who fails stops everyone");
  }
  const group = nodes.filter(({ plan }) => plan.type === "stop-group");
  if (group.length > 0 && group.every(({ over }) => over)) {
    const last = Math.max(...group.map(({ over }) => turnOf(over)));
    const isOver = Math.max(last, turnOf(began));
    assert(turnOf(told) <= isOver, "the stop-group stops everyone");
  }
  const { stop } = manager.report();
  switch (stop?.by) {
    case undefined:
      break;
    case "task": {
      const node = nodes[Number(stop.taskName)]!;
      const stages = STAGES.map((stage) => stageOutcome(node, stage));
      assert(stages.some(isFailure), "it was a task that failed");
      assertEquals(turnOf(node.over), turnOf(told));
      assert(turnOf(node.cancelled) >= turnOf(told), "it was not cancelled");
      break;
    }
    case "stop-group":
      assert(group.length > 0);
      assert(group.every(({ over }) => turnOf(over) <= turnOf(told)));
      break;
    default:
      assert(asked > 0 || isNested, "somebody asked for it");
  }
}

/** What the handle says is what was seen. */
export function outcomeAgrees(node: PlayedNode): void {
  const { handle, leaf, outcome, calls, over, owner } = node;
  assert(outcome, "every task of a run has an outcome");
  assertEquals(handle.state, outcome);
  if (!leaf) return;
  const where = `${node.path.join("/")}: ${outcome}`;
  for (const stage of STAGES) stageAgrees(node, stage);
  switch (outcome) {
    case "never-started":
      assert(!calls.execute && !calls.drain, where);
      assert(toldTurnOf(node) <= turnOf(over), where);
      break;
    case "timed-out":
    case "abandoned":
      assert(outcome === "timed-out" || mayBeAbandoned(owner), where);
      break;
    case "failed":
      assert(
        [calls.initialize, calls.execute, calls.drain].some((call) =>
          call?.threw && turnOf(call.ended) <= turnOf(over)
        ),
        where,
      );
      break;
    default: {
      if (!leaf.execute) break; // When that ended nobody saw.
      const { execute, drain } = calls;
      assert(execute, where);
      const ended = turnOf(execute.ended);
      const both = Math.max(ended, turnOf(drain?.ended));
      // In one turn it may end before its drain begins, or after.
      const began = turnOf(drain?.began);
      if (began > ended) assertEquals(turnOf(over), ended, where);
      else if (began < ended) assertEquals(turnOf(over), both, where);
      else assert([ended, both].includes(turnOf(over)), where);
    }
  }
}

/** When it was told to stop, as far as its manager and its handle tell. */
function toldTurnOf({ owner, cancelled }: PlayedNode): number {
  return Math.min(turnOf(owner.told), turnOf(cancelled));
}

/** How a stage has ended is what it did. */
function stageAgrees(node: PlayedNode, stage: Stage): void {
  const call = node.calls[stage];
  const outcome = stageOutcome(node, stage);
  if (!call || !outcome) return;
  const where = `${node.path.join("/")} ${stage}: ${outcome}`;
  const told = toldTurnOf(node);
  const endedIn = turnOf(call.ended);
  const wasTold = endedIn > told ? true : endedIn < told ? false : undefined;
  const isStrict = stage === "execute" && node.plan.type === "strict";
  if (!isLeft(outcome)) assert(call.ended, `${where} has ended`);
  switch (outcome) {
    case "clean":
      assert(call.threw !== "a failure", where);
      if (call.threw) assert(stage !== "cleanup" && wasTold !== false, where);
      else if (isStrict) assert(wasTold !== false, where);
      break;
    case "unexpected-stop":
      assert(isStrict && !call.threw && wasTold !== true, where);
      break;
    case "failed":
      assert(call.threw, where);
      if (call.threw === "a failure" || stage === "cleanup") break;
      if (stage === "drain") break; // An AbortError may come too early.
      assert(!call.isCleanStop && wasTold !== true, where);
  }
}

/** The report is plain data that agrees with the handles. */
export function reportAgrees({ manager, nodes }: PlayedManager): void {
  const report = manager.report();
  assertEquals(JSON.parse(JSON.stringify(report)), report);
  assertEquals(report.state, "finished");
  const tasks = nodes.filter(({ isTask }) => isTask);
  assertEquals(
    report.tasks.map(({ name, state }) => ({ name, state })),
    tasks.map(({ handle: { name, state } }) => ({ name, state })),
  );
  report.tasks.forEach(({ stages }, place) => {
    const { calls, leaf } = tasks[place]!;
    const execute = stages.find(({ stage }) => stage === "execute");
    for (const { stage, outcome, error, endedAt } of stages) {
      assert(outcome !== null && endedAt !== null);
      const isLeftWith = stage === "drain" && isLeft(outcome) &&
        isLeft(execute?.outcome ?? undefined);
      if (!isLeftWith) assertEquals(error !== undefined, isFailure(outcome));
    }
    const drains = stages.filter(({ stage }) => stage === "drain").length;
    if (leaf) assertEquals(drains, calls.drain ? 1 : 0);
  });
  const others = nodes.filter(({ isTask }) => !isTask);
  const failed = others.filter(({ handle }) => isFailure(handle.state));
  assertEquals(
    report.executeTasks.map(({ name, state }) => `${name} ${state}`).sort(),
    failed.map(({ handle: { name, state } }) => `${name} ${state}`).sort(),
  );
  const count = (state: TaskOutcome) =>
    others.filter(({ handle }) => handle.state === state).length;
  assertEquals(report.counts, {
    clean: count("clean"),
    "never-started": count("never-started"),
  });
}
