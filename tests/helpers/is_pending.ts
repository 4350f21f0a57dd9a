import { microtasks } from "./microtasks.ts";

/** Whether a promise is still pending when every microtask has run. */
export async function isPending(
  promise: PromiseLike<unknown>,
): Promise<boolean> {
  let pending = true;
  const settle = () => void (pending = false);
  promise.then(settle, settle);
  await microtasks();
  return pending;
}
