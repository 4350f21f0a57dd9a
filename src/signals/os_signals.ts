import { abortError } from "../abort_errors.ts";
import { wrong } from "../arguments.ts";

/** Every name that Deno or Node knows, on any system, and that can be caught. */
const NAMES: readonly unknown[] = [
  "SIGABRT",
  "SIGALRM",
  "SIGBREAK",
  "SIGBUS",
  "SIGCHLD",
  "SIGCONT",
  "SIGEMT",
  "SIGFPE",
  "SIGHUP",
  "SIGILL",
  "SIGINFO",
  "SIGINT",
  "SIGIO",
  "SIGIOT",
  "SIGLOST",
  "SIGPIPE",
  "SIGPOLL",
  "SIGPROF",
  "SIGPWR",
  "SIGQUIT",
  "SIGSEGV",
  "SIGSTKFLT",
  "SIGSYS",
  "SIGTERM",
  "SIGTRAP",
  "SIGTSTP",
  "SIGTTIN",
  "SIGTTOU",
  "SIGUNUSED",
  "SIGURG",
  "SIGUSR1",
  "SIGUSR2",
  "SIGVTALRM",
  "SIGWINCH",
  "SIGXCPU",
  "SIGXFSZ",
];

const UNCATCHABLE: readonly unknown[] = ["SIGKILL", "SIGSTOP"];

/**
 * The name of an OS signal, as Deno and Node spell it, such as `"SIGINT"`.
 *
 * Which of them exist depends on the system: Windows has `"SIGINT"` (Ctrl-C),
 * `"SIGBREAK"` (Ctrl-Break) and `"SIGHUP"` (a closed console). No program can
 * catch `"SIGKILL"` and `"SIGSTOP"`.
 */
export type OsSignal = `SIG${string}`;

/** What Deno, Node and Bun have in common. */
interface Process {
  on(name: string, handler: () => void): unknown;
  off(name: string, handler: () => void): unknown;
}

/** The names that were given, each once, if all are right. */
export function signalNamesOf(
  action: string,
  signals: readonly OsSignal[],
): OsSignal[] {
  if (!Array.isArray(signals) || signals.length === 0) {
    const expected = `'signals' must be a non-empty array as ["SIGINT"]`;
    throw wrong(action, expected, signals);
  }
  const names = [...new Set(signals)];
  for (const name of names) checkName(action, name);
  return names;
}

function checkName(action: string, name: unknown): void {
  if (UNCATCHABLE.includes(name)) {
    throw new TypeError(
      `Cannot ${action} on ${name} as no program can catch it: use another signal, such as "SIGTERM"`,
    );
  }
  if (NAMES.includes(name)) return;
  const expected = `'signals' must hold names of OS signals, such as "SIGINT"`;
  throw wrong(action, expected, name);
}

/**
 * Calls a listener with the name of each OS signal that arrives. Names that
 * this system lacks never do, and nothing does on a runtime without OS signals.
 *
 * @returns A function that takes this subscription back, and no other.
 */
export function catchSignals(
  names: readonly OsSignal[],
  listener: (name: OsSignal) => void,
): () => void {
  const { process } = globalThis as { process?: Partial<Process> };
  if (!isProcess(process)) return () => {};
  const handlers = names.map((name) => ({ name, on: () => listener(name) }));
  for (const { name, on } of handlers) {
    try {
      process.on(name, on);
    } catch {
      // This system lacks the signal.
    }
  }
  return () => {
    for (const { name, on } of handlers) process.off(name, on);
  };
}

function isProcess(process?: Partial<Process>): process is Process {
  return typeof process?.on === "function" && typeof process.off === "function";
}

/** The reason of what an OS signal aborts: an AbortError, whose cause names it. */
export function receivedError(name: OsSignal): DOMException {
  const error = abortError(`Received ${name}`);
  Object.defineProperty(error, "cause", { value: name });
  return error;
}
