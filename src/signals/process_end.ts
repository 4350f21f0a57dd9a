import { actAtEnd, addLastAct } from "./last_acts.ts";
import { endBySignal } from "./os_signals.ts";
import { type ProcessHere, processHere } from "./process_here.ts";
import type { OsSignal } from "./signal_names.ts";

/** Those that end a process which does not catch them, and that people send. */
const ENDING: readonly OsSignal[] = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"];

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
  const unwatch = process.versions?.deno
    ? watchWebEvents(process, act)
    : watchSignals(process);
  return () => {
    process.off("exit", act);
    unwatch();
  };
}

/** Ends the process by an OS signal that nobody else catches. */
function watchSignals(process: ProcessHere): () => void {
  const handlers = ENDING.map((name) => {
    const handle = () => {
      if (process.listenerCount(name) === 1) endBySignal(name);
    };
    process.on(name, handle);
    return { name, handle };
  });
  return () => {
    for (const { name, handle } of handlers) process.off(name, handle);
  };
}

/**
 * Where neither the exit of the runtime itself nor an error that nobody has
 * caught is an exit of the process.
 */
function watchWebEvents(process: ProcessHere, act: () => void): () => void {
  const onError = (event: Event) => {
    globalThis.removeEventListener("error", onError);
    if (!event.defaultPrevented) act();
  };
  // Comes after the event of a rejection that nobody has handled, but before
  // that of an error: whoever is added now hears of it last.
  const onUncaught = (_error: unknown, origin?: unknown) => {
    if (process.listenerCount("uncaughtException") > 0) return;
    if (origin === "unhandledRejection") act();
    else globalThis.addEventListener("error", onError);
  };
  globalThis.addEventListener("unload", act);
  process.on("uncaughtExceptionMonitor", onUncaught);
  return () => {
    globalThis.removeEventListener("unload", act);
    globalThis.removeEventListener("error", onError);
    process.off("uncaughtExceptionMonitor", onUncaught);
  };
}
