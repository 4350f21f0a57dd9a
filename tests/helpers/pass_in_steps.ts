import type { FakeTime } from "@std/testing/time";

/**
 * Lets fake time pass in steps, so that what waits for a promise in between
 * goes on at about the time at which that settled.
 */
export async function passInSteps(
  time: FakeTime,
  ms: number,
  step: number,
): Promise<void> {
  for (let passed = 0; passed < ms; passed += step) await time.tickAsync(step);
  await time.runMicrotasks();
}
