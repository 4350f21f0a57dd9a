/**
 * A child process as a task, which no code of its own can keep from being
 * stopped. On Deno, Node and Bun.
 *
 * @module
 */

import type { OsSignal } from "../src/signals/signal_names.ts";
import type { Task } from "../mod.ts";
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

export function childProcess(
  command: string,
  options: ChildProcessOptions = {},
): Task {
  const settings = childSettingsOf(command, options);
  const runs = new OneRun<ChildRun>();
  const runOf = (verb: string, name: string): ChildRun => {
    if (runs.current) return runs.current;
    throw new Error(
      `Cannot ${verb} task "${name}" as its child does not run: add it with 'addTask', which has it initialized`,
    );
  };
  const task: Task = {
    async initialize(context) {
      const run = runs.begin(() => new ChildRun(settings), context.name);
      await run.start(context);
    },
    execute: (context) => runOf("execute", context.name).execute(context),
    async cleanup(context) {
      await runs.end()?.cleanup(context);
    },
  };
  if (settings.drains) {
    task.drain = (context) => runOf("drain", context.name).drain(context);
  }
  return task;
}
