import type { RunOptions, TaskError, TaskManager } from "@goasync/core";
import {
  assertEquals,
  assertInstanceOf,
  assertStringIncludes,
} from "@std/assert";
import type { FakeTime } from "@std/testing/time";
import type { Running } from "./running.ts";

/** What a timer can wait for in one piece. */
export const LONGEST_TIMEOUT: number = 2 ** 31 - 1;

/** Runs a manager, and waits until it goes on only when time passes. */
export async function started(
  manager: TaskManager,
  time: FakeTime,
  options?: RunOptions,
): Promise<Running> {
  const errors = manager.runSettled(options);
  await time.runMicrotasks();
  return { errors };
}

/** Asserts that an error tells of a timeout, and of its limit. */
export function assertTimeout(
  error: TaskError | undefined,
  limit: string,
): void {
  assertEquals(error?.code, "TIMEOUT");
  assertInstanceOf(error?.cause, DOMException);
  assertEquals(error.cause.name, "TimeoutError");
  assertStringIncludes(error.message, `"${error.taskName}"`);
  assertStringIncludes(error.message, error.stage);
  assertStringIncludes(error.message, limit);
}
