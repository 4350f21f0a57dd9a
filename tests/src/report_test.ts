import {
  type Report,
  type StageReport,
  TaskManager,
  type TaskReport,
} from "@goasync/core";
import { formatReport } from "@goasync/core/report";
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";

const LEGEND =
  "▂ initialize   █ execute   ▒ told to stop   · waiting   ▄ cleanup";

const IDLE: Report = {
  state: "idle",
  startedAt: null,
  duration: 0,
  stop: null,
  tasks: [],
  executeTasks: [],
  counts: { clean: 0, "never-started": 0 },
};

/** A report of a run, empty but for what is given. */
function reportOf(given: Partial<Report>): Report {
  return { ...IDLE, state: "finished", startedAt: 0, ...given };
}

function stage(
  stage: StageReport["stage"],
  startedAt: number,
  endedAt: number | null,
  outcome: StageReport["outcome"] = endedAt === null ? null : "clean",
): StageReport {
  return { stage, startedAt, endedAt, outcome };
}

function task(
  name: string,
  state: TaskReport["state"] = "clean",
  ...stages: StageReport[]
): TaskReport {
  return { name, type: "strict", state, stages };
}

/** A report of a task, which has taken one second so far. */
function reportOfTask(given: TaskReport, more: Partial<Report> = {}): Report {
  return reportOf({ duration: 1_000, tasks: [given], ...more });
}

function linesOf(report: Report, width?: number): string[] {
  return formatReport(report, { width }).split("\n");
}

/** The bar of the only task. */
function barOf(report: Report): string {
  const lines = linesOf(report);
  return lines[lines.indexOf(LEGEND) - 2] ?? "";
}

