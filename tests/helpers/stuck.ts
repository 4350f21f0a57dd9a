/** A stage that never ends. */
export function stuck(): Promise<never> {
  return new Promise(() => {});
}
