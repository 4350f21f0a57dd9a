import { escapeControls } from "./messages.ts";

/** What an object shows of itself, as data that survives JSON. */
export type Shown = Record<string, string | boolean | readonly string[]>;

/**
 * Makes the instances of a class show what their `toJSON` says and nothing
 * else, wherever they are printed: as `TaskHandle { name: "db", … }`.
 */
export function showAs(
  name: string,
  prototype: { toJSON(): Shown },
): void {
  const show = function (this: { toJSON(): Shown }): string {
    return `${name} ${showFields(this.toJSON())}`;
  };
  const keys = [
    "toString",
    Symbol.for("nodejs.util.inspect.custom"),
    Symbol.for("Deno.customInspect"),
  ];
  for (const key of keys) {
    Object.defineProperty(prototype, key, { value: show });
  }
}

function showFields(fields: Shown): string {
  const entries = Object.entries(fields)
    .map(([key, value]) => `${key}: ${showValue(value)}`);
  return `{ ${entries.join(", ")} }`;
}

function showValue(value: Shown[string]): string {
  if (typeof value === "object" && value.length > 0) {
    return `[ ${value.map(showValue).join(", ")} ]`;
  }
  return escapeControls(JSON.stringify(value));
}
