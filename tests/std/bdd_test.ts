import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";

// What the suite relies on must hold for the original and for its stand-ins.

const log: string[] = [];

describe("tests", () => {
  it("run one after another, and are waited for", async () => {
    log.push("first begins");
    await new Promise((resolve) => setTimeout(resolve));
    log.push("first ends");
  });

  describe("that are described within others", () => {
    it("run in their place", () => {
      log.push("inner");
    });
  });

  it("run when all are described", () => {
    log.push("last");
  });

  log.push("all are described");
});

describe("tests that come later", () => {
  it("run later", () => {
    assertEquals(log, [
      "all are described",
      "first begins",
      "first ends",
      "inner",
      "last",
    ]);
  });
});
