import { FakeTime } from "@std/testing/time";

/** Waits until nothing is left that goes on without time or a gate. */
export async function microtasks(): Promise<void> {
  using time = new FakeTime();
  await time.runMicrotasks();
}
