/** Does something, and says on standard error how long it took. */
export async function timed<T>(
  what: string,
  run: () => Promise<T>,
): Promise<T> {
  const start = performance.now();
  const result = await run();
  const seconds = (performance.now() - start) / 1_000;
  console.error(`measured ${what} in ${seconds.toFixed(1)} s`);
  return result;
}
