import { describe, it } from "@std/testing/bdd";
import { type Fate, play } from "./play.ts";

describe("leases of which one is slow and is cut off then", () => {
  it("counts a renewal from before it was asked for", async () => {
    const longest = { initialize: 0, drain: 0, stop: 95, cleanup: 95 };
    const cut = { at: 540, replica: 0, kind: "cut", ms: 2_000 } as const;
    // The clock of the first one is slow, as are answers to its renewals.
    const fateOf: Fate = (replica, request, isAnswer) =>
      replica === 0 && request === "renew" && isAnswer ? 190 : 1;
    await play("server", [0.9, 1.1, 1.1], [cut], fateOf, longest, () => 0.5);
  });
});
