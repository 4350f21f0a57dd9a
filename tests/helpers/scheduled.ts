import {
  type ExecuteFunction,
  type Task,
  type TaskError,
  TaskManager,
} from "@goasync/core";
import { schedule, type ScheduleOptions } from "@goasync/core/tasks/schedule";
import type { FakeTime } from "@std/testing/time";
import { notesOf } from "./supervised.ts";

/** The multiples of a period. */
export function every(ms: number): (after: Date) => Date {
  return (after) => new Date((Math.floor(after.getTime() / ms) + 1) * ms);
}

/** A manager that runs with one scheduled task. */
export interface Scheduled {
  readonly manager: TaskManager;
  readonly run: Promise<TaskError[]>;
  /** When it has begun a run. */
  readonly runs: readonly number[];
  /** What it has noted. */
  readonly notes: () => string[];
}

/** Runs a manager with one scheduled task, until it waits. */
export async function scheduled(
  time: FakeTime,
  next: (after: Date) => Date | null,
  task: Task | ExecuteFunction = () => {},
  options: ScheduleOptions = {},
): Promise<Scheduled> {
  const manager = new TaskManager();
  const runs: number[] = [];
  const given = typeof task === "function" ? { execute: task } : task;
  manager.addTask(
    "it",
    schedule(next, {
      ...given,
      execute(context) {
        runs.push(Date.now());
        return given.execute?.(context);
      },
    }, options),
  );
  const run = manager.runSettled();
  await time.runMicrotasks();
  return { manager, run, runs, notes: () => notesOf(manager) };
}
