import type { ManagerState, TaskError } from "@goasync/core";
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import {
  isAside,
  isFailure,
  isLeft,
  orderOf,
  stageOutcome,
  STAGES,
} from "./observed.ts";
import type { Play } from "./play.ts";
import type { Moment, PlayedManager, PlayedNode } from "./played.ts";
import type { Timeline } from "./timeline.ts";

/** Where each state can lead to. */
const NEXT: Readonly<Record<ManagerState, readonly ManagerState[]>> = {
  "idle": ["initializing", "finished"],
  "initializing": ["executing", "stopping"],
  "executing": ["draining", "stopping"],
  "draining": ["stopping"],
  "stopping": ["cleaning-up", "finished"],
  "cleaning-up": ["finished"],
  "finished": [],
};

/** What was heard is what happened, in order, and of those who are there. */
export function eventsAgree(play: Play, timeline: Timeline): void {
  assertEquals(timeline.wrong, []);
  const managers = play.managers.map(({ path }) => path.join("/"));
  const nodes = play.nodes.map(({ path }) => path.join("/"));
  let before = 0;
  for (const { event, path } of play.heard) {
    const isOfManager = event.type === "state" ||
      event.type === "told" && event.by !== "cancel";
    const paths = isOfManager ? managers : nodes;
    assert(paths.includes(path), `${event.type} of "${path}"`);
    assert(event.at >= before, "time goes on");
    before = event.at;
    assert(Object.isFrozen(event) && Object.isFrozen(event.path));
  }
  for (const played of play.managers) {
    if (topOf(played) !== played) everyoneHears(play, played);
    if (played.manager.state === "finished") statesAreLegal(played, timeline);
  }
  for (const node of play.nodes) {
    stagesAreHeard(play, node, timeline);
    notesAreHeard(node, timeline);
  }
  errorsAreHeard(play, timeline);
}

/** The outermost of the managers that know of it. */
function topOf(played: PlayedManager): PlayedManager {
  const { parent, isDetached } = played;
  return !parent || isDetached ? played : topOf(parent.owner);
}

/** Who listens to a manager within hears what those above hear of it. */
function everyoneHears({ heard }: Play, played: PlayedManager): void {
  const own = played.path.join("/");
  const above = heard.filter(({ event, path, top }) => {
    if (top !== topOf(played)) return false;
    if (path !== own) return own === "" || path.startsWith(`${own}/`);
    // What happens to it as a task is heard by those above alone.
    return event.type === "state" ||
      event.type === "told" && event.by !== "cancel";
  });
  // Before it runs nobody above knows of it.
  const begins = played.heard.findIndex((event) =>
    event.type === "state" && event.state !== "finished"
  );
  const heardBy = begins < 0 ? [] : played.heard.slice(begins);
  assertEquals(heardBy.length, above.length, `who listens to "${own}"`);
  heardBy.forEach((event, place) => {
    assertStrictEquals(event, above[place]!.event);
  });
}

function statesAreLegal(
  { path, manager }: PlayedManager,
  timeline: Timeline,
): void {
  const { states, told } = timeline.of(path);
  let state: ManagerState = "idle";
  for (const next of states.keys()) {
    assert(
      NEXT[state].includes(next),
      `"${path}" goes from ${state} to ${next}`,
    );
    state = next;
  }
  assertEquals(state, "finished");
  const { stop } = manager.report();
  assertEquals(
    told.map(({ event: { by, taskName } }) => ({ by, taskName })),
    stop ? [{ by: stop.by, taskName: stop.taskName }] : [],
  );
  const [first] = told;
  if (!first) return;
  const changes = (["draining", "stopping"] as const)
    .map((each) => orderOf(states.get(each)));
  assert(Math.min(...changes) > first.moment.order, "told, then the state");
}

/** Something comes after another thing, which a listener can turn around. */
function isAfter(
  later: Moment,
  earlier: Moment | undefined,
  { disturbed }: Play,
  what: string,
): void {
  assert(earlier, what);
  const isDisturbed = disturbed.has(later.turn) || disturbed.has(earlier.turn);
  if (!isDisturbed) assert(earlier.order < later.order, what);
}

