import { timeoutError } from "./_abort_error.ts";
import { isBareFunction } from "./_check.ts";
import type { Entry } from "./_entry.ts";
import { leaveBehind } from "./_leave_behind.ts";
import { startTimer } from "./_time.ts";
import { isCleanStop, type TaskContext, wasTold } from "./context.ts";
import type { TaskOutcome } from "./manager.ts";
import type { Stage, Task } from "./task.ts";

const { then } = Promise.prototype;

/**
 * Calls a stage of a task, and says once how it has ended: by itself, by its
 * timeout, or because it was left behind.
 */
export function callStage(
  stage: Stage,
  entry: Entry,
  context: TaskContext,
  onEnd: (outcome: TaskOutcome, cause?: unknown) => void,
): void {
  let isOver = false;
  const end = (outcome: TaskOutcome, cause?: unknown) => {
    if (isOver) return;
    isOver = true;
    stopTimer();
    onEnd(outcome, cause);
  };
  entry.leaveBehind = (outcome, timeout) => {
    if (!isOver) end(outcome, leaveBehind(context, timeout));
  };
  const ms = stage === "execute" ? Infinity : entry.limits[`${stage}Timeout`];
  const stopTimer = startTimer(ms, () => {
    const timeout = timeoutError(`Not over after ${ms} ms`);
    entry.leaveBehind("timed-out", timeout);
  });
  const mayReturn = stage !== "execute" || entry.type !== "strict";
  then.call(
    callMethod(stage, entry, context),
    () => end(mayReturn || wasTold(context) ? "clean" : "unexpected-stop"),
    (cause) => end(isCleanStop(context, cause) ? "clean" : "failed", cause),
  );
}

/**
 * Calls a method of a task, if it has it: a synchronous throw is a rejection,
 * and a promise whose own `then` was replaced is one like any other.
 */
function callMethod(
  stage: Stage,
  { task }: Entry,
  context: TaskContext,
): Promise<unknown> {
  try {
    return Promise.resolve(
      isBareFunction(task) ? task(context) : (task as Task)[stage]?.(context),
    );
  } catch (cause) {
    return Promise.reject(cause);
  }
}
