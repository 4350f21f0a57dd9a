import { styleText } from "node:util";
import type { ManagerEvent, ManagerState, TaskManager } from "@goasync/core";

const WIDTH = 72;

/** The states that have a heading, what it says, and what it explains. */
const HEADINGS: Partial<Record<ManagerState, readonly [string, string]>> = {
  "initializing": ["initialize", "one after another, in the order added"],
  "executing": ["execute", "side by side"],
  "draining": ["drain", "side by side, while everything is still up"],
  "cleaning-up": ["cleanup", "one after another, in reverse"],
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

/** Prints a heading whenever a manager begins something. */
export function printHeadings(manager: TaskManager): void {
  manager.subscribe((event: ManagerEvent) => {
    if (event.path.length > 0) return; // It happens to a task.
    if (event.type === "told") {
      const { message } = Object(event.reason);
      printHeading("stop", `everyone is told at once (${message})`);
    }
    const heading = event.type === "state" && HEADINGS[event.state];
    if (heading) printHeading(...heading);
  });
}
