import { isFunction, isObject } from "../arguments.ts";
import type { Line } from "./line.ts";
import type { LogData } from "./logger.ts";

/** What stands for what is not to be read. */
const REDACTED = "[redacted]";

/** What stands for what throws when it is read. */
const UNREADABLE = "[unreadable]";

/** What is left out of lines: fields by name, and texts by pattern. */
export type RedactRule = string | RegExp;

/** Leaves out of lines what must not be read. */
export class Redactor {
  readonly #fields: ReadonlySet<string>;
  readonly #patterns: readonly RegExp[];

  constructor(rules: readonly RedactRule[]) {
    this.#fields = new Set(
      rules.flatMap((rule) => typeof rule === "string" ? lower(rule) : []),
    );
    this.#patterns = rules.flatMap((rule) =>
      typeof rule === "string" ? [] : globalOf(rule)
    );
  }

  /** A copy of a line that can be read by everybody. */
  line({ level, text, data }: Line): Line {
    return { level, text: this.#text(text), data: this.#fieldsOf(data, []) };
  }

  #text(text: string): string {
    return this.#patterns.reduce(
      (text, pattern) => text.replaceAll(pattern, REDACTED),
      text,
    );
  }

  /** The value that is read; that of getters, proxies and `toJSON` may throw. */
  #read(read: () => unknown, within: readonly object[]): unknown {
    try {
      return this.#value(read(), within);
    } catch {
      return UNREADABLE;
    }
  }

  #value(value: unknown, within: readonly object[]): unknown {
    if (typeof value === "string") return this.#text(value);
    if (!isObject(value) || value instanceof Date) return value;
    if (within.includes(value)) return "[circular]";
    const around = [...within, value];
    if (value instanceof Error) return this.#error(value, around);
    if (value instanceof Map) {
      return this.#fieldsOf(Object.fromEntries(value), around);
    }
    const { toJSON } = value;
    if (isFunction(toJSON)) return this.#read(() => toJSON.call(value), around);
    return Array.isArray(value) || value instanceof Set
      ? [...value].map((each) => this.#value(each, around))
      : this.#fieldsOf(value, around);
  }

  #fieldsOf(fields: object, around: readonly object[]): LogData {
    return Object.fromEntries(
      Object.keys(fields).map((key) => [
        key,
        this.#fields.has(lower(key))
          ? REDACTED
          : this.#read(() => Reflect.get(fields, key), around),
      ]),
    );
  }

  /** An error that says the same, but for what is redacted. */
  #error(error: Error, around: readonly object[]): Error {
    const { name, message, stack = "", constructor } = error;
    const { cause, errors, toJSON } = Object(error);
    const copy = Object.assign(new Error(), this.#fieldsOf(error, around));
    // Some loggers have the type of an error from its constructor.
    const hidden: Record<string, unknown> = { constructor };
    if (isFunction(toJSON)) {
      const shown = this.#read(() => toJSON.call(error), around);
      hidden.toJSON = () => shown;
    }
    const fields: Record<string, unknown> = { name, message, stack };
    if (cause !== undefined) fields.cause = cause;
    if (errors !== undefined) fields.errors = errors;
    Object.assign(hidden, this.#fieldsOf(fields, around));
    for (const [key, value] of Object.entries(hidden)) {
      Object.defineProperty(copy, key, { value });
    }
    return copy;
  }
}

function lower(name: string): string {
  return name.toLowerCase();
}

function globalOf({ source, flags }: RegExp): RegExp {
  return new RegExp(source, flags.includes("g") ? flags : `${flags}g`);
}

/** Whether a value can be a rule. */
export function isRule(value: unknown): value is RedactRule {
  return typeof value === "string" || value instanceof RegExp;
}
