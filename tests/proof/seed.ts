/** How many plans are tried, and what they are made from. */
export interface Trial {
  readonly seed: number;
  readonly numRuns: number;
}

/** So that what passes once passes again, and what fails comes of a change. */
const SEED = 1;

/**
 * The same plans each time. The environment variable PROOF_SEED has others, or
 * shows again what failed, and any others if it is "any"; with PROOF_RUNS more is
 * tried.
 */
export function trial(numRuns: number): Trial {
  const { process } = globalThis as {
    process?: { env: Record<string, string | undefined> };
  };
  const { PROOF_SEED, PROOF_RUNS } = process?.env ?? {};
  const seed = PROOF_SEED === "any"
    ? Math.trunc(Math.random() * 2 ** 31)
    : Number(PROOF_SEED ?? SEED);
  console.log(`The seed is ${seed}: set PROOF_SEED=${seed} to see it again`);
  return { seed, numRuns: Number(PROOF_RUNS ?? numRuns) };
}

/** Numbers from 0 up to 1, the same for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1664525 + 1013904223) % 2 ** 32) / 2 ** 32;
}
