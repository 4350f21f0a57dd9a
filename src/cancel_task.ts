import type { EventStream } from "./event_stream.ts";
import { abortAll, tellAll } from "./stop_tree.ts";
import type { TaskRun } from "./task_run.ts";

/** Stops one task alone: it is told, it drains, it aborts. */
export function cancelTask(
  run: TaskRun,
  reason: unknown,
  drain: boolean,
  events: EventStream,
): void {
  if (run.hasEnded) return;
  if (run.stop.isTold || run.isCancelled) {
    if (run.isCancelled && !drain) abortAll([run], reason);
    return;
  }
  run.isCancelled = true;
  events.heard?.emit([run.name], {
    type: "told",
    by: "cancel",
    taskName: null,
    reason,
  });
  tellAll([run], reason, drain);
  const abort = () => abortAll([run], reason);
  // A listener may have aborted it already.
  const drained = drain && !run.stop.isAborted ? run.drain(abort) : undefined;
  if (drained) void drained.then(abort);
  else abort();
  run.neverStart();
}
