import { abortError } from "../abort_errors.ts";
import { type ProcessHere, processHere } from "./process_here.ts";
import { exitCodeOf } from "./exit_codes.ts";
import { actAtEnd } from "./last_acts.ts";
import type { OsSignal } from "./signal_names.ts";

/** How long the process may take to end by a signal that it sends itself. */
const MS_TO_END = 100;

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
  const process = processHere();
  if (!process) return () => {};
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

/**
 * Ends the process at once, by an OS signal, whoever else catches it; by the
 * exit code that stands for it where the system withholds its action, as it does
 * from the first process of a container, or the runtime does not permit it.
 */
export function endBySignal(name: OsSignal): void {
  const process = processHere();
  if (!process) return;
  actAtEnd(process);
  const exit = () => exitAtOnce(process, exitCodeOf(name));
  const { pid } = process;
  if (pid === undefined || pid === 1) return exit();
  try {
    process.removeAllListeners(name);
    process.kill(pid, name);
  } catch {
    return exit();
  }
  setTimeout(exit, MS_TO_END); // Not every runtime ends within the call.
}

/** Whoever listens to the exit and throws: the next one calls no listener. */
function exitAtOnce(process: ProcessHere, code: number): void {
  try {
    process.exit(code);
  } catch {
    process.exit(code);
  }
}

/** The reason of what an OS signal aborts: an AbortError, whose cause names it. */
export function receivedError(name: OsSignal): DOMException {
  const error = abortError(`Received ${name}`);
  Object.defineProperty(error, "cause", { value: name });
  return error;
}
