import {
  type Around,
  type AroundStage,
  type DrainCutShortEvent,
  type EventBase,
  type EventListener,
  type ExecuteTaskTally,
  type LeftBehindEvent,
  type ManagerEvent,
  type NoteEvent,
  type StageEndEvent,
  type StageStartEvent,
  type StateEvent,
  type StopCause,
  type SubscribeOptions,
  TaskManager,
  type ToldEvent,
} from "@goasync/core";
import { deepEqual, equal } from "node:assert/strict";

/** Every event, each of the type that its name says. */
export async function useEvents(): Promise<void> {
  const heard: string[] = [];
  const listener: EventListener = (event) => heard.push(told(event));
  const manager = new TaskManager({ drainTimeout: 0, stopTimeout: 1 });
  const unsubscribe: () => void = manager.subscribe(listener);
  manager.addTask("stuck", {
    initialize: ({ note }) => note("listens"),
    execute: () => new Promise(() => {}),
    drain: ({ done }) => done,
  });
  manager.addExecuteTask("job", () => void manager.stop(), { type: "error" });
  const errors = await manager.runSettled();
  unsubscribe();
  deepEqual(errors.map(({ code }) => code), ["TIMEOUT"]);
  deepEqual(heard.filter((each) => !/^(state|stage-)/.test(each)), [
    "note stuck: listens",
    "told: stop",
    "drain-cut-short stuck",
    "left-behind stuck: execute",
  ]);
  equal(heard.at(0), "state: initializing");
  equal(heard.includes("stage-start job: execute"), true);
  equal(heard.includes("stage-end job: execute clean"), true);
  equal(heard.at(-1), "state: finished");
}

/** Execute tasks that are counted. */
export async function useTally(): Promise<void> {
  const tally: ExecuteTaskTally = { started: 0, ended: 0 };
  const options: SubscribeOptions = { tally };
  const manager = new TaskManager();
  manager.subscribe(() => {}, options);
  manager.addExecuteTask("job", () => void manager.stop(), { type: "error" });
  await manager.run();
  deepEqual(tally, { started: 1, ended: 1 });
}

/** What wraps the call of each stage. */
export async function useAround(): Promise<void> {
  const log: string[] = [];
  const around: Around = (call, { path, stage, context }: AroundStage) => {
    log.push(`${path.join("/")} ${stage} of ${context.name}`);
    return call();
  };
  const manager = new TaskManager({ around });
  manager.addTask("server", { initialize() {}, cleanup() {} });
  manager.addExecuteTask("job", () => void manager.stop(), { type: "error" });
  await manager.run();
  deepEqual(log, [
    "server initialize of server",
    "server execute of server",
    "job execute of job",
    "server cleanup of server",
  ]);
}

function told(event: ManagerEvent): string {
  const { type, path }: EventBase & { type: ManagerEvent["type"] } = event;
  return [type, ...path].join(" ") + detailsOf(event);
}

function detailsOf(event: ManagerEvent): string {
  switch (event.type) {
    case "state":
      return stateOf(event);
    case "stage-start":
      return startOf(event);
    case "stage-end":
      return endOf(event);
    case "told":
      return causeOf(event);
    case "note":
      return noteOf(event);
    case "left-behind":
      return behindOf(event);
    case "drain-cut-short":
      return cutShort(event);
  }
}

const stateOf = ({ state }: StateEvent) => `: ${state}`;
const startOf = ({ stage }: StageStartEvent) => `: ${stage}`;
const endOf = ({ stage, outcome }: StageEndEvent) => `: ${stage} ${outcome}`;
const noteOf = ({ message }: NoteEvent) => `: ${message}`;
const behindOf = ({ stage }: LeftBehindEvent) => `: ${stage}`;
const cutShort = (_: DrainCutShortEvent) => "";

function causeOf({ by }: ToldEvent): string {
  const cause: StopCause | "cancel" = by;
  return `: ${cause}`;
}
