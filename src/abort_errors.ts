/** The reason of a signal that nobody gave a reason for. */
export function abortError(message: string): DOMException {
  return new DOMException(message, "AbortError");
}

/** The reason of a signal whose task has taken too long. */
export function timeoutError(message: string): DOMException {
  return new DOMException(message, "TimeoutError");
}

/** Whether what was thrown is an AbortError, and never throws itself. */
export function isAbortError(thrown: unknown): boolean {
  try {
    return Object(thrown).name === "AbortError";
  } catch {
    return false;
  }
}
