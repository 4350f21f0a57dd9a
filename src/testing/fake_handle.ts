import { limitsOf } from "../limits.ts";
import type { AddTaskOptions } from "../manager_types.ts";
import { deferred } from "../promises.ts";
import type { TaskOutcome } from "../states.ts";
import type { ExecuteFunction, ExecuteTask, Task } from "../task.ts";
import { checkAddition } from "../task_arguments.ts";
import { SourceHandle, type TaskHandle } from "../task_handle.ts";

/** A handle of what was added, if everything given is right. */
export function admit(
  action: "add task" | "add execute task",
  name: string,
  task: Task | ExecuteTask | ExecuteFunction,
  options: AddTaskOptions,
): TaskHandle {
  checkAddition(action, name, task, options);
  limitsOf(`${action} "${name}"`, options);
  return fakeHandle(name);
}

/** The handle of a task that nobody calls: to cancel it is all that can come. */
function fakeHandle(name: string): TaskHandle {
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
