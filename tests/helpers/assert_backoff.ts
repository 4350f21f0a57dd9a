import { assertEquals } from "@std/assert";
import type { FakeTime } from "@std/testing/time";
import { pass } from "./pass.ts";

/** Asserts how long it waits before each of its next runs. */
export async function assertBackoff(
  time: FakeTime,
  runs: () => number,
  waits: readonly number[],
): Promise<void> {
  for (const wait of waits) {
    const before = runs();
    await pass(time, wait - 1);
    assertEquals(runs(), before);
    await pass(time, 1);
    assertEquals(runs(), before + 1, `after ${wait} ms`);
  }
}
