/** Shows any value in an error message, and never throws. */
export function describe(value: unknown): string {
  try {
    if (typeof value === "string") return JSON.stringify(value);
    if (value === null || value === undefined) return String(value);
    if (typeof value === "function") {
      return value.name ? `function ${value.name}` : "a function";
    }
    if (typeof value !== "object") return `${String(value)} (${typeof value})`;
    const kind = value.constructor?.name;
    return kind && kind !== "Object" ? `an instance of ${kind}` : "an object";
  } catch {
    return `a value of type ${typeof value} that cannot be shown`;
  }
}

/** The message of what was thrown, and never throws itself. */
export function messageOf(thrown: unknown): string {
  try {
    if (typeof thrown === "string") return thrown;
    const { message, name } = Object(thrown);
    if (typeof message === "string" && message !== "") return message;
    if (typeof name === "string" && typeof thrown === "object") return name;
  } catch {
    // Getters and proxies may throw: describe copes with both.
  }
  return describe(thrown);
}
