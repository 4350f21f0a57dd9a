import type { Attributes } from "./api.ts";

/** What spans and measurements are described by. */
export const PATH = "goasync.task.path";
export const NAME = "goasync.task.name";
export const STAGE = "goasync.stage";
export const OUTCOME = "goasync.outcome";
/** Of the semantic conventions. */
export const ERROR_TYPE = "error.type";
/** The `error.type` of what has none. */
const OTHER = "_OTHER";

/** The details of a note as attributes; JSON of what can be none. */
export function attributesOf(details: object | null): Attributes {
  try {
    return Object.fromEntries(
      Object.entries(details ?? {}).map(([key, value]) => [key, plain(value)]),
    );
  } catch {
    return {}; // They cannot even be read.
  }
}

function plain(value: unknown): string | number | boolean {
  if (typeof value === "string" || typeof value === "number") return value;
  if (typeof value === "boolean") return value;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return "[unreadable]"; // It has a cycle, a bigint, or throws.
  }
}

/** What kind of thing was thrown, in few words. */
export function errorTypeOf(thrown: unknown): string {
  try {
    const { name, code } = Object(thrown);
    if (typeof code === "string") return code;
    return typeof name === "string" && name ? name : OTHER;
  } catch {
    return OTHER; // Getters and proxies may throw.
  }
}
