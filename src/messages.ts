/** Shows any value in an error message, and never throws. */
export function describe(value: unknown): string {
  try {
    if (typeof value === "string") return JSON.stringify(value);
    if (value == null) return `${value}`;
    if (typeof value === "object" || typeof value === "function") {
      return `an instance of ${value.constructor.name}`;
    }
    return `${String(value)} (${typeof value})`;
  } catch {
    return "an object";
  }
}

/**
 * The message of what was thrown: its `message`; if that is empty, the message
 * of its first inner error, then its `code`, then its `name`. Never throws.
 */
export function messageOf(thrown: unknown): string {
  if (typeof thrown === "string" && thrown !== "") return thrown;
  return read(thrown, "message") ?? messageOfFirst(thrown) ??
    read(thrown, "code") ?? read(thrown, "name") ?? describe(thrown);
}

/** The message of the first error of an AggregateError, if it has any. */
function messageOfFirst(thrown: unknown): string | undefined {
  try {
    const { errors } = Object(thrown);
    if (!Array.isArray(errors)) return;
    return read(errors[0], "message") ?? read(errors[0], "code");
  } catch {
    return; // Getters and proxies may throw.
  }
}

function read(thrown: unknown, key: string): string | undefined {
  try {
    const value = Object(thrown)[key];
    if (typeof value === "string" && value !== "") return value;
    if (key === "code" && typeof value === "number") return `${value}`;
  } catch {
    return; // Getters and proxies may throw.
  }
}

const CONTROLS =
  // deno-lint-ignore no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
const SHORT: Readonly<Record<string, string>> = {
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/** The text without anything that moves a terminal's cursor or reorders it. */
export function escapeControls(text: string): string {
  return text.replace(CONTROLS, (control) =>
    SHORT[control] ??
      `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
