const TERMINATED = /^terminated its /;

/** Whether a note tells that nothing goes on of a task that is left behind. */
export function isTerminated(message: string): boolean {
  return TERMINATED.test(message);
}
