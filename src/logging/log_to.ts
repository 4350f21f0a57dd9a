import {
  checkInterval,
  checkMilliseconds,
  checkOptions,
  isFunction,
  wrong,
} from "../arguments.ts";
import type { ManagerEvent } from "../events.ts";
import type { ObservedManager } from "../manager_types.ts";
import { escapeControls } from "../messages.ts";
import { isThenable, nothing, whenSettled } from "../promises.ts";
import type { ManagerState } from "../states.ts";
import { LONGEST_TIMEOUT } from "../timers.ts";
import { Crowd } from "./crowd.ts";
import { type Line, Lines } from "./line.ts";
import {
  conventionOf,
  CONVENTIONS,
  isConvention,
  isLogger,
  type LogConvention,
  type Logger,
  write,
} from "./logger.ts";
import { isRule, Redactor, type RedactRule } from "./redact.ts";
import { StillWaiting } from "./still_waiting.ts";

/** How {@linkcode logTo} writes. */
export interface LogToOptions {
  /**
   * How the logger takes a text and the data beside it.
   *
   * @default {what the methods of the logger look like}
   */
  convention?: LogConvention | undefined;
  /**
   * After how many milliseconds of a stop, and then again and again, a line
   * says who is still waited for; `false` for never.
   *
   * @default {2_000}
   */
  progress?: number | false | undefined;
  /**
   * For how many milliseconds execute tasks have at most ten lines. Where more
   * come, one line at the end of that time says how many.
   *
   * @default {10_000}
   */
  summary?: number | undefined;
  /**
   * What nobody must read. A string is the name of a field, in upper or lower
   * case: its value is left out wherever it is in the data, in errors, too. Of
   * any text, that of the line included, what a regular expression matches is
   * left out. Then the data are copies, made plain, without what throws as it is
   * read.
   *
   * @default {[]}
   */
  redact?: readonly RedactRule[] | undefined;
}

const ACTION = "log what a TaskManager does";

/**
 * Logs what a manager does, and the managers within it, as it happens: a line
 * an event, in words, and its data beside it, the way the logger has them.
 *
 * - `error`: a task that failed or was left behind, once for each error, which
 *   is in the data with its stack.
 * - `warn`: a drain that was cut short, a task that is restarted, who is still
 *   waited for while a stop lasts, and the end of a run in which tasks failed.
 * - `info`: notes, being told to stop and why, the end of a clean run.
 * - `debug`: stages that begin and end well, and the manager's states. Whoever
 *   stops when it is told to is never a warning nor an error.
 *
 * Execute tasks that come by the thousands have a line each no longer, but one
 * now and then that says how many; then they cost next to nothing.
 *
 * What the logger throws or rejects with is ignored.
 *
 * @example To the console
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { logTo } from "@goasync/core/logging";
 *
 * const manager = new TaskManager();
 * logTo(manager, console);
 * manager.addTask("api", {
 *   initialize: ({ note }) => note("listening at http://127.0.0.1:8000"),
 * });
 * manager.addExecuteTask("enough", () => void manager.stop(), { type: "error" });
 * await manager.run();
 * ```
 *
 * @example The lines
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { logTo } from "@goasync/core/logging";
 * import { assertEquals } from "@std/assert";
 *
 * const lines: unknown[] = [];
 * const info = (text: unknown) => lines.push(text);
 * const logger = { debug() {}, info, warn: info, error: info };
 *
 * const manager = new TaskManager();
 * const unsubscribe = logTo(manager, logger, { redact: [/\/\/\w+:\w+@/] });
 * manager.addTask("database", {
 *   initialize: ({ note }) => note("connected to postgres://me:secret@db"),
 * });
 * manager.addExecuteTask("enough", () => unsubscribe(), { type: "error" });
 * const run = manager.run();
 * await manager.stop();
 * await run;
 * assertEquals(lines.slice(0, 1), ["told to stop: The manager was stopped"]);
 * ```
 *
 * @param manager The manager. Of one that runs already, what happens from now on
 * is logged.
 * @param logger Where it is logged.
 * @param options How it is logged.
 * @returns What ends it. It ends by itself when the run is over.
 * @throws {TypeError} If the manager or the logger lacks a method, the options
 * are no object, `convention` is unknown, or `redact` is not an array of strings
 * and regular expressions.
 * @throws {RangeError} If `progress` or `summary` is no finite number, or a
 * negative one, or `progress` is 0.
 */
export function logTo(
  manager: ObservedManager,
  logger: Logger,
  options: LogToOptions = {},
): () => void {
  check(manager, logger, options);
  const { progress = 2_000, summary = 10_000, redact = [] } = options;
  const interval = progress === false ? false : atMost(progress);
  const { convention = conventionOf(logger) } = options;
  const redactor = redact.length > 0 ? new Redactor(redact) : undefined;
  const writeLine = (line: Line) => {
    safely(() => {
      const { level, text, data } = redactor?.line(line) ?? line;
      return write(logger, convention, level, escapeControls(text), data);
    });
  };
  const lines = new Lines();
  const crowd = new Crowd(atMost(summary), writeLine);
  const stillWaiting = new StillWaiting(manager, interval, writeLine);
  const unsubscribe = manager.subscribe((event) => {
    if (isState(event, "finished") && manager.state === "finished") crowd.end();
    const line = lines.of(event);
    if (!crowd.leavesOut(event)) writeLine(line);
    stillWaiting.look();
  }, crowd.options);
  return () => {
    unsubscribe();
    crowd.end();
    stillWaiting.end();
  };
}

/** No more than a timer can wait for. */
function atMost(ms: number): number {
  return Math.min(ms, LONGEST_TIMEOUT);
}

function isState(event: ManagerEvent, state: ManagerState): boolean {
  return event.type === "state" && event.state === state;
}

/** A logger that fails must not change what it only tells of. */
function safely(log: () => unknown): void {
  try {
    const returned = log();
    if (isThenable(returned)) whenSettled(returned, nothing, nothing);
  } catch {
    // There is nobody who could be told.
  }
}

function check(
  manager: ObservedManager,
  logger: Logger,
  options: LogToOptions,
): void {
  const { subscribe, report } = Object(manager);
  if (!isFunction(subscribe) || !isFunction(report)) {
    throw wrong(ACTION, "it must be given a TaskManager", manager);
  }
  if (!isLogger(logger)) {
    const expected =
      "the logger must have the methods debug, info, warn and error";
    throw wrong(ACTION, expected, logger);
  }
  checkOptions(ACTION, options);
  const { convention, progress, summary, redact } = options;
  if (convention !== undefined && !isConvention(convention)) {
    const expected = `'convention' must be "${CONVENTIONS.join('" or "')}"`;
    throw wrong(ACTION, expected, convention);
  }
  if (progress !== undefined) checkInterval(ACTION, progress, "progress");
  if (summary !== undefined) checkMilliseconds(ACTION, summary, "summary");
  if (redact === undefined || Array.isArray(redact) && redact.every(isRule)) {
    return;
  }
  const expected = "'redact' must be an array of strings and RegExps";
  throw wrong(ACTION, expected, redact);
}
