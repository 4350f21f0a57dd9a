import type {
  ExecuteFunction,
  Task,
  TaskError,
  TaskManager,
} from "@goasync/core";
import { interruptible } from "@goasync/core/tasks/interruptible";
import type { AwaitedLog } from "./awaited_log.ts";

/** A task that logs its stages and executes until its signal aborts. */
export function logged(log: AwaitedLog, stages: Partial<Task> = {}): Task {
  const { drain } = stages;
  const task: Task = {
    initialize(context) {
      log.add("initialize");
      return stages.initialize?.(context);
    },
    execute(context) {
      log.add("execute");
      return stages.execute ? stages.execute(context) : context.done;
    },
    cleanup(context) {
      log.add("cleanup");
      return stages.cleanup?.(context);
    },
  };
  if (drain) {
    task.drain = (context) => {
      log.add("drain");
      return drain(context);
    };
  }
  return task;
}

/** Runs a manager with a task that SIGHUP makes start anew, until it executes. */
export async function executing(
  manager: TaskManager,
  task: Task,
  log: AwaitedLog,
): Promise<{ readonly run: Promise<TaskError[]> }> {
  manager.addTask("it", interruptible(["SIGHUP"], task));
  const run = manager.runSettled();
  await log.length(2);
  return { run };
}

/** Calls the first function at the first call, and so on. */
export function inTurn(...functions: ExecuteFunction[]): ExecuteFunction {
  return (context) => functions.shift()?.(context);
}

export const ONE_GENERATION: readonly string[] = [
  "initialize",
  "execute",
  "cleanup",
];
export const TWO_GENERATIONS: readonly string[] = [
  ...ONE_GENERATION,
  ...ONE_GENERATION,
];

export const DRAINED: readonly string[] = [
  "initialize",
  "execute",
  "drain",
  "cleanup",
];
