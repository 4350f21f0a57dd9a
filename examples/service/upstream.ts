import { delay } from "@std/async";
import type { TaskContext } from "@goasync/core";

/** An upstream that drops its clients now and then. */
export async function upstream(
  { draining, signal }: TaskContext,
): Promise<void> {
  await delay(400 + 400 * Math.random(), { signal });
  if (draining.aborted) return; // It is not needed any more.
  throw new Error("the upstream hung up");
}
