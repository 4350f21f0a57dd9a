import { actAtEnd, addLastAct } from "./last_acts.ts";
import { endBySignal } from "./os_signals.ts";
import { type ProcessHere, processHere } from "./process_here.ts";
import type { OsSignal } from "./signal_names.ts";

/** Those that end a process which does not catch them, and that people send. */
const ENDING: readonly OsSignal[] = [
  "SIGHUP",
  "SIGINT",
  "SIGQUIT",
  "SIGTERM",
  "SIGUSR2",
];

/**
 * Does something, at once and in one piece, just before the process ends: by an
 * exit, by an error that nobody has caught, by the second of two key presses, or
 * by an OS signal that nobody catches. What cannot be seen are SIGKILL, a crash,
 * and, where OS signals can be caught in another way than that of Node, one that
 * nobody catches.
 *
 * @returns What takes it back.
 */
export function onProcessEnd(act: () => void): () => void {
  const process = processHere();
  if (!process) return () => {};
  return addLastAct(process, act, () => watchEnd(process));
}

function watchEnd(process: ProcessHere): () => void {
  const act = () => actAtEnd(process);
  const { deno, bun } = process.versions ?? {};
  const unlistens = [
    listen(process, "exit", act),
    ...deno ? listenToWeb(process, act) : listenToSignals(process),
  ];
  if (bun) unlistens.push(listenToUncaught(process, act));
  return () => {
    for (const unlisten of unlistens) unlisten();
  };
}

/**
 * Listens before others, one of which may throw, and so be the last, or listen
 * once, and so be gone.
 */
function listen(
  process: ProcessHere,
  name: string,
  listener: () => void,
): () => void {
  process.prependListener(name, listener);
  return () => process.off(name, listener);
}

/** Ends the process by an OS signal that nobody else catches. */
function listenToSignals(process: ProcessHere): (() => void)[] {
  return ENDING.map((name) => {
    const unlisten = listen(process, name, () => {
      if (process.listenerCount(name) > 1 + countOnlookers(process)) return;
      unlisten();
      if (process.listenerCount(name) > 0) actAtEnd(process);
      else endBySignal(name);
    });
    return unlisten;
  });
}

/**
 * How many listeners of the package signal-exit there are, of which each ends
 * the process if no others listen.
 */
function countOnlookers(process: ProcessHere): number {
  const emitters = [
    Object(globalThis)[Symbol.for("signal-exit emitter")],
    Object(process).__signal_exit_emitter__, // Of its version 3.
  ];
  return emitters.reduce((sum, emitter) => sum + (emitter?.count ?? 0), 0);
}

/** Where an error ends a module that awaits something without an exit. */
function listenToUncaught(process: ProcessHere, act: () => void): () => void {
  return listen(process, "uncaughtExceptionMonitor", () => {
    if (process.listenerCount("uncaughtException") === 0) act();
  });
}

/**
 * Where neither the exit of the runtime itself nor an error that nobody has
 * caught is an exit of the process. Who handles such an error has to listen
 * before the watch begins.
 */
function listenToWeb(process: ProcessHere, act: () => void): (() => void)[] {
  const onError = (event: Event) => {
    const isCaught = event.defaultPrevented ||
      process.listenerCount("uncaughtException") > 0;
    if (!isCaught) act();
  };
  const listeners = {
    unload: act,
    error: onError,
    unhandledrejection: onError,
  };
  return Object.entries(listeners).map(([name, listener]) => {
    globalThis.addEventListener(name, listener);
    return () => globalThis.removeEventListener(name, listener);
  });
}
