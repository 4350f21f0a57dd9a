/**
 * `it` of the tests with a time limit, as a mutant may make one hang. Once one
 * has failed all others do, as one is enough.
 */
import { it as register } from "../../std/bdd.ts";

export { afterEach, beforeEach, describe } from "../../std/bdd.ts";

// As they are now, so that a fake clock has no part in it.
const { setTimeout, clearTimeout } = globalThis;

/** Of one test: a few take three seconds where a machine is slow and busy. */
const TIME_LIMIT = 10_000;

let hasFailed = false;

export function it(name: string, fn: () => void | Promise<void>): void {
  register(name, async () => {
    if (hasFailed) throw new Error("Another test has failed before");
    try {
      await inTime(fn);
    } catch (error) {
      hasFailed = true;
      throw error;
    }
  });
}

async function inTime(fn: () => void | Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("It hangs")), TIME_LIMIT);
  });
  try {
    await Promise.race([fn(), late]);
  } finally {
    clearTimeout(timer);
  }
}
