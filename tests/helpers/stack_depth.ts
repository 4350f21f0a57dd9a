import { assert } from "@std/assert";

const errors = Error as { stackTraceLimit?: number };

/** How many calls deep its caller is. */
export function stackDepth(): number {
  const { stackTraceLimit } = errors;
  errors.stackTraceLimit = Infinity;
  try {
    return new Error().stack!.split("\n").length;
  } finally {
    errors.stackTraceLimit = stackTraceLimit!;
  }
}

/**
 * Asserts that a stack is not hundreds of calls deeper than another; by a few
 * they differ, as a runtime leaves out frames of what it has compiled.
 */
export function assertNoDeeper(depth: number, other: number): void {
  assert(depth < other + 100, `${depth} calls deep, and ${other} before`);
}
