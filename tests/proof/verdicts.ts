import type { TaskError, TaskOutcome } from "@goasync/core";
import { assert, assertEquals } from "@std/assert";
import {
  isFailure,
  mayBeAbandoned,
  orderOf,
  stageOutcome,
  STAGES,
  turnOf,
} from "./observed.ts";
import type { Play, PlayedManager, PlayedNode } from "./play.ts";

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
  const { handle, leaf, outcome, calls, over, owner, cancelled, plan } = node;
  assert(outcome, "every task of a run has an outcome");
  assertEquals(handle.state, outcome);
  if (!leaf) return;
  const call = calls.execute ?? calls.initialize;
  const told = Math.min(turnOf(owner.told), turnOf(cancelled));
  const endedIn = turnOf(call?.ended);
  const wasTold = endedIn > told ? true : endedIn < told ? false : undefined;
  const where = `${node.path.join("/")}: ${outcome}`;
  switch (outcome) {
    case "never-started":
      assert(!calls.execute, where);
      assert(told <= turnOf(over), where);
      break;
    case "clean":
      assert(calls.execute && endedIn === turnOf(over), where);
      assert(call?.threw !== "a failure", where);
      if (call?.threw) assert(wasTold !== false, where);
      if (plan.type === "strict") assert(wasTold !== false, where);
      break;
    case "unexpected-stop":
      assert(calls.execute && endedIn === turnOf(over), where);
      assert(!call?.threw && wasTold !== true, where);
      assertEquals(plan.type, "strict");
      break;
    case "failed":
      assert(call?.threw && endedIn === turnOf(over), where);
      if (call.threw === "what may be clean") assert(wasTold !== true, where);
      break;
    case "timed-out":
    case "abandoned":
      assert(call && endedIn >= turnOf(over), where);
      assert(outcome === "timed-out" || mayBeAbandoned(owner), where);
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
  for (const { stages } of report.tasks) {
    assert(stages.every(({ outcome }) => outcome !== null));
  }
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

/** Whatever failed is named, once, and nothing else is. */
export function errorsAreComplete({ managers, errors }: Play): void {
  const isOfManager = (path: readonly string[]) =>
    managers.some((each) => each.path.join("/") === path.join("/"));
  const given = errors!.flatMap(leavesOf);
  assertEquals(
    given.filter(({ path }) => !isOfManager(path)).map(nameOf).sort(),
    managers.flatMap(expectedErrors).sort(),
  );
  const ofManagers = given.filter(({ path }) => isOfManager(path));
  assert(ofManagers.every(({ code }) => code !== "FAILED"));
  assertEquals(new Set(ofManagers.map(nameOf)).size, ofManagers.length);
}

function leavesOf(error: TaskError): TaskError[] {
  const { cause } = error;
  return cause instanceof AggregateError
    ? cause.errors.flatMap(leavesOf)
    : [error];
}

function nameOf({ path, stage, code }: TaskError): string {
  return `${path.join("/")} ${stage} ${code}`;
}

function expectedErrors({ manager, nodes }: PlayedManager): string[] {
  if (manager.state === "idle") return [];
  return nodes.filter(({ leaf }) => leaf).flatMap((node) => {
    const path = node.path.join("/");
    const found = STAGES.map((stage) => ({
      stage,
      outcome: stageOutcome(node, stage),
    }));
    const isOwed = node.isTask && node.leaf!.cleanup && !node.calls.cleanup &&
      found[0]!.outcome !== undefined;
    const errors = found.filter(({ outcome }) => isFailure(outcome));
    if (isOwed) errors.push({ stage: "cleanup", outcome: "abandoned" });
    return errors.map(({ stage, outcome }) =>
      `${path} ${stage} ${codeOf(outcome)}`
    );
  });
}

function codeOf(outcome: TaskOutcome | undefined): string {
  if (outcome === "failed") return "FAILED";
  return outcome === "unexpected-stop" ? "UNEXPECTED_STOP" : "TIMEOUT";
}
