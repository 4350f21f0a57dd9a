import { messageOf } from "../src/messages.ts";

/** How a child has exited. */
export interface ChildExit {
  /** Its exit code, if no OS signal has ended it. */
  readonly code: number | null;
  /** The OS signal that has ended it, if one has. */
  readonly signal: string | null;
  /** Whether it was asked to before. */
  readonly isAsked: boolean;
}

/** How a child has ended, and what is known of it then. */
export interface ChildEnd extends ChildExit {
  /** The last lines that it has printed, as far as they were read. */
  readonly lastLines: string;
  /** What its input has thrown, if it has. */
  readonly inputError: { readonly cause: unknown } | undefined;
}

/** The error of a child process that has ended by itself. */
export interface ChildProcessError extends Error {
  /** Its exit code; `null` if an OS signal has ended it. */
  readonly exitCode: number | null;
  /** The OS signal that has ended it; `null` if it has exited. */
  readonly signal: string | null;
}

/** Whether a child has ended as it should. */
export function isClean({ code, isAsked, inputError }: ChildEnd): boolean {
  return !inputError && (isAsked || code === 0);
}

/** For a person. */
export function exitText({ code, signal }: ChildExit): string {
  return signal ? `was ended by ${signal}` : `has ended with exit code ${code}`;
}

/** The error of a child that has ended as it should not. */
export function endError(
  command: string,
  end: ChildEnd,
  when = "",
): ChildProcessError {
  const { code: exitCode, signal, lastLines, inputError } = end;
  const what = inputError
    ? `was stopped as its input has failed: ${messageOf(inputError.cause)}`
    : exitText(end) + when;
  const printed = lastLines && `; its last lines are:\n${lastLines}`;
  const message = `"${command}" ${what}${printed}`;
  return Object.assign(new Error(message, inputError), { exitCode, signal });
}
