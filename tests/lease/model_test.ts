import { describe, it } from "@std/testing/bdd";
import * as fc from "npm:fast-check@4";
import { trial } from "../proof/seed.ts";
import { type Kind, LONGEST_DELAY, play, TROUBLED } from "./play.ts";

const RUNS = 1_000;
/** What happens to a replica. */
const troubles = fc.array(
  fc.record({
    at: fc.integer({ min: 0, max: TROUBLED }),
    replica: fc.nat(2),
    kind: fc.constantFrom<Kind>(
      "crash",
      "freeze",
      "sleep",
      "cut",
      "yield",
      "stop",
    ),
    ms: fc.integer({ min: 1, max: 2_000 }),
  }),
  { maxLength: 8 },
);

/** How a message fares: it is lost, or takes that long. */
const fates = fc.infiniteStream(
  fc.oneof(
    { weight: 12, arbitrary: fc.integer({ min: 0, max: 20 }) },
    { weight: 3, arbitrary: fc.integer({ min: 20, max: 250 }) },
    { weight: 1, arbitrary: fc.integer({ min: 250, max: LONGEST_DELAY }) },
    { weight: 1, arbitrary: fc.constant(Infinity) },
  ),
);

const rates = fc.tuple(
  ...Array.from(
    { length: 3 },
    () =>
      fc.oneof(
        fc.constantFrom(0.9, 1.1),
        fc.double({ min: 0.9, max: 1.1, noNaN: true }),
      ),
  ),
);

/** How long the stages of a term take. */
const stages = fc.record({
  initialize: fc.integer({ min: 0, max: 200 }),
  drain: fc.integer({ min: 0, max: 400 }),
  stop: fc.integer({ min: 0, max: 95 }),
  cleanup: fc.integer({ min: 0, max: 95 }),
});

/** What takes the place of `Math.random`, so that a plan is all that matters. */
const randoms = fc.infiniteStream(
  fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
);

describe("leases of any replicas, whatever happens to them,", () => {
  for (const engine of ["server", "deno-kv"] as const) {
    it(`keep what was promised: ${engine}`, async () => {
      const property = fc.asyncProperty(
        rates,
        troubles,
        fates,
        stages,
        randoms,
        (rates, troubles, fates, stages, randoms) =>
          play(
            engine,
            rates,
            troubles,
            () => fates.next().value!,
            stages,
            () => randoms.next().value!,
          ),
      );
      await fc.assert(property, trial(RUNS));
    });
  }
});
