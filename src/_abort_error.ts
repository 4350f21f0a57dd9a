/** The reason of a signal that nobody gave a reason for. */
export function abortError(message: string): DOMException {
  return new DOMException(message, "AbortError");
}

/** Whether what was thrown is an AbortError, and never throws itself. */
export function isAbortError(thrown: unknown): boolean {
  try {
    return Object(thrown).name === "AbortError";
  } catch {
    return false;
  }
}
