import { isBareFunction } from "./_check.ts";
import type { Entry } from "./_entry.ts";
import { isCleanStop, type TaskContext, wasTold } from "./context.ts";
import type { TaskOutcome } from "./manager.ts";
import type { Stage, Task } from "./task.ts";

const { then } = Promise.prototype;

/**
 * Calls a method of a task, if it has it, and later says once how it has ended:
 * a synchronous throw is a rejection, and a promise whose own `then` was
 * replaced is one like any other.
 */
export function callStage(
  stage: Stage,
  { task, type }: Entry,
  context: TaskContext,
  onEnd: (outcome: TaskOutcome, cause?: unknown) => void,
): void {
  let called: Promise<unknown>;
  try {
    called = Promise.resolve(
      isBareFunction(task) ? task(context) : (task as Task)[stage]?.(context),
    );
  } catch (cause) {
    called = Promise.reject(cause);
  }
  const mayReturn = stage !== "execute" || type !== "strict";
  then.call(
    called,
    () => onEnd(mayReturn || wasTold(context) ? "clean" : "unexpected-stop"),
    (cause) => onEnd(isCleanStop(context, cause) ? "clean" : "failed", cause),
  );
}
