/**
 * A child process as a task, which ends when it is to end, whatever its code
 * does. On Deno, Node and Bun.
 *
 * @example A sidecar
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { childProcess } from "@goasync/core/tasks/child-process";
 * import { assertEquals } from "@std/assert";
 *
 * const lines: string[] = [];
 * const sidecar = childProcess("sh", {
 *   args: ["-c", "echo listening; exec sleep 60"],
 *   ready: /^listening/,
 *   onLine: (line) => lines.push(line),
 * });
 * const manager = new TaskManager();
 * manager.addTask("sidecar", sidecar);
 * manager.addExecuteTask("client", () => {
 *   assertEquals(lines, ["listening"]);
 *   manager.stop();
 * });
 * await manager.run();
 * ```
 *
 * @module
 */

import type { OsSignal } from "../src/signals/signal_names.ts";
import type { Task, TaskContext } from "../mod.ts";
import type { ChildProcessError } from "./_child_end.ts";
import type { ChildInput } from "./_child_input.ts";
import type { ChildProcessOptions, Ready } from "./_child_options.ts";
import type { OnLine } from "./_child_output.ts";
import { ChildRun } from "./_child_run.ts";
import { childSettingsOf } from "./_child_settings.ts";
import { OneRun } from "./_one_run.ts";

export type {
  ChildInput,
  ChildProcessError,
  ChildProcessOptions,
  OnLine,
  OsSignal,
  Ready,
};

/** A child process as a task. */
export interface ChildProcessTask extends Task {
  /**
   * Starts the child, and waits until it is ready.
   *
   * @param context Of the task.
   * @returns A promise that resolves when it is ready.
   */
  initialize(context: TaskContext): Promise<void>;
  /**
   * Waits for the end of the child, which it starts if that was not done.
   *
   * @param context Of the task.
   * @returns A promise that resolves when it has ended as it should, and rejects
   * if it has ended otherwise.
   */
  execute(context: TaskContext): Promise<void>;
  /**
   * Stops the child, if it still runs.
   *
   * @param context Of the cleanup.
   * @returns A promise that resolves when it has ended.
   */
  cleanup(context: TaskContext): Promise<void>;
}

/**
 * Runs a command as a child process, which is stopped with the manager: asked,
 * then killed, as no code of its own can refuse.
 *
 * - **initialize** starts it, and waits until it is `ready`. A command that is
 *   not there is an error that names it, with the code `"ENOENT"`. Its number is
 *   a note.
 * - **execute** returns when it has ended with exit code 0, which a task of the
 *   type `"strict"` may not do by itself. Ended in another way, without being
 *   asked, it fails with a {@linkcode ChildProcessError} that has its exit code
 *   or its OS signal, and the last lines that `onLine` was given.
 * - when its **signal** aborts, or as its **drain** if `stopOn` is `"draining"`,
 *   the child and all of its group are sent the `stopSignal`. Who lives after
 *   the `grace` is killed, by SIGKILL, which is noted. However it ends then, the
 *   stop is clean.
 * - **left behind**, it is killed at once, with its group.
 * - **cleanup** stops it, if it was never executed.
 *
 * Added with `addExecuteTask`, as a manager that runs takes them, it is started
 * by its execute, which ends with it. Executed again, as by `repeatTimer` or
 * `schedule`, it is started anew, with an input that is a stream or a generator
 * used up by then.
 *
 * Each of them ends when the child has, all that it has printed is read, and
 * none of its group is left: what a child leaves behind when it ends is stopped
 * as it would be. A process that has left the group, as daemons do, lives on; if
 * it holds the output open, it is not waited for, and the output is closed.
 *
 * With `onLine`, lines end by `\n`, `\r\n` or `\r`, are UTF-8, and are cut at
 * 16 Mi characters. Without it, what the child prints goes where ours does; if
 * `ready` is a pattern, by lines, so that it is no terminal for the child.
 *
 * When our own process ends while a child lives, by an exit, an error that
 * nobody has caught or a second Ctrl-C, the child is killed with its group. So
 * it is where SIGHUP, SIGINT, SIGQUIT, SIGTERM or SIGUSR2 ends us as nobody
 * catches it, but on Deno, where it cannot be told that nobody does: catch them,
 * as `runMain` does. Nobody can see SIGKILL or a crash coming, and a worker none
 * of these: a child that a task in a worker has started is ended by a stop alone.
 * On Linux, `setpriv --pdeathsig KILL COMMAND` as the command has the system
 * kill the child then, also when that thread has ended.
 *
 * Windows has neither groups nor signals: asking there is killing the child
 * alone.
 *
 * @example It ends by itself
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { childProcess } from "@goasync/core/tasks/child-process";
 * import { assertEquals } from "@std/assert";
 *
 * const manager = new TaskManager();
 * const lines: string[] = [];
 * const sort = childProcess("sort", {
 *   input: ["pear\n", "apple\n"],
 *   onLine: (line) => lines.push(line),
 * });
 * manager.addTask("sort", sort, { type: "stop-group" });
 * await manager.run();
 * assertEquals(lines, ["apple", "pear"]);
 * ```
 *
 * @example Started again when it dies
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { childProcess } from "@goasync/core/tasks/child-process";
 * import { supervise } from "@goasync/core/tasks/supervise";
 * import { assertEquals } from "@std/assert";
 *
 * const manager = new TaskManager();
 * let lives = 0;
 * const child = supervise({
 *   create: () =>
 *     childProcess("sh", {
 *       args: ["-c", "echo up; exit 3"],
 *       onLine: () => ++lives === 3 ? manager.stop() : undefined,
 *     }),
 * }, { backoff: { min: 1 } });
 * manager.addTask("child", child);
 * await manager.run();
 * assertEquals(lives, 3);
 * ```
 *
 * @param command The program: a path, or a name to look for in the `PATH`. It is
 * given to no shell.
 * @param options What it is given, how it is watched, and how it is stopped.
 * @returns A task to add to a manager. It can be in one run at a
 * time, and in another after that.
 * @throws {TypeError} If this runtime has no processes, the command is not a
 * non-empty string, or an option is not what it has to be.
 * @throws {RangeError} If `grace` is not finite or is negative.
 */
export function childProcess(
  command: string,
  options: ChildProcessOptions = {},
): ChildProcessTask {
  const settings = childSettingsOf(command, options);
  const runs = new OneRun<ChildRun>();
  const begin = ({ name }: TaskContext) =>
    runs.begin(() => new ChildRun(settings), name);
  const task: ChildProcessTask = {
    async initialize(context) {
      await begin(context).start(context);
    },
    async execute(context) {
      if (runs.current) return await runs.current.execute(context);
      const run = begin(context);
      try {
        await run.execute(context);
      } finally {
        runs.end();
        await run.cleanup(context);
      }
    },
    async cleanup(context) {
      await runs.end()?.cleanup(context);
    },
  };
  if (settings.drains) task.drain = () => runs.current?.drain();
  return task;
}
