import { assert } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import * as fc from "npm:fast-check@4";
import { check } from "./invariants.ts";
import { plans } from "./plans.ts";
import { Play } from "./play.ts";
import { trial } from "./seed.ts";

const RUNS = 300;

describe("any run of any managers", () => {
  it("keeps what was promised", async () => {
    const property = fc.asyncProperty(
      plans,
      fc.scheduler(),
      async (plan, scheduler) => {
        const play = await Play.of(plan, scheduler);
        check(play);
        await play.letGo();
        assert(play.areOver, "who was left behind ends with what hangs");
      },
    );
    await fc.assert(property, trial(RUNS));
  });
});
