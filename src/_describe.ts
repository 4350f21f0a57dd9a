/** Shows any value in an error message, and never throws. */
export function describe(value: unknown): string {
  try {
    if (typeof value === "string") return JSON.stringify(value);
    if (Object(value) === value) {
      return `an instance of ${(value as object).constructor.name}`;
    }
    return value == null ? `${value}` : `${String(value)} (${typeof value})`;
  } catch {
    return "an object";
  }
}

/** The message of what was thrown, and never throws itself. */
export function messageOf(thrown: unknown): string {
  try {
    const { message, name } = thrown as Error;
    for (const text of [thrown, message, name]) {
      if (typeof text === "string" && text) return text;
    }
  } catch {
    // Getters and proxies may throw: describe copes with both.
  }
  return describe(thrown);
}
