import { TaskManager } from "@goasync/core";
import { runMain, type RunMainOptions } from "@goasync/core/main";
import { FakeClock } from "./fake_clock.ts";
import { FakeProcess, type FakeProcessOptions } from "./fake_process.ts";
import { PrintedErrors } from "./printed_errors.ts";

/** A process of a test, with a time and a standard error of its own. */
export class MainTest implements Disposable {
  readonly time: FakeClock = new FakeClock();
  readonly printed: PrintedErrors = new PrintedErrors();
  readonly os: FakeProcess;

  constructor(options: FakeProcessOptions = {}) {
    this.os = new FakeProcess([], options);
  }

  /** The lines printed so far, which are forgotten. */
  get lines(): string[] {
    return this.printed.lines.splice(0);
  }

  /** Runs a manager as the process, as far as it gets without time passing. */
  async run(
    manager: TaskManager,
    options: RunMainOptions = {},
  ): Promise<ReturnType<typeof runMain>[]> {
    const run = runMain(manager, options);
    await this.settle();
    return [run]; // A promise alone would be awaited.
  }

  /** Lets everything go on that does not wait for time. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 5; turn++) await this.time.runMicrotasks();
  }

  /** Lets time pass, and everything go on. */
  async pass(ms: number): Promise<void> {
    await this.time.tickAsync(ms);
    await this.settle();
  }

  [Symbol.dispose](): void {
    this.os[Symbol.dispose]();
    this.printed[Symbol.dispose]();
    this.time[Symbol.dispose]();
  }
}

/** A manager with a task that runs until it is told to stop. */
export function serving(): TaskManager {
  const manager = new TaskManager();
  manager.addTask("server", { execute: ({ done }) => done });
  return manager;
}
