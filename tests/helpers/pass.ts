import type { FakeTime } from "@std/testing/time";

/** Lets fake time pass, and whatever that sets in motion come to rest. */
export async function pass(time: FakeTime, ms: number): Promise<void> {
  await time.tickAsync(ms);
  await time.runMicrotasks();
}
