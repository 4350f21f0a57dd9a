import {
  checkFunction,
  checkInterval,
  checkMilliseconds,
  checkOptions,
  isFunction,
  wrong,
} from "../arguments.ts";
import type { InspectorOptions } from "../inspector/options.ts";
import type { Report } from "../report_types.ts";
import {
  checkSignalName,
  type OsSignal,
  signalNamesOf,
} from "../signals/signal_names.ts";
import type { TaskError } from "../task_error.ts";
import type { TaskManager } from "../task_manager.ts";

/** What {@linkcode runMain} asks of a manager. */
export type MainManager = Pick<
  TaskManager,
  "runSettled" | "stop" | "subscribe" | "report" | "state"
>;

/** Where the page is served that shows the manager, and who may look. */
export interface InspectOptions extends InspectorOptions {
  /** The port at 127.0.0.1; 0 for any that is free. */
  port: number;
}

/** What a run has come to. */
export interface MainOutcome {
  /** Every error of a task, in the order in which they happened. */
  errors: TaskError[];
  /** What the manager has done. */
  report: Report;
  /** The OS signal that told it to stop; null if it was something else. */
  signal: OsSignal | null;
}

/** How {@linkcode runMain} runs a manager, and ends the process. */
export interface RunMainOptions {
  /**
   * The OS signals that stop the manager. Those that this system lacks are
   * skipped.
   *
   * @default {["SIGINT", "SIGTERM", "SIGHUP"]}
   */
  signals?: readonly OsSignal[] | undefined;
  /**
   * OS signals that neither stop the manager nor do, as long as it runs, what
   * they would do by default: for those that tasks catch now and then, as
   * `interruptible` does.
   *
   * @default {[]}
   */
  hold?: readonly OsSignal[] | undefined;
  /**
   * For how many milliseconds after the first OS signal more of them count as
   * the same one.
   *
   * @default {300}
   */
  grace?: number | undefined;
  /**
   * What an error does that nobody has caught: with `"stop"` the manager is
   * stopped, drains get their time, and the exit code is 1; `"ignore"` leaves it
   * to the runtime, which ends the process at once.
   *
   * @default {"stop"}
   */
  strayErrors?: "stop" | "ignore" | undefined;
  /**
   * After how many milliseconds of a stop, and again after as many, a line says
   * who is waited for; `false` for never.
   *
   * @default {2_000}
   */
  progress?: number | false | undefined;
  /**
   * Whether the report is printed at the end.
   *
   * @default {false}
   */
  report?: boolean | undefined;
  /**
   * The OS signal on which the report of the moment is printed; `false` for
   * none. One that also stops the manager, or is on hold, prints nothing.
   *
   * @default {"SIGQUIT"}
   */
  reportSignal?: OsSignal | false | undefined;
  /**
   * Chooses the exit code, an integer from 0 to 255. If it throws, or returns
   * anything else, that is printed, and the exit code is 1.
   *
   * @default {0 for a clean run, 1 if tasks failed or an error was stray}
   */
  exitCode?: ((outcome: MainOutcome) => number) | undefined;
  /**
   * How many milliseconds after the run the process may live on.
   *
   * @default {2_000}
   */
  exitAfter?: number | undefined;
  /**
   * Whether the process ends with the run. With `false`, the promise resolves
   * then in place of that.
   *
   * @default {true}
   */
  exit?: boolean | undefined;
  /**
   * The port at which 127.0.0.1 serves a page that shows the manager, as
   * `inspector` of `@goasync/core/inspector` does, or that and more; `false` for
   * none. A line says its address, which holds the token that one needs to look.
   * It is served from before the first task is initialized until the process
   * ends, which neither it nor who looks delays by more than 50 ms. Where it
   * cannot be served, as the port is in use, a line says so, and the program
   * runs all the same. On Deno it needs `--allow-net`; on Node 20.16 or newer.
   *
   * @default {false}
   */
  inspect?: number | InspectOptions | false | undefined;
}

/** The options, checked and complete. */
export interface MainSettings {
  readonly signals: readonly OsSignal[];
  readonly hold: readonly OsSignal[];
  readonly grace: number;
  readonly strayErrors: "stop" | "ignore";
  readonly progress: number | false;
  readonly report: boolean;
  readonly reportSignal: OsSignal | false;
  readonly exitCode: ((outcome: MainOutcome) => number) | undefined;
  readonly exitAfter: number;
  readonly exit: boolean;
  readonly inspect: InspectOptions | false;
}

const ACTION = "run a manager as the process";

/** The settings that options make, if all is right. */
export function settingsOf(options: RunMainOptions): MainSettings {
  checkOptions(ACTION, options);
  const {
    signals = ["SIGINT", "SIGTERM", "SIGHUP"],
    hold = [],
    grace = 300,
    strayErrors = "stop",
    progress = 2_000,
    report = false,
    reportSignal = "SIGQUIT",
    exitCode,
    exitAfter = 2_000,
    exit = true,
    inspect = false,
  } = options;
  const held = isEmpty(hold) ? [] : signalNamesOf(ACTION, hold, "hold");
  const stopping = signalNamesOf(ACTION, signals)
    .filter((name) => !held.includes(name));
  if (reportSignal !== false) {
    checkSignalName(ACTION, reportSignal, "reportSignal");
  }
  const isTaken = reportSignal !== false &&
    [...stopping, ...held].includes(reportSignal);
  checkMilliseconds(ACTION, grace, "grace");
  checkMilliseconds(ACTION, exitAfter, "exitAfter");
  checkInterval(ACTION, progress, "progress");
  checkStrayErrors(strayErrors);
  checkBoolean(report, "report");
  checkBoolean(exit, "exit");
  if (exitCode !== undefined) checkFunction(ACTION, exitCode, "exitCode");
  return {
    signals: stopping,
    hold: held,
    grace,
    strayErrors,
    progress,
    report,
    reportSignal: isTaken ? false : reportSignal,
    exitCode,
    exitAfter,
    exit,
    inspect: inspectionOf(inspect),
  };
}

/** Throws unless something can be run as the process. */
export function checkManager(manager: Partial<MainManager> | null): void {
  const methods = [
    manager?.runSettled,
    manager?.stop,
    manager?.subscribe,
    manager?.report,
  ];
  if (methods.every(isFunction)) return;
  throw wrong(ACTION, "it must be a TaskManager", manager);
}

function isEmpty(names: readonly OsSignal[]): boolean {
  return Array.isArray(names) && names.length === 0;
}

function inspectionOf(
  inspect: number | InspectOptions | false,
): InspectOptions | false {
  if (inspect === false) return false;
  const options = typeof inspect === "number" ? { port: inspect } : inspect;
  checkOptions(ACTION, options, "'inspect' must be a port, an object or false");
  const { port } = options;
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return options;
  const expected = "the port of 'inspect' must be an integer from 0 to 65535";
  throw wrong(ACTION, expected, port, RangeError);
}

function checkStrayErrors(strayErrors: unknown): void {
  if (strayErrors === "stop" || strayErrors === "ignore") return;
  const expected = `'strayErrors' must be "stop" or "ignore"`;
  throw wrong(ACTION, expected, strayErrors);
}

function checkBoolean(value: unknown, key: string): void {
  if (typeof value === "boolean") return;
  throw wrong(ACTION, `'${key}' must be a boolean`, value);
}
