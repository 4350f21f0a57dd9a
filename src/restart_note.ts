const RESTARTS = /^(?:restart|starts anew|failed: )/;

/** Whether a note tells that a task was, or is to be, started again. */
export function isRestart(message: string): boolean {
  return RESTARTS.test(message);
}
