import { delay } from "@std/async";
import type { AsyncTaskManager, ExecuteFunction } from "@goasync/core";

/** An execute task that stops its manager after a while. Add it as "error". */
export function stopAfter(
  ms: number,
  manager: AsyncTaskManager,
): ExecuteFunction {
  return async ({ signal }) => {
    await delay(ms, { signal });
    const reason = `${ms / 1000} seconds are over`;
    void manager.stop(new DOMException(reason, "AbortError"));
  };
}
