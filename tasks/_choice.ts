import { wrong } from "../src/arguments.ts";

/** Throws unless a value is one of those that an option can have. */
export function checkChoice(
  action: string,
  value: unknown,
  key: string,
  choices: readonly string[],
): void {
  if (choices.some((choice) => choice === value)) return;
  throw wrong(action, `'${key}' must be "${choices.join('" or "')}"`, value);
}
