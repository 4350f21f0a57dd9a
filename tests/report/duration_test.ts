import { formatReport } from "@goasync/core/report";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { reportOf } from "../helpers/reports.ts";

describe("formatReport(), durations", () => {
  describe("shows the time", () => {
    const MINUTE = 60_000;
    const HOUR = 60 * MINUTE;
    for (
      const [ms, text] of [
        [0, "0.0 ms"],
        [0.26, "0.3 ms"],
        [9.94, "9.9 ms"],
        [9.96, "10 ms"],
        [999.4, "999 ms"],
        [999.6, "1.00 s"],
        [59_994, "59.99 s"],
        [59_996, "1m 00s"],
        [MINUTE + 5_400, "1m 05s"],
        [HOUR - 600, "59m 59s"],
        [HOUR - 400, "1h 00m"],
        [3 * HOUR + 4 * MINUTE, "3h 04m"],
        [24 * HOUR - 400, "1d 00h"],
        [75 * HOUR, "3d 03h"],
      ] as const
    ) {
      it(`${ms} ms as ${text}`, () => {
        const report = reportOf({ duration: ms });
        assertEquals(formatReport(report), `finished after ${text}`);
      });
    }
  });
});
