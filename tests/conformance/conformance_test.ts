import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { traces } from "./load_traces.ts";
import { replay } from "./replay.ts";

describe("conformance with the Go reference", () => {
  it("covers exactly 305 recorded runs, each named once", () => {
    assertEquals(traces.length, 305);
    assertEquals(new Set(traces.map(({ id }) => id)).size, 305);
  });

  for (const trace of traces) {
    it(`reproduces ${trace.id}`, async () => {
      const { events, serial, errors, added, endTick } = trace;
      assertEquals(await replay(trace), {
        events,
        serial,
        errors,
        added,
        endTick,
      });
    });
  }
});
