import { type Answer, say } from "./answer.ts";
import type { InspectedManager } from "./options.ts";

/** What the reason of a stop says. */
const STOPPED = "Stopped by the inspector";
const CANCELLED = "Cancelled by the inspector";

/** Tells everyone to stop. */
export function stopAll(manager: InspectedManager): Answer {
  void manager.stop?.(new DOMException(STOPPED, "AbortError"));
  return say(202, "Everyone was told to stop");
}

/** Cancels the task that alone has a name. */
export function cancelTask(manager: InspectedManager, name: string): Answer {
  const [task, ...others] = (manager.tasks ?? [])
    .filter((each) => each.name === name);
  if (!task) return say(404, "No task of this name is left");
  if (others.length > 0) return say(409, "Several tasks have this name");
  task.cancel(new DOMException(CANCELLED, "AbortError"));
  return say(202, "It was told to stop");
}
