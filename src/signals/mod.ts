/**
 * Ctrl-C and its like as an AbortSignal, on Deno, Node and Bun.
 *
 * @example Run until Ctrl-C
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { shutdownSignal } from "@goasync/core/signals";
 *
 * const manager = new TaskManager();
 * manager.addTask("server", { cleanup: () => console.log("closed") });
 * manager.addExecuteTask("enough", () => void manager.stop(), { type: "error" });
 *
 * using signal = shutdownSignal();
 * await manager.run({ signal });
 * ```
 *
 * @module
 */

import {
  checkFunction,
  checkMilliseconds,
  checkOptions,
  checkSignal,
} from "../arguments.ts";
import { catchKeyPresses } from "./key_presses.ts";
import { catchSignals, endBySignal, receivedError } from "./os_signals.ts";
import { type OsSignal, signalNamesOf } from "./signal_names.ts";

export type { OsSignal };

const ACTION = "create a shutdown signal";

/** Which OS signals abort a {@linkcode ShutdownSignal}, and how. */
export interface ShutdownSignalOptions {
  /**
   * The OS signals to wait for. Those that this system lacks are skipped.
   *
   * @default {["SIGINT", "SIGTERM"]}
   */
  signals?: readonly OsSignal[] | undefined;
  /**
   * Ends it when it aborts, as disposing does.
   *
   * @default {none}
   */
  until?: AbortSignal | undefined;
  /**
   * For how many milliseconds after the first OS signal more of them count as
   * the same one: a finite number that is not negative. Longer than it takes
   * all that stand between a key and the program to pass the signal on, and
   * shorter than it takes a person to press the key again.
   *
   * @default {300}
   */
  grace?: number | undefined;
}

/** An AbortSignal that an OS signal aborts, until it is disposed. */
export interface ShutdownSignal extends AbortSignal {
  /**
   * Lets go of the OS signals: from now on they do what they did before, and
   * this signal never aborts, if it has not yet. A second time it does nothing.
   */
  [Symbol.dispose](): void;
}

/**
 * Makes an AbortSignal that aborts on the first of some OS signals, with an
 * `AbortError` whose `cause` is the name of the OS signal.
 *
 * One key press reaches a program several times, as shells, package managers,
 * watchers and process runners each pass it on. So for the `grace` after the
 * first OS signal, more of them change nothing. The next one after that ends
 * the process at once, by that signal, whoever else catches it, so that a
 * program that hangs can be ended. Where the system withholds the action of a
 * signal, as it does from the first process of a container, or the runtime does
 * not permit it, the exit code is 128 + the number of the signal.
 *
 * Hold it with `using`, or give it an `until`: it catches OS signals until it is
 * disposed or `until` aborts, also when what it has stopped is long over. Then
 * every handler is gone, and what has not aborted never does.
 *
 * It does not keep a process alive. On a runtime without OS signals, as browsers
 * are, the signal never aborts.
 *
 * @example Which one it was
 * ```ts
 * import { shutdownSignal } from "@goasync/core/signals";
 * import { assertEquals } from "@std/assert";
 * import process from "node:process";
 *
 * using signal = shutdownSignal({ signals: ["SIGINT", "SIGHUP"] });
 * process.emit("SIGHUP"); // as `kill -HUP` does
 *
 * assertEquals(signal.reason.name, "AbortError");
 * assertEquals(signal.reason.cause, "SIGHUP");
 * ```
 *
 * @example Only as long as something else lasts
 * ```ts
 * import { shutdownSignal } from "@goasync/core/signals";
 * import { assertEquals } from "@std/assert";
 *
 * const over = new AbortController();
 * const signal = shutdownSignal({ until: over.signal });
 * over.abort();
 * assertEquals(signal.aborted, false);
 * ```
 *
 * @param options Which OS signals, until when, and what is a second one.
 * @returns An AbortSignal that is also `Disposable`.
 * @throws {TypeError} If `signals` is not a non-empty array of names of OS
 * signals, or holds `"SIGKILL"` or `"SIGSTOP"`, which no program can catch, or
 * `until` is not an AbortSignal.
 * @throws {RangeError} If `grace` is not a finite number that is not negative.
 */
export function shutdownSignal(
  options: ShutdownSignalOptions = {},
): ShutdownSignal {
  checkOptions(
    ACTION,
    options,
    'the options must be an object as { signals: ["SIGINT"] }',
  );
  const { signals = ["SIGINT", "SIGTERM"], until, grace = 300 } = options;
  const names = signalNamesOf(ACTION, signals);
  if (until !== undefined) checkSignal(ACTION, until, "until");
  checkMilliseconds(ACTION, grace, "grace");
  const controller = new AbortController();
  const start = () =>
    catchKeyPresses(names, grace, {
      first: (name) => controller.abort(receivedError(name)),
      next: endBySignal,
    }).end;
  const dispose = until?.aborted ? () => {} : catchUntil(until, start);
  return Object.assign(controller.signal, { [Symbol.dispose]: dispose });
}

/** Catches something until a signal aborts, or what this returns is called. */
function catchUntil(
  until: AbortSignal | undefined,
  start: () => () => void,
): () => void {
  const stop = start();
  const end = () => {
    stop();
    until?.removeEventListener("abort", end);
  };
  until?.addEventListener("abort", end);
  return end;
}

/**
 * Calls back with the name of each of some OS signals that arrives, until it is
 * unsubscribed, for those who do more than stop on one. Meanwhile these OS
 * signals do not end the process. Names that this system lacks never arrive, and
 * nothing does on a runtime without OS signals. It does not keep a process alive.
 *
 * @example Reload on SIGHUP
 * ```ts
 * import { onSignals } from "@goasync/core/signals";
 * import { assertEquals } from "@std/assert";
 * import process from "node:process";
 *
 * const log: string[] = [];
 * const unsubscribe = onSignals(["SIGHUP"], (name) => log.push(name));
 * process.emit("SIGHUP"); // as `kill -HUP` does
 * unsubscribe();
 * assertEquals(log, ["SIGHUP"]);
 * ```
 *
 * @param names The OS signals.
 * @param callback Is called with the name of the one that arrived.
 * @returns What ends this subscription, and no other.
 * @throws {TypeError} If the names are not a non-empty array of names of OS
 * signals, or hold `"SIGKILL"` or `"SIGSTOP"`, which no program can catch, or
 * the callback is no function.
 */
export function onSignals(
  names: readonly OsSignal[],
  callback: (name: OsSignal) => void,
): () => void {
  const action = "subscribe to OS signals";
  checkFunction(action, callback, "callback");
  return catchSignals(signalNamesOf(action, names), callback);
}
