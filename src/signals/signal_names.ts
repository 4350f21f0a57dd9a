import { wrong } from "../arguments.ts";

/**
 * The name of an OS signal, as Deno and Node spell it, such as `"SIGINT"`.
 *
 * Which of them exist depends on the system: Windows has `"SIGINT"` (Ctrl-C),
 * `"SIGBREAK"` (Ctrl-Break) and `"SIGHUP"` (a closed console). No program can
 * catch `"SIGKILL"` and `"SIGSTOP"`.
 */
export type OsSignal = `SIG${string}`;

/**
 * Every name that Deno or Node knows, on any system, and that can be caught,
 * with its number on Linux, or where it exists.
 */
const NUMBERS: ReadonlyMap<unknown, number> = new Map([
  ["SIGABRT", 6],
  ["SIGALRM", 14],
  ["SIGBREAK", 21],
  ["SIGBUS", 7],
  ["SIGCHLD", 17],
  ["SIGCONT", 18],
  ["SIGEMT", 7],
  ["SIGFPE", 8],
  ["SIGHUP", 1],
  ["SIGILL", 4],
  ["SIGINFO", 29],
  ["SIGINT", 2],
  ["SIGIO", 29],
  ["SIGIOT", 6],
  ["SIGLOST", 29],
  ["SIGPIPE", 13],
  ["SIGPOLL", 29],
  ["SIGPROF", 27],
  ["SIGPWR", 30],
  ["SIGQUIT", 3],
  ["SIGSEGV", 11],
  ["SIGSTKFLT", 16],
  ["SIGSYS", 31],
  ["SIGTERM", 15],
  ["SIGTRAP", 5],
  ["SIGTSTP", 20],
  ["SIGTTIN", 21],
  ["SIGTTOU", 22],
  ["SIGUNUSED", 31],
  ["SIGURG", 23],
  ["SIGUSR1", 10],
  ["SIGUSR2", 12],
  ["SIGVTALRM", 26],
  ["SIGWINCH", 28],
  ["SIGXCPU", 24],
  ["SIGXFSZ", 25],
]);

const UNCATCHABLE: readonly unknown[] = ["SIGKILL", "SIGSTOP"];

/** The names that were given, each once, if all are right. */
export function signalNamesOf(
  action: string,
  signals: readonly OsSignal[],
  key = "signals",
): OsSignal[] {
  if (!Array.isArray(signals) || signals.length === 0) {
    const expected = `'${key}' must be a non-empty array as ["SIGINT"]`;
    throw wrong(action, expected, signals);
  }
  const names = [...new Set(signals)];
  for (const name of names) checkSignalName(action, name, key);
  return names;
}

/** Throws unless a value is the name of an OS signal that can be caught. */
export function checkSignalName(
  action: string,
  name: unknown,
  key: string,
): void {
  if (UNCATCHABLE.includes(name)) {
    throw new TypeError(
      `Cannot ${action} on ${name} as no program can catch it: use another signal, such as "SIGTERM"`,
    );
  }
  if (NUMBERS.has(name)) return;
  const expected = `'${key}' must hold names of OS signals, such as "SIGINT"`;
  throw wrong(action, expected, name);
}

/** The exit code by which shells know the end by an OS signal. */
export function exitCodeOf(name: OsSignal): number {
  return 128 + NUMBERS.get(name)!;
}
