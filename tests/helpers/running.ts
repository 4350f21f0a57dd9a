import type { RunOptions, TaskError, TaskManager } from "@goasync/core";
import { microtasks } from "./microtasks.ts";

/** A run that has begun, and what it will report. */
export interface Running {
  readonly errors: Promise<TaskError[]>;
}

/** Runs a manager, and waits until it goes on only when something happens. */
export async function running(
  manager: TaskManager,
  options?: RunOptions,
): Promise<Running> {
  const errors = manager.runSettled(options);
  await microtasks();
  return { errors };
}
