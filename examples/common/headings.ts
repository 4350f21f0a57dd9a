import { styleText } from "node:util";
import type { Stage, Task } from "@goasync/core";

const WIDTH = 72;

const EXPLANATIONS: Record<Stage, string> = {
  initialize: "one after another, in the order added",
  execute: "side by side",
  cleanup: "one after another, in reverse",
};

/** Prints a rule that says what happens below it. */
export function printHeading(stage: string, explanation: string): void {
  const rule = "─".repeat(
    Math.max(2, WIDTH - stage.length - explanation.length),
  );
  console.log(
    `\n${styleText("dim", "──")} ${styleText("bold", stage)}${
      styleText("dim", `: ${explanation} ${rule}`)
    }`,
  );
}

/** Prints a heading whenever something begins for the first of some tasks. */
export class Headings {
  readonly #printed = new Set<string>();

  /** Wraps a task, so that what happens to it has its headings. */
  task(task: Task): Task {
    return {
      initialize: (context) => {
        const { draining } = context;
        draining.addEventListener("abort", () => this.#printStop(draining));
        this.#printStage("initialize");
        return task.initialize?.(context);
      },
      execute: (context) => {
        this.#printStage("execute");
        return task.execute(context);
      },
      cleanup: (context) => {
        this.#printStage("cleanup");
        return task.cleanup?.(context);
      },
    };
  }

  #printStage(stage: Stage): void {
    this.#print(stage, EXPLANATIONS[stage]);
  }

  #printStop({ reason }: AbortSignal): void {
    const { message } = Object(reason);
    this.#print("stop", `everyone is told at once (${message})`);
  }

  #print(heading: string, explanation: string): void {
    if (this.#printed.has(heading)) return;
    this.#printed.add(heading);
    printHeading(heading, explanation);
  }
}
