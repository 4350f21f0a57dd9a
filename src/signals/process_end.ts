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
  // Before those of others, which may throw and so be the last.
  process.prependListener("exit", act);
  const { deno, bun } = process.versions ?? {};
  const unwatches = [() => process.off("exit", act)];
  unwatches.push(deno ? watchWebEvents(process, act) : watchSignals(process));
  if (bun) unwatches.push(watchUncaught(process, act));
  return () => {
    for (const unwatch of unwatches) unwatch();
  };
}

/** Ends the process by an OS signal that nobody else catches. */
function watchSignals(process: ProcessHere): () => void {
  const handlers = ENDING.map((name) => {
    const handle = () => {
      if (process.listenerCount(name) === 1) endBySignal(name);
    };
    // Before those of others, one of which may listen once, and be gone then.
    process.prependListener(name, handle);
    return { name, handle };
  });
  return () => {
    for (const { name, handle } of handlers) process.off(name, handle);
  };
}

/** Where an error ends a module that awaits something without an exit. */
function watchUncaught(process: ProcessHere, act: () => void): () => void {
  const name = "uncaughtExceptionMonitor";
  const onUncaught = () => {
    if (process.listenerCount("uncaughtException") === 0) act();
  };
  process.on(name, onUncaught);
  return () => process.off(name, onUncaught);
}

/**
 * Where neither the exit of the runtime itself nor an error that nobody has
 * caught is an exit of the process. Who handles such an error has to listen
 * before the watch begins.
 */
function watchWebEvents(process: ProcessHere, act: () => void): () => void {
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
  for (const [name, listener] of Object.entries(listeners)) {
    globalThis.addEventListener(name, listener);
  }
  return () => {
    for (const [name, listener] of Object.entries(listeners)) {
      globalThis.removeEventListener(name, listener);
    }
  };
}
