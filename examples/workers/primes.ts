// The module of a worker: counts primes for as long as it may.
import type { TaskContext } from "@goasync/core";
import { exposeTask } from "@goasync/core/tasks/worker";

/** What the worker is told. */
export interface PrimesData {
  /** Whether it hears of anything while it counts. */
  readonly yields: boolean;
}

/** How many numbers it looks at in one go, and between two notes. */
const CHUNK = 10_000;
const NOTED = 1_000_000;

function countPrimes(from: number, to: number): number {
  let count = 0;
  for (let candidate = from; candidate < to; candidate++) {
    if (isPrime(candidate)) count++;
  }
  return count;
}

function isPrime(candidate: number): boolean {
  for (let factor = 2; factor * factor <= candidate; factor++) {
    if (candidate % factor === 0) return false;
  }
  return candidate > 1;
}

async function execute(
  { note, signal }: TaskContext,
  yields: boolean,
): Promise<void> {
  let found = 0;
  let to = 0;
  while (!signal.aborted) {
    found += countPrimes(to, to + CHUNK);
    to += CHUNK;
    if (to % NOTED === 0) note(`found ${found} primes below ${to}`);
    if (yields) await new Promise((resolve) => setTimeout(resolve));
  }
  note(`stops at ${to}`);
}

exposeTask({
  create: ({ yields }: PrimesData) => ({
    initialize: ({ note }) => note("is ready"),
    execute: (context) => execute(context, yields),
    cleanup: ({ note }) => note("is cleaned up"),
  }),
});
