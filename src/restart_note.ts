const RESTARTS = /^(?:restart|starts anew|failed: )/;

/** Whether a note tells that a task was, or is to be, started again. */
export function isRestart(message: string): boolean {
  return RESTARTS.test(message);
}

const FAILURES =
  /^(?:failed on .+|(?:initialize|cleanup) failed|cannot tell the next time): /;

/** Whether a note tells of what failed without ending its task. */
export function isFailure(message: string): boolean {
  return FAILURES.test(message);
}
