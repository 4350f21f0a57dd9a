/**
 * Prints on standard error, and never throws: by `console`, which does not fail
 * when nobody reads any more.
 */
export function print(...values: unknown[]): void {
  try {
    console.error(...values);
  } catch {
    // A `console` of the user's may fail.
  }
}
