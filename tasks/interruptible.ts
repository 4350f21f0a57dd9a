/**
 * A task that OS signals make start anew, such as a server that reloads its
 * configuration on SIGHUP.
 *
 * @example Reload on SIGHUP
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { interruptible } from "@goasync/core/tasks/interruptible";
 * import { assertEquals } from "@std/assert";
 * import process from "node:process";
 *
 * const log: string[] = [];
 * const manager = new TaskManager();
 * manager.addTask("server", interruptible(["SIGHUP"], {
 *   initialize: () => void log.push("read the configuration"),
 *   execute: ({ done }) => {
 *     if (log.length === 1) process.emit("SIGHUP"); // as `kill -HUP` does
 *     else manager.stop();
 *     return done;
 *   },
 *   cleanup: () => void log.push("close"),
 * }));
 * await manager.run();
 *
 * assertEquals(log, [
 *   "read the configuration",
 *   "close",
 *   "read the configuration",
 *   "close",
 * ]);
 * ```
 *
 * @module
 */

import type { ExecuteFunction, ExecuteTask, Task } from "../mod.ts";
import { type OsSignal, signalNamesOf } from "../src/signals/signal_names.ts";
import { Generations } from "./_generations.ts";
import { OneRun } from "./_one_run.ts";
import { executeOnly, repeatedTaskOf } from "./_wrapped.ts";

export type { OsSignal };

/**
 * Stops a task when an OS signal arrives, cleans it up, initializes it and
 * executes it again.
 *
 * Each time round the task is given a context of its own. On an OS signal its
 * `draining` aborts, with an `AbortError` whose `cause` is the name of the OS
 * signal; its `drain` is called and waited for, if it has one; then its `signal`
 * aborts. That it starts anew is noted.
 *
 * OS signals that arrive while it already stops on one, or is being cleaned up
 * or initialized, be it one or many, make it start anew once more as soon as it
 * is initialized. A stop that arrives then ends the task without executing it
 * again; from a stop on, OS signals change nothing, and a drain that one began
 * is waited for. In the end `cleanup` was called once for each `initialize`.
 *
 * OS signals are caught from before the first `initialize` of this task to the
 * end of its last `cleanup`, and do not keep a process alive. Before that, while
 * earlier tasks initialize, and after it, while they are cleaned up, an OS
 * signal does what it does without this task: `SIGHUP` ends the process. The
 * option `hold` of `runMain` keeps that away for the whole run, and has
 * `runMain` not stop on it: `runMain(manager, { hold: ["SIGHUP"] })`.
 *
 * Added with `addExecuteTask`, only `execute` and `drain` are called, also when
 * it starts anew, and OS signals are caught until both are over. On a runtime
 * without OS signals the task merely executes.
 *
 * What the task throws is passed through, but that it is clean to throw an
 * `AbortError` when an OS signal stopped it; what is thrown while it starts anew
 * is that of its `execute`. A task that returns before it is told to stop has
 * failed, whatever its type.
 *
 * @example Which signal it was
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { interruptible } from "@goasync/core/tasks/interruptible";
 * import { assertEquals } from "@std/assert";
 * import process from "node:process";
 *
 * const manager = new TaskManager();
 * const causes: unknown[] = [];
 * manager.addExecuteTask("logger", interruptible(["SIGHUP", "SIGUSR2"], ({ signal, done }) => {
 *   signal.addEventListener("abort", () => causes.push(signal.reason.cause));
 *   if (causes.length === 0) process.emit("SIGUSR2");
 *   else manager.stop();
 *   return done;
 * }));
 * await manager.run();
 *
 * assertEquals(causes, ["SIGUSR2", undefined]);
 * ```
 *
 * @param signals The OS signals, at least one. Those that this system lacks are
 * skipped.
 * @param task The task, or a function that is its `execute`.
 * @returns A task to add to a manager, as `"strict"`: it never returns before
 * it is told to stop. It can be in one run at a time.
 * @throws {TypeError} If `signals` is not a non-empty array of names of OS
 * signals, or holds `"SIGKILL"` or `"SIGSTOP"`, which no program can catch; or
 * the task is a TaskManager, which runs once, is neither a function nor has a
 * method of a task, or one of them is no function or a generator function.
 */
export function interruptible(
  signals: readonly OsSignal[],
  task: Task | ExecuteFunction,
): Task & ExecuteTask {
  const names = signalNamesOf("interrupt a task", signals);
  const interrupted = repeatedTaskOf("interrupt", task);
  const runs = new OneRun<Generations>();
  /** By `abandoned`, which all contexts of a task share. */
  const executing = new WeakMap<AbortSignal, Generations>();
  const own: Task & ExecuteTask = {
    async initialize(context) {
      // It catches OS signals as soon as it is made.
      const generations = runs.begin(
        () => new Generations(interrupted, names),
        context.name,
      );
      await generations.initialize(context);
    },
    async execute(context) {
      if (runs.current) return await runs.current.execute(context);
      const generations = new Generations(executeOnly(interrupted), names);
      executing.set(context.abandoned, generations);
      generations.begin(context);
      try {
        await generations.execute(context);
      } finally {
        void generations.release();
      }
    },
    async cleanup(context) {
      await runs.end()?.cleanup(context);
    },
  };
  if (interrupted.drain) {
    own.drain = ({ abandoned }) =>
      (runs.current ?? executing.get(abandoned))?.drain();
  }
  return own;
}