function withoutColors(text: string): string {
  return text.split("\x1b").map((piece, index) =>
    index === 0 ? piece : piece.replace(/^\[\d+m/, "")
  ).join("");
}

const SHOP = reportOf({
  duration: 8_000,
  stop: {
    at: 4_000,
    by: "signal",
    taskName: null,
    reason: "Received SIGTERM",
  },
  tasks: [
    task(
      "database",
      "clean",
      stage("initialize", 0, 1_000),
      stage("execute", 2_000, 4_000),
      stage("cleanup", 7_000, 8_000, "failed"),
    ),
    {
      name: "consumer",
      type: "stop-group",
      state: "timed-out",
      stages: [
        stage("initialize", 1_000, 2_000),
        stage("execute", 2_000, 5_000, "timed-out"),
        stage("cleanup", 6_000, 7_000),
      ],
    },
    {
      name: "cancelled",
      type: "error",
      state: "never-started",
      stages: [],
    },
  ],
  executeTasks: [
    { name: "mail", type: "error", state: "failed" },
    { name: "invoice", type: "strict", state: "abandoned" },
  ],
  counts: { clean: 12, "never-started": 3 },
});

describe("formatReport()", () => {
  it("shows the heading, the table, the bars and the execute tasks", () => {
    assertEquals(linesOf(SHOP), [
      "finished after 8.00 s, told to stop at 4.00 s by its signal: Received SIGTERM",
      "",
      "task       type        outcome        initialize   execute   cleanup",
      "database   strict      clean              1.00 s    2.00 s  ✘ 1.00 s",
      "consumer   stop-group  timed-out          1.00 s  ✘ 3.00 s    1.00 s",
      "cancelled  error       never-started",
      "",
      "task       0 s                                                            8.00 s",
      "database   ▂▂▂▂▂▂▂▂▂········██████████████████·························▄▄▄▄▄▄▄▄▄",
      "consumer           ▂▂▂▂▂▂▂▂▂▂████████████████▒▒▒▒▒▒▒▒▒▒·······▄▄▄▄▄▄▄▄▄▄",
      "cancelled",
      "",
      LEGEND,
      "",
      "execute task  type    outcome",
      "mail          error   failed",
      "invoice       strict  abandoned",
      "",
      "other execute tasks: 12 clean, 3 never-started",
    ]);
  });

  it("shows the bars beside the table where there is room", () => {
    assertEquals(linesOf(SHOP, 102).slice(2, 8), [
      "task       type        outcome        initialize   execute   cleanup  0 s                       8.00 s",
      "database   strict      clean              1.00 s    2.00 s  ✘ 1.00 s  ▂▂▂▂····████████············▄▄▄▄",
      "consumer   stop-group  timed-out          1.00 s  ✘ 3.00 s    1.00 s      ▂▂▂▂████████▒▒▒▒····▄▄▄▄",
      "cancelled  error       never-started",
      "",
      LEGEND,
    ]);
  });

  it("takes all the width there is for the bars", () => {
    for (const width of [80, 101, 1_000]) {
      const longest = linesOf(SHOP, width).map((line) => line.length);
      assertEquals(Math.max(...longest), width);
    }
  });

  it("is the same with and without colours, but for the colours", () => {
    for (const width of [80, 120]) {
      const plain = formatReport(SHOP, { width });
      const colored = formatReport(SHOP, { width, colors: true });
      assert(colored.length > plain.length);
      assert(!plain.includes("\x1b"));
      assertEquals(withoutColors(colored), plain);
    }
  });

  it("colours what is to be seen at first glance", () => {
    const text = formatReport(SHOP, { colors: true });
    for (
      const piece of [
        "\x1b[1mfinished\x1b[22m after",
        "\x1b[32mclean\x1b[39m",
        "\x1b[31mtimed-out\x1b[39m",
        "\x1b[2mnever-started\x1b[22m",
        "\x1b[31m✘ 3.00 s\x1b[39m",
        "\x1b[33m▒▒▒▒▒▒▒▒▒▒\x1b[39m\x1b[2m·······\x1b[22m\x1b[35m▄▄▄▄▄▄▄▄▄",
        "\x1b[34m▂\x1b[39m \x1b[2minitialize\x1b[22m",
      ]
    ) assertStringIncludes(text, piece);
  });

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
          reportOf({ state: "initializing", duration: 1_500 }),
          "initializing, 1.50 s after the start",
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
            duration: 2_000,
            stop: { at: 20, by: "signal", taskName: null, reason: "SIGINT" },
          }),
          "stopping, 2.00 s after the start, told to stop at 20 ms by its signal: SIGINT",
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

  describe("shows of a task", () => {
    it("no stage that was not called", () => {
      const report: Report = { ...IDLE, tasks: [task("a", "waiting")] };
      assertEquals(linesOf(report).slice(2), [
        "task  type    outcome  initialize  execute  cleanup",
        "a     strict  waiting",
      ]);
    });

    it("no bar while the run has taken no time", () => {
      const given = task("a", "initializing", stage("initialize", 0, null));
      const report = reportOfTask(given, {
        state: "initializing",
        duration: 0,
      });
      assertEquals(linesOf(report).slice(2), [
        "task  type    outcome       initialize  execute  cleanup",
        "a     strict  initializing    … 0.0 ms",
      ]);
    });

    it("that it executes", () => {
      const given = task(
        "a",
        "executing",
        stage("initialize", 0, 500),
        stage("execute", 500, null),
      );
      const report = reportOfTask(given, { state: "executing" });
      assertEquals(
        linesOf(report)[3],
        "a     strict  executing      500 ms  … 500 ms",
      );
      assertEquals(barOf(report), `a     ${"▂".repeat(37)}${"█".repeat(37)}`);
    });

    it("that it is initialized and waits for the others", () => {
      const given = task("a", "initialized", stage("initialize", 0, 500));
      const report = reportOfTask(given, { state: "initializing" });
      assertEquals(barOf(report), `a     ${"▂".repeat(37)}${"·".repeat(37)}`);
    });

    it("that it was told to stop and goes on", () => {
      const given = task("a", "executing", stage("execute", 0, null));
      const stop = { at: 500, by: "stop", taskName: null, reason: "" } as const;
      const report = reportOfTask(given, { state: "stopping", stop });
      assertEquals(barOf(report), `a     ${"█".repeat(37)}${"▒".repeat(37)}`);
    });

    it("that it has ended and waits for its cleanup", () => {
      const given = task("a", "clean", stage("execute", 0, 500));
      const stop = { at: 750, by: "stop", taskName: null, reason: "" } as const;
      const report = reportOfTask(given, { state: "stopping", stop });
      assertEquals(barOf(report), `a     ${"█".repeat(37)}${"·".repeat(37)}`);
    });

    it("that it is cleaned up while others are not", () => {
      const given = task("a", "clean", stage("cleanup", 0, 500));
      const report = reportOfTask(given, { state: "cleaning-up" });
      assertEquals(barOf(report), `a     ${"▄".repeat(37)}`);
    });

    it("that it was abandoned, and not cleaned up", () => {
      const given = task(
        "a",
        "abandoned",
        stage("execute", 0, 500, "abandoned"),
      );
      const report = reportOfTask(given);
      assertEquals(
        linesOf(report)[3],
        "a     strict  abandoned              ✘ 500 ms",
      );
      assertEquals(barOf(report), `a     ${"█".repeat(37)}`);
    });

    it("a stage however short it was", () => {
      const given = task(
        "a",
        "clean",
        stage("initialize", 0, 0),
        stage("execute", 0, 999.9),
        stage("cleanup", 1_000, 1_000),
      );
      assertEquals(barOf(reportOfTask(given)), `a     ▂${"█".repeat(72)}▄`);
    });

    it("something even if its clock went backwards", () => {
      const given = task(
        "a",
        "clean",
        stage("initialize", -500, -600),
        stage("execute", 500, 400),
        stage("cleanup", 5_000, 6_000),
      );
      const bar = barOf(reportOfTask(given));
      assertMatch(bar, /^a {5}▂·{36}█·{35}▄$/);
    });
  });

  describe("aligns names", () => {
    for (
      const [what, name, columns] of [
        ["in Chinese", "数据库", 6],
        ["in Japanese", "データ、ベース", 14],
        ["in Korean", "서버", 4],
        ["in fullwidth letters", "ＡＰＩ！", 8],
        ["in halfwidth letters", "ﾃｽﾄ", 3],
        ["in halfwidth letters with marks", "ﾃﾞｰﾀﾍﾞｰｽ", 8],
        ["in Thai", "ทำงาน", 5],
        ["of emoji", "🚀🚀", 4],
        ["of emoji made of several", "👩‍👩‍👧‍👦👍🏽🇩🇪❤️", 8],
        ["with combining accents", "cafe\u0301", 4],
        ["with what takes no space", "a\u200bb\u0301\u2060", 2],
        ["of two code units that are narrow", "𝒳", 1],
      ] as const
    ) {
      it(what, () => {
        const tasks = [task(name), task("1234567890123456")];
        const line = linesOf(reportOf({ tasks }))[3];
        const spaces = " ".repeat(16 - columns);
        assertEquals(line, `${name}${spaces}  strict  clean`);
      });
    }

    it("that are too long, which are cut off", () => {
      const tasks = [task("x".repeat(99)), task("界".repeat(99))];
      const lines = linesOf(reportOf({ tasks }));
      const room = 80 -
        "  type    outcome  initialize  execute  cleanup".length;
      assertEquals(lines.slice(3), [
        `${"x".repeat(room - 1)}…  strict  clean`,
        `${"界".repeat((room - 1) / 2)}…  strict  clean`,
      ]);
    });

    it("with anything that would move the cursor", () => {
      const name = "a\nb\r\x1b[31mc\u2028d\u202ee\x9bf";
      const executeTasks = [{ name, type: "error", state: "failed" }] as const;
      const tasks = [task(name)];
      const text = formatReport(
        reportOf({ tasks, executeTasks: [...executeTasks] }),
      );
      assertEquals(text.split("\n").length, 7);
      assertStringIncludes(text, "\na b [31mc d e f  strict");
      assertStringIncludes(text, "\na b [31mc d e f  error");
    });
  });

  it("counts execute tasks of which none is listed", () => {
    const report = reportOf({ counts: { clean: 1, "never-started": 0 } });
    assertEquals(linesOf(report).slice(2), ["execute tasks: 1 clean"]);
  });

  it("lists execute tasks of which none is counted", () => {
    const report = reportOf({
      executeTasks: [{ name: "job", type: "strict", state: "executing" }],
    });
    assertEquals(linesOf(report).slice(2), [
      "execute task  type    outcome",
      "job           strict  executing",
    ]);
  });

  it("lists 100,000 execute tasks", () => {
    const job = { name: "job", type: "strict", state: "executing" } as const;
    const executeTasks = Array(100_000).fill(job);
    assertEquals(linesOf(reportOf({ executeTasks })).length, 100_003);
  });

  it("leaves the report as it is", () => {
    const before = structuredClone(SHOP);
    formatReport(SHOP);
    assertEquals(SHOP, before);
  });

  it("takes what the report() of a manager returns, also through JSON", async () => {
    const manager = new TaskManager();
    manager.addTask("server", { execute: ({ done }) => done });
    manager.addExecuteTask("stop", () => void manager.stop("enough"), {
      type: "error",
    });
    assertEquals(linesOf(manager.report())[3], "server  strict  waiting");
    await manager.run();
    const report = manager.report();
    const text = formatReport(report);
    assertMatch(
      text,
      /^finished after [\d.]+ m?s, told to stop at [\d.]+ m?s by stop\(\): enough\n/,
    );
    assertMatch(text, /\nserver {2}strict {2}clean( +[\d.]+ m?s){3}\n/);
    assertMatch(text, /\n\nexecute tasks: 1 clean$/);
    assertEquals(formatReport(JSON.parse(JSON.stringify(report))), text);
  });

  it("takes options that are undefined for those that are left out", () => {
    assertEquals(
      formatReport(SHOP, { colors: undefined, width: undefined }),
      formatReport(SHOP),
    );
  });

  for (
    const [value, shown] of [
      [undefined, "undefined"],
      [null, "null"],
      ["finished", '"finished"'],
      [new TaskManager(), "an instance of TaskManager"],
      [Promise.resolve(SHOP), "an instance of Promise"],
      [{}, "an instance of Object"],
      [{ ...SHOP, duration: "8" }, "an instance of Object"],
      [{ ...SHOP, tasks: {} }, "an instance of Object"],
      [{ ...SHOP, executeTasks: undefined }, "an instance of Object"],
      [{ ...SHOP, counts: undefined }, "an instance of Object"],
    ] as const
  ) {
    it(`throws if the report is ${shown}, and none`, () => {
      assertThrows(
        () => formatReport(value as unknown as Report),
        TypeError,
        `Cannot format a report as it must be what the report() of a manager returned: current value is ${shown}`,
      );
    });
  }

  it("throws if the options are no object", () => {
    assertThrows(
      () => formatReport(SHOP, 80 as unknown as { width: number }),
      TypeError,
      "Cannot format a report as the options must be an object as { colors: true }: current value is 80 (number)",
    );
  });

  it("throws if 'colors' is no boolean", () => {
    assertThrows(
      () => formatReport(SHOP, { colors: "always" as unknown as boolean }),
      TypeError,
      "Cannot format a report as 'colors' must be a boolean: current value is \"always\"",
    );
  });

  for (const width of [79, 1_001, 80.5, NaN, Infinity, "80", null]) {
    it(`throws if 'width' is ${typeof width} ${width}`, () => {
      assertThrows(
        () => formatReport(SHOP, { width: width as number }),
        RangeError,
        "Cannot format a report as 'width' must be an integer from 80 to 1000: current value is ",
      );
    });
  }
});
