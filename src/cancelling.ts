import { Drains } from "./drains.ts";
import type { EventStream } from "./event_stream.ts";
import { abortAll, tellAll } from "./stop.ts";
import type { TaskRun } from "./task_run.ts";

/** Stops one task alone: it is told, it drains, it aborts. */
export function cancelAlone(
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
  const drains = drain && !run.isToExecute && run.hasDrain
    ? new Drains([run], () => abortAll([run], reason))
    : undefined;
  run.isCancelled = true;
  if (events.isHeard) {
    events.emit([run.name], {
      type: "told",
      by: "cancel",
      taskName: null,
      reason,
    });
  }
  tellAll([run], reason, drains !== undefined);
  if (!drains || drains.callAll()) abortAll([run], reason);
  run.neverStart();
}
