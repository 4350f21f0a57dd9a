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

/** Where the message of what was thrown may be, the best place first. */
const PLACES: readonly ((thrown: Thrown) => unknown)[] = [
  (thrown) => thrown,
  ({ message }) => message,
  ({ errors }) => errors[0]!.message,
  ({ errors }) => errors[0]!.code,
  ({ code }) => code,
  ({ name }) => name,
];

interface Thrown {
  readonly message: unknown;
  readonly code: unknown;
  readonly name: unknown;
  readonly errors: readonly Thrown[];
}

/**
 * The message of what was thrown: its `message`; if that is empty, that of its
 * first inner error, then its `code`, then its `name`. Never throws.
 */
export function messageOf(thrown: unknown): string {
  for (const place of PLACES) {
    try {
      const text = place(thrown as Thrown);
      if (typeof text === "string" && text !== "") return text;
    } catch {
      // There is none. Getters and proxies may throw, too.
    }
  }
  return describe(thrown);
}

/** What a field of any value holds; nothing if it cannot be read. */
export function fieldOf(value: unknown, key: string): unknown {
  try {
    return Object(value)[key];
  } catch {
    return; // Getters and proxies may throw.
  }
}

const CONTROLS =
  // deno-lint-ignore no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** The text without anything that moves a terminal's cursor or reorders it. */
export function escapeControls(text: string): string {
  return text.replace(
    CONTROLS,
    (control) =>
      control === "\n"
        ? "\\n"
        : `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
