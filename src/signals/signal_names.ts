import { wrong } from "../arguments.ts";

/**
 * The name of an OS signal, as Deno and Node spell it, such as `"SIGINT"`.
 *
 * Which of them exist depends on the system: Windows has `"SIGINT"` (Ctrl-C),
 * `"SIGBREAK"` (Ctrl-Break) and `"SIGHUP"` (a closed console). No program can
 * catch `"SIGKILL"` and `"SIGSTOP"`.
 */
export type OsSignal = `SIG${string}`;

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
  if (NAMES.includes(name)) return;
  const expected = `'${key}' must hold names of OS signals, such as "SIGINT"`;
  throw wrong(action, expected, name);
}
