import type { Stage, Task, TaskContext } from "@goasync/core";
import { elapsed } from "./clock.ts";
import { printHeading } from "./headings.ts";
import { printTable } from "./timeline_table.ts";

/** When a stage of a task began and ended, in milliseconds. */
export interface Span {
  readonly begin: number;
  end: number;
}

/** What happened to a task, and when. A stage it never reached is left out. */
export interface Row extends Partial<Record<Stage, Span>> {
  readonly name: string;
  toldToStop?: number;
}

const EXPLANATIONS: Record<Stage, string> = {
  initialize: "one after another, in the order added",
  execute: "side by side",
  cleanup: "one after another, in reverse",
};

/**
 * Records when tasks are initialized, executed, told to stop and cleaned up,
 * and prints a heading whenever something begins for the first of them.
 */
export class Timeline {
  readonly #rows: Row[] = [];
  readonly #begun = new Set<string>();

  /** The names of the tasks, in the order added. */
  get names(): string[] {
    return this.#rows.map(({ name }) => name);
  }

  /** Wraps a task, so that its stages are recorded. */
  task(name: string, task: Task): Task {
    const row: Row = { name };
    this.#rows.push(row);
    return {
      initialize: (context) => {
        void context.done.then(() => this.#told(row, context));
        return this.#record(
          row,
          "initialize",
          () => task.initialize?.(context),
        );
      },
      execute: (context) =>
        this.#record(row, "execute", () => task.execute(context)),
      cleanup: (context) =>
        this.#record(row, "cleanup", () => task.cleanup?.(context)),
    };
  }

  /** Prints who did what when, with a bar for each task. */
  print(): void {
    printHeading("timeline", "what happened to each task");
    printTable(this.#rows);
  }

  async #record(
    row: Row,
    stage: Stage,
    run: () => void | PromiseLike<unknown>,
  ): Promise<void> {
    this.#announce(stage, EXPLANATIONS[stage]);
    const begin = elapsed();
    const span = row[stage] = { begin, end: begin };
    try {
      await run();
    } finally {
      span.end = elapsed();
    }
  }

  #told(row: Row, context: TaskContext): void {
    const { message } = Object(context.signal.reason);
    this.#announce("stop", `everyone is told at once (${message})`);
    row.toldToStop = elapsed();
  }

  #announce(stage: string, explanation: string): void {
    if (this.#begun.has(stage)) return;
    this.#begun.add(stage);
    printHeading(stage, explanation);
  }
}
