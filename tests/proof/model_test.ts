import { describe, it } from "@std/testing/bdd";
import * as fc from "npm:fast-check@4";
import { check } from "./invariants.ts";
import { plans } from "./plan.ts";
import { Play } from "./play.ts";
import { trial } from "./seed.ts";

const RUNS = 300;

describe("any run of any managers", () => {
  it("keeps what was promised", async () => {
    const property = fc.asyncProperty(
      plans,
      fc.scheduler(),
      async (plan, scheduler) => check(await Play.of(plan, scheduler)),
    );
    await fc.assert(property, trial(RUNS));
  });
});
