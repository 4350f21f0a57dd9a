import { TaskError } from "../mod.ts";
import { fieldOf, messageOf } from "../src/messages.ts";
import type { Wire, WireError, WireValue } from "./_wire_form.ts";

/** The classes of the language, those before the ones that they extend. */
const KINDS = [
  AggregateError,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
  DOMException,
];

/** How many errors cross: there is no end to a `cause` that is made when read. */
const MOST_ERRORS = 1_000;

/** Makes anything ready to cross to another thread. Never throws. */
export function toWire(value: unknown): Wire {
  const found: Error[] = [];
  const wireOf = (value: unknown): WireValue => {
    if (!isError(value)) return plainWire(value);
    const index = found.indexOf(value);
    if (index >= 0) return { is: "error", index };
    if (found.length === MOST_ERRORS) return shown(value);
    return { is: "error", index: found.push(value) - 1 };
  };
  const root = wireOf(value);
  const errors: WireError[] = [];
  // Those that are found on the way are appended.
  for (const error of found) errors.push(safeWire(error, wireOf));
  return { value: root, errors };
}

function plainWire(value: unknown): WireValue {
  if (isPrimitive(value)) return { is: "value", value };
  try {
    return { is: "value", value: structuredClone(value) };
  } catch {
    return shown(value);
  }
}

/** Whether it is a primitive that can be copied. */
function isPrimitive(value: unknown): boolean {
  return value !== Object(value) && typeof value !== "symbol";
}

function shown(value: unknown): WireValue {
  return { is: "shown", text: messageOf(value) };
}

function isError(value: unknown): value is Error {
  try {
    return value instanceof Error;
  } catch {
    return false; // A proxy may throw.
  }
}

/** The wire of an error, of which no more than a message may be had. */
function safeWire(
  error: Error,
  wireOf: (value: unknown) => WireValue,
): WireError {
  try {
    return errorWire(error, wireOf);
  } catch {
    return errorWire({ name: "Error", message: messageOf(error) }, wireOf);
  }
}

function errorWire(
  error: Error,
  wireOf: (value: unknown) => WireValue,
): WireError {
  const name = textOf(error, "name") ?? "Error";
  const message = textOf(error, "message") ?? "";
  const stack = textOf(error, "stack") ?? `${name}: ${message}`;
  const kind = KINDS.find((kind) => error instanceof kind)?.name ?? "Error";
  const code = fieldOf(error, "code");
  const errors = fieldOf(error, "errors");
  return {
    kind,
    name,
    message,
    stack,
    ...isPrimitive(code) && { code },
    ..."cause" in error && { cause: wireOf(fieldOf(error, "cause")) },
    ...Array.isArray(errors) && { errors: errors.map(wireOf) },
    ...error instanceof TaskError && { task: taskOf(error) },
  };
}

function taskOf({ taskName, stage, taskType, code }: TaskError) {
  return { taskName, stage, taskType, code };
}

function textOf(error: Error, key: string): string | undefined {
  const text = fieldOf(error, key);
  return typeof text === "string" ? text : undefined;
}
