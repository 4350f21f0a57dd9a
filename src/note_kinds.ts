const RESTARTS = /^(?:restart|starts anew|failed: )/;
const FAILURES =
  /^(?:failed on .+|(?:initialize|cleanup) failed|cannot tell the next time): /;
const TERMINATION = /^terminated its /;

/** Whether a note tells that a task was, or is to be, started again. */
export function tellsOfRestart(message: string): boolean {
  return RESTARTS.test(message);
}

/** Whether a note tells of what failed without ending its task. */
export function tellsOfFailure(message: string): boolean {
  return FAILURES.test(message);
}

/** Whether a note tells that nothing goes on of a task that is left behind. */
export function tellsOfTermination(message: string): boolean {
  return TERMINATION.test(message);
}
