import { styleText } from "node:util";

/** Prints what a demo has shown; returns the exit code, 1 if it has not. */
export function conclude(shown: boolean, message: string): number {
  console.log(
    shown
      ? styleText(["bold", "green"], `✔ ${message}`)
      : styleText(["bold", "red"], `✘ This is not so: ${message}`),
  );
  return shown ? 0 : 1;
}
