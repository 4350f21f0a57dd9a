import { styleText } from "node:util";

const WIDTH = 72;

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
