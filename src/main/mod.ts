/**
 * A manager as the process: the last line of a program, on Deno, Node and Bun.
 *
 * @example A program
 * ```ts ignore
 * import { TaskManager } from "@goasync/core";
 * import { runMain } from "@goasync/core/main";
 *
 * const manager = new TaskManager({ shutdownTimeout: 20_000 });
 * manager.addTask("server", { cleanup: () => console.log("closed") });
 * await runMain(manager);
 * ```
 *
 * @module
 */

import { MainRun } from "./main_run.ts";
import {
  checkManager,
  type InspectOptions,
  type MainManager,
  type MainOutcome,
  type RunMainOptions,
  settingsOf,
} from "./options.ts";

export type { OsSignal } from "../signals/signal_names.ts";
export type { InspectOptions, MainManager, MainOutcome, RunMainOptions };

/**
 * Runs a manager as the process, and ends the process when the run is over.
 *
 * - The first OS signal (Ctrl-C, `SIGTERM`, a closed terminal) stops the
 *   manager. For the `grace` after it, more of them count as the same. The next
 *   one ends the process at once, by that signal, after a line that says who was
 *   still waited for; by exit code 128 + its number in the first process of a
 *   container.
 * - An error that nobody has caught, in a timer or in a promise that nobody
 *   awaits, is printed, recorded, and stops the manager, too. Once the run is
 *   over, it ends the process.
 * - While a stop lasts, a line every 2 seconds says who is waited for.
 * - At the end each error of a task is printed, and the exit code is 0 for a
 *   clean run, unless `process.exitCode` was set, and 1 otherwise.
 * - What keeps the process alive for 2 seconds after the run is named, and the
 *   process exits.
 * - `SIGQUIT` (`Ctrl-\`) prints the report of the moment, and stops nothing.
 * - With `{ inspect: 9230 }` a page shows the manager while it lives, at the
 *   address that is printed first.
 *
 * All of it is printed on standard error, by `console.error`. Without a
 * `shutdownTimeout` or other limits of the manager, a stop lasts as long as the
 * tasks do. OS signals are caught from this call on; a program that prepares for
 * long before is ended by them as any other. On Deno it needs no permission.
 *
 * When the process exits of its own accord, its output is flushed for at most
 * half a second. On Deno and Bun, whose module waits for this promise, nothing
 * tells what else keeps the process alive but timers and sockets of `node:net`
 * on Deno: there it exits without delay if it knows of nothing.
 *
 * Once the terminal is closed, what cannot be written to it any more is no stray
 * error. But on Deno, where `console.log` throws then, a cleanup that prints
 * fails: print by a logger that does not throw, or by `console.error` in a `try`.
 *
 * On a runtime without a process, as browsers are, it only runs the manager and
 * resolves.
 *
 * @example In place of the end of the process
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { runMain } from "@goasync/core/main";
 * import { assertEquals } from "@std/assert";
 * import process from "node:process";
 *
 * const manager = new TaskManager();
 * manager.addTask("server", {
 *   execute({ done }) {
 *     process.emit("SIGINT"); // as Ctrl-C does
 *     return done;
 *   },
 * });
 * const { errors, signal } = await runMain(manager, { exit: false });
 * assertEquals(errors, []);
 * assertEquals(signal, "SIGINT");
 * ```
 *
 * @example A batch that says by its exit code that it was cut short
 * ```ts ignore
 * import { TaskManager } from "@goasync/core";
 * import { runMain } from "@goasync/core/main";
 *
 * const manager = new TaskManager();
 * manager.addTask("files", { execute: () => {} }, { type: "stop-group" });
 * await runMain(manager, {
 *   exitCode: ({ errors, signal }) => signal ? 130 : Math.min(errors.length, 1),
 * });
 * ```
 *
 * @param manager The manager, which has not run.
 * @param options How it is run, and how the process ends.
 * @returns With `exit: false`, a promise that resolves when the run is over, and
 * what OS signals do is what it was before; otherwise one that never resolves.
 * @throws {TypeError} If the manager or an option is not what it must be.
 * @throws {RangeError} If `grace` or `exitAfter` is not a finite number that is
 * not negative, `progress` is not a positive one, or the port of `inspect` is
 * none.
 * @throws {InvalidStateError} If another manager runs as the process, or this
 * one was run before.
 */
export async function runMain(
  manager: MainManager,
  options: RunMainOptions = {},
): Promise<MainOutcome> {
  checkManager(manager);
  const run = new MainRun(manager, settingsOf(options));
  try {
    run.followEvents();
    run.catchSignals();
    run.holdSignals();
    run.reportOnSignal();
    run.catchStrayErrors();
    const served = run.inspect();
    if (served) await served;
    await run.untilOver();
  } catch (thrown) {
    run.release();
    throw thrown;
  }
  run.printOutcome();
  return await run.end();
}
