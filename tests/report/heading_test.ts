import { formatReport } from "@goasync/core/report";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { IDLE, linesOf, reportOf } from "../helpers/reports.ts";

describe("formatReport(), its heading", () => {
  describe("says in its heading", () => {
    for (
      const [what, given, heading] of [
        ["that it was never run", IDLE, "idle, was never run"],
        ["that it was stopped before", {
          ...IDLE,
          state: "finished",
        }, "finished, was never run"],
        [
          "for how long it has run",
          reportOf({ state: "initializing", since: 0, duration: 1_500 }),
          "initializing for 1.50 s, 1.50 s after the start",
        ],
        [
          "how long it took",
          reportOf({ duration: 1_500 }),
          "finished after 1.50 s",
        ],
        [
          "that a signal stopped it",
          reportOf({
            state: "stopping",
            since: 1_000,
            duration: 2_000,
            stop: { at: 20, by: "signal", taskName: null, reason: "SIGINT" },
          }),
          "stopping for 1.00 s, 2.00 s after the start, told to stop at 20 ms by its\nsignal: SIGINT",
        ],
        [
          "how much time is left for the stop",
          reportOf({
            state: "stopping",
            since: 1_000,
            duration: 2_000,
            stop: {
              at: 1_000,
              by: "stop",
              taskName: null,
              reason: "enough",
              limit: { name: "shutdownTimeout", ms: 5_000, endsAt: 6_000 },
            },
          }),
          "stopping for 1.00 s, 2.00 s after the start, told to stop at 1.00 s by stop():\nenough; 4.00 s left of the shutdownTimeout of 5.00 s",
        ],
        [
          "that stop() stopped it",
          reportOf({
            stop: { at: 20, by: "stop", taskName: null, reason: "enough" },
          }),
          "finished after 0.0 ms, told to stop at 20 ms by stop(): enough",
        ],
        [
          "that a task stopped it",
          reportOf({
            stop: { at: 20, by: "task", taskName: "a", reason: '"a" failed' },
          }),
          'finished after 0.0 ms, told to stop at 20 ms: "a" failed',
        ],
        [
          "that the stop-group stopped it",
          reportOf({
            stop: { at: 20, by: "stop-group", taskName: null, reason: "over" },
          }),
          "finished after 0.0 ms, told to stop at 20 ms: over",
        ],
      ] as const
    ) {
      it(what, () => assertEquals(formatReport(given), heading));
    }
  });

  it("breaks a long reason between words, and within a long word", () => {
    const reason = `It\n\t failed ${"again and ".repeat(8)}${"x".repeat(99)}`;
    const stop = { at: 20, by: "stop", taskName: null, reason } as const;
    assertEquals(linesOf(reportOf({ stop })), [
      "finished after 0.0 ms, told to stop at 20 ms by stop(): It failed again and",
      "again and again and again and again and again and again and again and",
      "x".repeat(80),
      "x".repeat(19),
    ]);
  });

  it("breaks a long reason without spaces, and loses nothing of it", () => {
    const reason = "接続が切れました。".repeat(10);
    const stop = { at: 20, by: "stop", taskName: null, reason } as const;
    const [, ...lines] = linesOf(reportOf({ stop }));
    assertEquals(lines.map((line) => line.length), [40, 40, 10]);
    assertEquals(lines.join(""), reason);
  });
});
