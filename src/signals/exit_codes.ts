import type { OsSignal } from "./signal_names.ts";

/** Of every OS signal that can be caught, on Linux, or else where it exists. */
const NUMBERS: Readonly<Record<OsSignal, number>> = {
  SIGABRT: 6,
  SIGALRM: 14,
  SIGBREAK: 21,
  SIGBUS: 7,
  SIGCHLD: 17,
  SIGCONT: 18,
  SIGEMT: 7,
  SIGFPE: 8,
  SIGHUP: 1,
  SIGILL: 4,
  SIGINFO: 29,
  SIGINT: 2,
  SIGIO: 29,
  SIGIOT: 6,
  SIGLOST: 29,
  SIGPIPE: 13,
  SIGPOLL: 29,
  SIGPROF: 27,
  SIGPWR: 30,
  SIGQUIT: 3,
  SIGSEGV: 11,
  SIGSTKFLT: 16,
  SIGSYS: 31,
  SIGTERM: 15,
  SIGTRAP: 5,
  SIGTSTP: 20,
  SIGTTIN: 21,
  SIGTTOU: 22,
  SIGUNUSED: 31,
  SIGURG: 23,
  SIGUSR1: 10,
  SIGUSR2: 12,
  SIGVTALRM: 26,
  SIGWINCH: 28,
  SIGXCPU: 24,
  SIGXFSZ: 25,
};

/** The exit code by which shells know the end by an OS signal. */
export function exitCodeOf(name: OsSignal): number {
  return 128 + NUMBERS[name]!;
}
