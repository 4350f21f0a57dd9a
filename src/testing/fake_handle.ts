import { deferred } from "../promises.ts";
import type { TaskOutcome } from "../states.ts";
import { SourceHandle, type TaskHandle } from "../task_handle.ts";

/** The handle of a task that nobody calls: to cancel it is all that can come. */
export function fakeHandle(name: string): TaskHandle {
  const finished = deferred<TaskOutcome>();
  let isCancelled = false;
  return new SourceHandle({
    name,
    get state() {
      return isCancelled ? "never-started" : "waiting";
    },
    finished: finished.promise,
    cancel() {
      isCancelled = true;
      finished.resolve("never-started");
    },
  });
}
