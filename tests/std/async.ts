/** `delay` of @std/async, over the package of the same name. */
import wait from "delay";

export function delay(
  ms: number,
  options: { signal?: AbortSignal; persistent?: boolean } = {},
): Promise<void> {
  return wait(ms, options.signal ? { signal: options.signal } : {});
}
