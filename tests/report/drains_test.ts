import type { Report, StageReport } from "@goasync/core";
import { formatReport } from "@goasync/core/report";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { QUEUE } from "../helpers/queue.ts";
import {
  barOf,
  LEGEND,
  LEGEND_WITH_DRAIN,
  linesOf,
  reportOf,
  reportOfTask,
  stage,
  task,
} from "../helpers/reports.ts";
import { SHOP } from "../helpers/shop.ts";

const STOP = { at: 500, by: "stop", taskName: null, reason: "" } as const;

/** A report of a task that drains, at 500 ms of 1,000. */
function draining(
  drain: StageReport,
  executedUntil: number | null = null,
): Report {
  const given = task(
    "a",
    "draining",
    stage("execute", 0, executedUntil),
    drain,
  );
  return reportOfTask(given, { state: "draining", since: 500, stop: STOP });
}

describe("formatReport(), drains", () => {
  it("shows nothing of drains where nobody has drained", () => {
    const lines = linesOf(SHOP);
    assert(lines.every((line) => !line.includes("drain")));
    assert(lines.includes(LEGEND));
  });

  it("shows a stage of its own where one has", () => {
    const report = reportOf({
      duration: 1_000,
      tasks: [task("a"), task("b", "clean", stage("drain", 0, 1_000))],
    });
    const lines = linesOf(report);
    assertEquals(lines.slice(2, 5), [
      "task  type    outcome  initialize  execute   drain  cleanup",
      "a     strict  clean",
      "b     strict  clean                         1.00 s",
    ]);
    assert(lines.includes(LEGEND_WITH_DRAIN));
  });

  it("shows that the manager and a task drain", () => {
    assertEquals(
      linesOf(draining(stage("drain", 500, null))),
      [
        "draining for 500 ms, 1.00 s after the start, told to stop at 500 ms by stop(): ",
        "",
        "task  type    outcome   initialize   execute     drain  cleanup",
        "a     strict  draining              … 1.00 s  … 500 ms",
        "",
        "task  0 s                                                                 1.00 s",
        `a     ${"█".repeat(37)}${"▓".repeat(37)}`,
        "",
        LEGEND_WITH_DRAIN,
        "",
        "waited for  in        for",
        "a           drain  500 ms",
      ].map((line) => line.trimEnd()),
    );
  });

  describe("shows in the table", () => {
    const cutShort = true;
    const clean = stage("drain", 500, 900);
    const failed = stage("drain", 500, 900, "failed");
    const abandoned = stage("drain", 500, 900, "abandoned");
    const lasts = stage("drain", 500, null);
    for (
      const [what, drain, time, style] of [
        ["that it has ended", clean, "400 ms", ""],
        ["that it failed", failed, "✘ 400 ms", "\x1b[31m"],
        ["that it lasts", lasts, "… 500 ms", "\x1b[34m"],
        [
          "that it was cut short",
          { ...clean, cutShort } as const,
          "✂ 400 ms",
          "\x1b[33m",
        ],
        [
          "that it was cut short, and lasts",
          { ...lasts, cutShort } as const,
          "✂ … 500 ms",
          "\x1b[34m",
        ],
        [
          "that it was cut short, and failed",
          { ...failed, cutShort } as const,
          "✂ ✘ 400 ms",
          "\x1b[31m",
        ],
        [
          "that it was cut short, and left behind",
          { ...abandoned, cutShort } as const,
          "✂ ✘ 400 ms",
          "\x1b[31m",
        ],
      ] as const
    ) {
      it(what, () => {
        const report = draining(drain);
        assertEquals(linesOf(report)[3]?.split("s  ").at(-1), time);
        const colored = formatReport(report, { colors: true });
        const painted = style ? `${style}${time}\x1b[39m\n` : `  ${time}\n`;
        assertStringIncludes(colored, painted);
      });
    }
  });

  describe("shows in the bar", () => {
    it("that it drains, whatever its execute does beside that", () => {
      for (const executedUntil of [null, 550, 750, 749.9, 900]) {
        const report = draining(stage("drain", 500, 750), executedUntil);
        const cells = barOf(report).slice(6);
        assertEquals(cells.slice(0, 55), "█".repeat(37) + "▓".repeat(18));
      }
    });

    it("that it goes on when it has drained", () => {
      const report = draining(stage("drain", 500, 750));
      const bar = `${"█".repeat(37)}${"▓".repeat(18)}${"▒".repeat(19)}`;
      assertEquals(barOf(report), `a     ${bar}`);
    });

    it("that it waits for its cleanup when both have ended", () => {
      const report = draining(stage("drain", 500, 750), 600);
      const bar = `${"█".repeat(37)}${"▓".repeat(19)}${"·".repeat(18)}`;
      assertEquals(barOf(report), `a     ${bar}`);
    });

    it("that others are told to stop meanwhile", () => {
      const { tasks, ...report } = draining(stage("drain", 500, null));
      const other = task("b", "executing", stage("execute", 0, null));
      assertEquals(
        barOf({ ...report, tasks: [...tasks, other] }),
        `b     ${"█".repeat(37)}${"▒".repeat(37)}`,
      );
    });

    it("that it was cancelled and drains, while others are not stopped", () => {
      const given = task(
        "a",
        "executing",
        stage("execute", 0, null),
        stage("drain", 250, 500),
      );
      const bar = `${"█".repeat(18)}${"▓".repeat(19)}${"█".repeat(37)}`;
      assertEquals(
        barOf(reportOfTask(given, { state: "executing" })),
        `a     ${bar}`,
      );
    });
  });

  it("has a colour of its own", () => {
    const text = formatReport(draining(stage("drain", 500, null)), {
      colors: true,
    });
    assertStringIncludes(text, "\x1b[36m▓\x1b[39m \x1b[2mdrain\x1b[22m");
    assertStringIncludes(text, `\x1b[36m${"▓".repeat(37)}\x1b[39m`);
    assertStringIncludes(text, "\x1b[36mdraining\x1b[39m");
  });

  describe("shows of execute tasks", () => {
    const job = { name: "job", type: "strict", state: "failed" } as const;

    it("no drain where none was called", () => {
      assertEquals(linesOf(reportOf({ executeTasks: [job] })).slice(2), [
        "execute task  type    outcome",
        "job           strict  failed",
      ]);
    });

    it("their drains beside those that have none", () => {
      const executeTasks = [
        job,
        { ...job, drain: stage("drain", 500, 900, "failed") },
        {
          ...job,
          state: "draining",
          drain: stage("drain", 500, null),
        } as const,
      ];
      const report = reportOf({ duration: 1_000, executeTasks });
      assertEquals(linesOf(report).slice(2), [
        "execute task  type    outcome      drain",
        "job           strict  failed",
        "job           strict  failed    ✘ 400 ms",
        "job           strict  draining  … 500 ms",
      ]);
    });

    it("none that makes a column in the table of the tasks", () => {
      const tasks = [task("a")];
      const { executeTasks } = QUEUE;
      const [titles] = linesOf(reportOf({ tasks, executeTasks })).slice(2);
      assertEquals(
        titles,
        "task  type    outcome  initialize  execute  cleanup",
      );
    });
  });
});
