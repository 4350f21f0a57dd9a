import { type Report, type TaskError, TaskManager } from "@goasync/core";
import {
  childProcess,
  type ChildProcessOptions,
} from "@goasync/core/tasks/child-process";
import { type Gate, gate } from "../helpers/gate.ts";

/**
 * A script that does something when it is asked to stop, and prints "up" once
 * it would. What it waits for is asked, too, of which the shell would tell.
 */
export function asked(action: string, signal = "TERM"): string {
  return `exec 2>/dev/null; trap '${action}' ${signal}; echo up; while :; do sleep 0.05; done`;
}

/** A child that a shell makes of a script, as the task of a manager. */
export class RunningChild {
  readonly manager: TaskManager;
  /** What it has printed, `2>` before what came from standard error. */
  readonly lines: string[] = [];
  /** The errors of the run, when that is over. */
  readonly errors: Promise<TaskError[]>;
  readonly #awaited: { pattern: RegExp; gate: Gate }[] = [];

  constructor(
    script: string,
    options: ChildProcessOptions = {},
    manager: TaskManager = new TaskManager(),
  ) {
    this.manager = manager;
    const child = childProcess("sh", {
      args: ["-c", script],
      onLine: (line, from) => this.#add(from === "stderr" ? `2>${line}` : line),
      ...options,
    });
    manager.addTask("child", child);
    this.errors = manager.runSettled();
  }

  /** Resolves when it has printed such a line. */
  async printed(pattern: RegExp): Promise<void> {
    if (this.lines.some((line) => pattern.test(line))) return;
    const awaited = { pattern, gate: gate() };
    this.#awaited.push(awaited);
    const over = this.errors.then((errors) => {
      throw new AggregateError(errors, `Ended before it printed ${pattern}`);
    });
    await Promise.race([awaited.gate.reached, over]);
  }

  /** The number of its process, once it is started. */
  get pid(): number {
    const { tasks: [task] } = this.manager.report();
    return Number(task?.notes?.[0]?.details?.pid);
  }

  /** What it has noted, with `…` in place of numbers of processes. */
  get notes(): string[] {
    return notesOf(this.manager.report());
  }

  #add(line: string): void {
    this.lines.push(line);
    for (const { pattern, gate } of this.#awaited) {
      if (pattern.test(line)) gate.open();
    }
  }
}

/** The notes of the first task, with `…` in place of numbers of processes. */
export function notesOf({ tasks: [task] }: Report): string[] {
  const messages = task?.notes?.map(({ message }) => message) ?? [];
  return messages.map((message) => message.replace(/process \d+/, "process …"));
}
