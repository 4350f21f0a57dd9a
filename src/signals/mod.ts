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

import { checkFunction, checkOptions, checkSignal } from "../arguments.ts";
import {
  catchSignals,
  type OsSignal,
  receivedError,
  signalNamesOf,
} from "./os_signals.ts";

export type { OsSignal };

const ACTION = "create a shutdown signal";

/** Which OS signals abort a {@linkcode ShutdownSignal}, and until when. */
export interface ShutdownSignalOptions {
  /**
   * The OS signals to wait for. Those that this system lacks are skipped.
   *
   * @default {["SIGINT", "SIGTERM"]}
   */
  signals?: readonly OsSignal[] | undefined;
  /**
   * Ends the wait when it aborts, as disposing does.
   *
   * @default {none}
   */
  until?: AbortSignal | undefined;
}

/** An AbortSignal that an OS signal aborts, until it is disposed. */
export interface ShutdownSignal extends AbortSignal {
  /**
   * Ends the wait: from now on OS signals do what they did before, and this
   * signal never aborts. After it has aborted, and a second time, this does
   * nothing.
   */
  [Symbol.dispose](): void;
}

/**
 * Makes an AbortSignal that aborts on the first of some OS signals, with an
 * `AbortError` whose `cause` is the name of the OS signal.
 *
 * Only the first is caught: from then on every handler is gone, so that a
 * second Ctrl-C ends a process that does not stop as if there had never been
 * one. The same goes once the signal is disposed or `until` aborts; then it
 * never aborts.
 *
 * Waiting does not keep a process alive. On a runtime without OS signals, as
 * browsers are, the signal never aborts.
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
 * @param options Which OS signals, and until when.
 * @returns An AbortSignal that is also `Disposable`.
 * @throws {TypeError} If `signals` is not a non-empty array of names of OS
 * signals, or holds `"SIGKILL"` or `"SIGSTOP"`, which no program can catch, or
 * `until` is not an AbortSignal.
 */
export function shutdownSignal(
  options: ShutdownSignalOptions = {},
): ShutdownSignal {
  checkOptions(
    ACTION,
    options,
    'the options must be an object as { signals: ["SIGINT"] }',
  );
  const { signals = ["SIGINT", "SIGTERM"], until } = options;
  const names = signalNamesOf(ACTION, signals);
  if (until !== undefined) checkSignal(ACTION, until, "until");
  const controller = new AbortController();
  const dispose = wait(names, until, (name) => {
    controller.abort(receivedError(name));
  });
  return Object.assign(controller.signal, { [Symbol.dispose]: dispose });
}

/** Calls back once, on the first signal, unless the wait is ended before. */
function wait(
  names: readonly OsSignal[],
  until: AbortSignal | undefined,
  callback: (name: OsSignal) => void,
): () => void {
  if (until?.aborted) return () => {};
  const unsubscribe = catchSignals(names, (name) => {
    end();
    callback(name);
  });
  const end = () => {
    unsubscribe();
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
