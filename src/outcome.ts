import { isAbortError } from "./abort_errors.ts";
import type { ExecuteTaskType, Stage, TaskType } from "./states.ts";
import type { Stoppable } from "./stop_tree.ts";

/** How a stage has ended that returned, judged by what its task was told. */
export function outcomeOfReturn(
  stage: Stage,
  type: TaskType | ExecuteTaskType,
  isTold: boolean,
): "clean" | "unexpected-stop" {
  const isEarly = type === "strict" && stage === "execute" && !isTold;
  return isEarly ? "unexpected-stop" : "clean";
}

/** How a stage has ended that threw, judged by what its task was told. */
export function outcomeOfThrow(
  stage: Stage,
  thrown: unknown,
  stop: Stoppable,
): "clean" | "failed" {
  if (stage === "cleanup" || !stop.isTold) return "failed";
  if (Object.is(thrown, stop.reason)) return "clean";
  // An AbortError of its own is no answer to a drain that may take its time.
  const mayAbort = stage !== "drain" || stop.isAborted;
  return mayAbort && isAbortError(thrown) ? "clean" : "failed";
}
