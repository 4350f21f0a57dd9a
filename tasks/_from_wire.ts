import { TaskError } from "../mod.ts";
import type { Wire, WireError, WireValue } from "./_wire_form.ts";

const CLASSES: Readonly<Record<string, new (message: string) => Error>> = {
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

/** Makes anew what has crossed from another thread. */
export function fromWire({ value, errors }: Wire): unknown {
  const made: (Error | undefined)[] = errors.map(() => undefined);
  const valueOf = (wire: WireValue): unknown => {
    if (wire.is === "error") return made[wire.index];
    return wire.is === "value" ? wire.value : wire.text;
  };
  // An error stands before its causes, of which a TaskError tells.
  for (const [index, wire] of [...errors.entries()].reverse()) {
    made[index] = errorOf(wire, valueOf);
  }
  // Now those, too, of which an error was a cause before it was made.
  for (const [index, wire] of errors.entries()) {
    if (!wire.task) link(made[index]!, wire, valueOf);
  }
  return valueOf(value);
}

function errorOf(
  wire: WireError,
  valueOf: (wire: WireValue) => unknown,
): Error {
  const { name, stack, code, task, cause } = wire;
  if (task) return new TaskError({ ...task, cause: cause && valueOf(cause) });
  const error = emptyError(wire);
  if (error.name !== name) define(error, "name", name);
  define(error, "stack", stack);
  if (code !== undefined && wire.kind !== "DOMException") {
    Object.assign(error, { code });
  }
  link(error, wire, valueOf);
  return error;
}

function emptyError({ kind, name, message }: WireError): Error {
  if (kind === "DOMException") return new DOMException(message, name);
  if (kind === "AggregateError") return new AggregateError([], message);
  return new (CLASSES[kind] ?? Error)(message);
}

function link(
  error: Error,
  { cause, errors }: WireError,
  valueOf: (wire: WireValue) => unknown,
): void {
  if (cause) define(error, "cause", valueOf(cause));
  if (errors) define(error, "errors", errors.map(valueOf));
}

/** As errors have their own properties: not listed with what else they have. */
function define(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, {
    value,
    writable: true,
    configurable: true,
  });
}