/** Each stage begins before its call and ends once, after it. */
function stagesAreHeard(
  play: Play,
  node: PlayedNode,
  timeline: Timeline,
): void {
  const { calls, leaf, owner, path } = node;
  if (owner.manager.state !== "finished") return;
  const { stages, left, cutShort, cancelled } = timeline.of(path);
  const where = path.join("/");
  const finished = orderOf(timeline.of(owner.path).states.get("finished"));
  for (const stage of STAGES) {
    const heard = stages[stage];
    const call = calls[stage];
    if (call) assert(heard, `${where} ${stage} is heard of`);
    if (!heard) continue;
    assert(heard.end && heard.end.order < finished, `${where} ${stage} ends`);
    // Who is cancelled in the event that says it starts is never called.
    if (leaf?.[stage] && heard.outcome !== "never-started") {
      assert(call, where);
      isAfter(call.began, heard.start, play, `${where} ${stage} begins`);
      if (!isLeft(heard.outcome)) {
        isAfter(heard.end, call.ended, play, `${where} ${stage} ends`);
      }
    }
    const reported = stageOutcome(node, stage);
    const isPart = !node.isTask && stages.drain && stage === "execute";
    if (reported && !isPart) assertEquals(heard.outcome, reported, where);
    assert(!heard.error || isFailure(heard.outcome), where);
  }
  const { execute, drain } = stages;
  if (drain) assert(execute!.start.order < drain.start.order, where);
  assert(cancelled.length <= 1, `${where} is told once`);
  if (cancelled.length > 0) assert(node.cancelled, `${where} was cancelled`);
  const isLeftBehind = left.some(({ stage }) => stages[stage]);
  // A cleanup has an `abandoned` of its own.
  const isLeftBefore = left.some(({ stage }) =>
    stage !== "cleanup" && stages[stage]
  );
  if (leaf?.listens && calls.execute) {
    assertEquals(node.abandoned !== undefined, isLeftBefore, where);
  }
  const outcomes = STAGES.map((stage) => stages[stage]?.outcome);
  assertEquals(isLeftBehind, outcomes.some(isLeft), where);
  const report = node.isTask
    ? owner.manager.report().tasks[Number(node.handle.name)]!.stages
    : [];
  const isCut = report.some(({ cutShort }) => cutShort);
  assert(cutShort.length <= 1, `${where} is cut short once`);
  if (node.isTask) assertEquals(isCut, cutShort.length === 1, where);
  if (cutShort.length === 0) return;
  assert(drain && drain.start.order < cutShort[0]!.order, where);
  assert(cutShort[0]!.order < drain.end!.order, where);
}

/** Notes are heard and reported, until the last stage is over. */
function notesAreHeard(node: PlayedNode, timeline: Timeline): void {
  const { owner, handle, path, isTask } = node;
  const heard = timeline.of(path).notes.map(({ message }) => message);
  const where = path.join("/");
  assertEquals(heard, node.notes.slice(0, heard.length), where);
  if (owner.manager.state !== "finished") return;
  const report = owner.manager.report();
  const of = isTask
    ? report.tasks[Number(handle.name)]
    : report.executeTasks.find(({ name }) => name === handle.name);
  if (!of) return;
  assertEquals((of.notes ?? []).map(({ message }) => message), heard, where);
}

/** Errors are heard of as they are recorded, and these are the ones. */
function errorsAreHeard(
  { heard, errors, managers }: Play,
  timeline: Timeline,
): void {
  const isOwn = new Set(
    managers[0]!.nodes.map(({ path }) => path.join("/")),
  );
  const own = heard.flatMap(({ event, path }): TaskError[] => {
    if (!isOwn.has(path)) return [];
    if (event.type === "stage-end") return event.error ? [event.error] : [];
    if (event.type !== "left-behind") return [];
    // What was not begun does not end.
    const { stages } = timeline.of(event.path);
    return stages[event.stage] ? [] : [event.error];
  });
  assertEquals(errors!.length, own.length);
  errors!.forEach((error, place) => assertStrictEquals(error, own[place]));
  void isAside;
}
