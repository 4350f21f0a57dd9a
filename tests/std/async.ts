/** What is called of @std/async, over the package delay. */
import wait from "npm:delay@7.0.0";

export interface DelayOptions {
  signal?: AbortSignal;
}

export function delay(ms: number, options: DelayOptions = {}): Promise<void> {
  return wait(ms, options);
}
