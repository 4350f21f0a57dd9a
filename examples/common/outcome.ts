import process from "node:process";
import { styleText } from "node:util";

/** Prints what a demo has shown, and makes the program fail if it has not. */
export function conclude(shown: boolean, message: string): void {
  console.log(
    shown
      ? styleText(["bold", "green"], `✔ ${message}`)
      : styleText(["bold", "red"], `✘ This is not so: ${message}`),
  );
  if (!shown) process.exitCode = 1;
}
