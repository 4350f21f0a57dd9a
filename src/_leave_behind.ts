import { abort, giveUp, type TaskContext } from "./context.ts";
import { toAggregateError } from "./errors.ts";

/**
 * Tells a task for the last time. If it is a manager, all within it is left
 * behind in the same turn.
 *
 * @returns The cause of the task's error.
 */
export function leaveBehind(
  context: TaskContext,
  timeout: DOMException,
): unknown {
  abort(context, { reason: timeout });
  const errors = giveUp(context, timeout);
  return errors.length > 0 ? toAggregateError(errors) : timeout;
}
