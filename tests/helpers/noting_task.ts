import type { ExecuteFunction, ExecuteTask, Task } from "@goasync/core";

/** Executes until it is told to stop. */
export const untilStopped: ExecuteFunction = ({ done }) => done;

/**
 * A task that notes when each of its stages is called, and then does what it
 * is given; without an execute it executes until it is told to stop.
 */
export function notingTask(
  log: string[],
  task: Task = {},
): Task & ExecuteTask {
  const { initialize, execute = untilStopped, cleanup } = task;
  return {
    initialize(context) {
      log.push(`${context.name} initialize`);
      return initialize?.(context);
    },
    execute(context) {
      log.push(`${context.name} execute`);
      return execute(context);
    },
    cleanup(context) {
      log.push(`${context.name} cleanup`);
      return cleanup?.(context);
    },
  };
}
