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
