import {
  checkFunction,
  checkMilliseconds,
  checkOptions,
  isFunction,
  isObject,
  isOptions,
  wrong,
} from "../src/arguments.ts";
import { nothing } from "../src/promises.ts";
import { type ProcessHere, processHere } from "../src/signals/process_here.ts";
import { checkSignalName, type OsSignal } from "../src/signals/signal_names.ts";
import type { ChildInput } from "./_child_input.ts";
import type { ChildProcessOptions, Ready } from "./_child_options.ts";
import type { OnLine } from "./_child_output.ts";
import { checkChoice } from "./_choice.ts";

/** The options of a child as they are meant. */
export interface ChildSettings {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>> | undefined;
  readonly cwd: string | URL | undefined;
  readonly ready: RegExp | Ready | undefined;
  readonly stopSignal: OsSignal;
  readonly drains: boolean;
  readonly grace: number;
  readonly hasGroup: boolean;
  readonly onLine: OnLine | undefined;
  readonly input: ChildInput | undefined;
}

/** The options as they are meant, if they are right. */
export function childSettingsOf(
  command: string,
  options: ChildProcessOptions,
): ChildSettings {
  const { platform } = processOf();
  checkCommand(command);
  const action = `make a task of "${command}"`;
  checkOptions(action, options);
  const { args = [], env, cwd, ready, onLine, input } = options;
  const { stopSignal = "SIGTERM", stopOn = "signal", grace = 5_000 } = options;
  const { ownGroup = true } = options;
  if (!Array.isArray(args)) {
    throw wrong(action, "'args' must be an array of strings", args);
  }
  args.forEach((arg, at) => checkString(action, arg, `args[${at}]`));
  checkEnvironment(action, env);
  checkOne(action, cwd, "cwd", "a string or a URL", isPath);
  checkOne(action, ready, "ready", "a RegExp or a function", isReady);
  if (stopSignal !== "SIGKILL") {
    checkSignalName(action, stopSignal, "stopSignal");
  }
  checkChoice(action, stopOn, "stopOn", ["signal", "draining"]);
  checkMilliseconds(action, grace, "grace");
  checkOne(action, ownGroup, "ownGroup", "true or false", isBoolean);
  if (onLine !== undefined) checkFunction(action, onLine, "onLine");
  checkOne(action, input, "input", "a text, bytes or an iterable", isInput);
  return {
    command,
    args: [...args],
    env: env && { ...env },
    cwd,
    ready,
    stopSignal,
    drains: stopOn === "draining",
    grace,
    hasGroup: ownGroup && platform !== "win32",
    onLine: onLine ?? (ready instanceof RegExp ? print : undefined),
    input,
  };
}

function checkCommand(command: string): void {
  if (command && typeof command === "string") return;
  const action = "make a task of a child process";
  throw wrong(action, "the command must be a non-empty string", command);
}

function checkString(action: string, value: unknown, key: string): void {
  if (typeof value === "string") return;
  throw wrong(action, `'${key}' must be a string`, value);
}

function checkEnvironment(action: string, env: unknown = {}): void {
  if (!isOptions(env)) throw wrong(action, "'env' must be an object", env);
  for (const [key, value] of Object.entries(Object(env))) {
    if (value !== undefined) checkString(action, value, `env.${key}`);
  }
}

/** Throws unless a value is left out, or right. */
function checkOne(
  action: string,
  value: unknown,
  key: string,
  expected: string,
  isRight: (value: unknown) => boolean,
): void {
  if (value === undefined || isRight(value)) return;
  throw wrong(action, `'${key}' must be ${expected}`, value);
}

function isPath(value: unknown): boolean {
  return typeof value === "string" || value instanceof URL;
}

function isReady(value: unknown): boolean {
  return value instanceof RegExp || isFunction(value);
}

function isBoolean(value: unknown): boolean {
  return typeof value === "boolean";
}

function isInput(value: unknown): boolean {
  if (typeof value === "string") return true;
  return isObject(value) &&
    (isFunction(value[Symbol.iterator]) ||
      isFunction(value[Symbol.asyncIterator]));
}

/** Prints what a child has printed. */
const print: OnLine = (line, from) => {
  processHere()?.[from]?.write(`${line}\n`, nothing);
};

/** The process, without which there is no child. */
function processOf(): ProcessHere {
  const process = processHere();
  if (process) return process;
  throw new TypeError(
    "Cannot make a task of a child process as this runtime has none: run it on one with node:child_process",
  );
}
