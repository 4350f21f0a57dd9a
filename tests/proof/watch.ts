import type { Stage, TaskContext } from "@goasync/core";
import type { Course } from "./course.ts";
import type { PlayedNode } from "./played.ts";

/** Notes when the signals of a context abort, once for each. */
export function watch(
  node: PlayedNode,
  stage: Stage,
  context: TaskContext,
  course: Course,
): void {
  if (stage === "cleanup") {
    return note(node, "cleanupAborted", context.signal, course);
  }
  if (node.given.has(context)) return;
  course.expect(node.given.size === 0, "all stages share one context");
  note(node, "told", context.draining, course);
  note(node, "aborted", context.signal, course);
  note(node, "abandoned", context.abandoned, course);
}

function note(
  node: PlayedNode,
  key: "told" | "aborted" | "abandoned" | "cleanupAborted",
  signal: AbortSignal,
  course: Course,
): void {
  const onAbort = () => {
    node[key] = { ...course.now(), reason: signal.reason };
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort);
}
