import { isFunction, isObject } from "../arguments.ts";
import { fieldOf } from "../messages.ts";

const LEVELS = ["debug", "info", "warn", "error"] as const;

/** The names of the conventions. */
export const CONVENTIONS: readonly LogConvention[] = [
  "pino",
  "logtape",
  "console",
  "winston",
  "plain",
];

/** How much a line matters. */
export type LogLevel = typeof LEVELS[number];

/** A logger: pino, LogTape, winston, `@std/log`, `console`, or one like these. */
export interface Logger {
  /** Logs what only who looks for something wants to know. */
  debug(first: unknown, second?: unknown): unknown;
  /** Logs what everybody may want to know. */
  info(first: unknown, second?: unknown): unknown;
  /** Logs what somebody should look at some time. */
  warn(first: unknown, second?: unknown): unknown;
  /** Logs what went wrong. */
  error(first: unknown, second?: unknown): unknown;
}

/**
 * How a logger takes a text and the data beside it.
 *
 * - `"pino"`: `info(data, text)`, and an error as `err`; bunyan, too.
 * - `"logtape"`: `info(text, data)`, where a brace in the text is doubled.
 * - `"console"`: `info(text, data)`, where a percent sign is doubled; also for
 *   loggers that format as it does: loglevel, log4js, consola.
 * - `"winston"`: `info({ message: text, ...data })`, as it would take a percent
 *   sign in a text of its own for a placeholder of the data.
 * - `"plain"`: `info(text, data)`: `@std/log`.
 *
 * With the last two the data have the stack of an error, as most of these
 * loggers make JSON of them.
 */
export type LogConvention =
  | "pino"
  | "logtape"
  | "console"
  | "winston"
  | "plain";

/** What is beside the text of a line. */
export interface LogData extends Readonly<Record<string, unknown>> {
  /** What went wrong, if anything did. */
  readonly error?: unknown;
}

/** Whether a value has the methods of a logger. */
export function isLogger(value: unknown): value is Logger {
  return isObject(value) && LEVELS.every((level) => isFunction(value[level]));
}

/** Whether a value is the name of a convention. */
export function isConvention(value: unknown): value is LogConvention {
  return CONVENTIONS.some((name) => name === value);
}

/** The convention of a logger, by what it has that others lack. */
export function conventionOf(logger: object): LogConvention {
  const has = (key: string) => key in logger;
  if (has("bindings") || has("addSerializers")) return "pino";
  if (has("category") && has("getChild")) return "logtape";
  if (has("table") && has("groupEnd")) return "console";
  if (has("transports") && has("exceptions")) return "winston";
  return "plain";
}

/** Writes a line the way a logger takes it. */
export function write(
  logger: Logger,
  convention: LogConvention,
  level: LogLevel,
  text: string,
  data: LogData,
): unknown {
  switch (convention) {
    case "pino":
      return logger[level](withErr(data), text);
    case "logtape":
      return logger[level](text.replaceAll(/[{}]/g, "$&$&"), data);
    case "console":
      return logger[level](text.replaceAll("%", "%%"), data);
    case "winston":
      return logger[level]({ ...withStack(data), message: text });
    case "plain":
      return logger[level](text, withStack(data));
  }
}

function withErr({ error, ...data }: LogData): object {
  return error ? { ...data, err: error } : data;
}

function withStack(data: LogData): object {
  const stack = fieldOf(Object(data.error).cause, "stack");
  return stack === undefined ? data : { ...data, stack };
}
