import { type Report, TaskManager } from "@goasync/core";
import { formatReport } from "@goasync/core/report";
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { QUEUE } from "../helpers/queue.ts";
import { LEGEND, LEGEND_WITH_DRAIN, linesOf } from "../helpers/reports.ts";
import { SHOP } from "../helpers/shop.ts";

function withoutColors(text: string): string {
  return text.split("\x1b").map((piece, index) =>
    index === 0 ? piece : piece.replace(/^\[\d+m/, "")
  ).join("");
}

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
    for (const report of [SHOP, QUEUE]) {
      for (const width of [80, 101, 1_000]) {
        const longest = linesOf(report, width).map((line) => line.length);
        assertEquals(Math.max(...longest), width);
      }
    }
  });

  it("is the same with and without colours, but for the colours", () => {
    for (const report of [SHOP, QUEUE]) {
      for (const width of [80, 120]) {
        const plain = formatReport(report, { width });
        const colored = formatReport(report, { width, colors: true });
        assert(colored.length > plain.length);
        assert(!plain.includes("\x1b"));
        assertEquals(withoutColors(colored), plain);
      }
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

  it("shows drains, failures and notes where there are any", () => {
    assertEquals(linesOf(QUEUE), [
      "finished after 8.00 s, told to stop at 4.00 s by stop(): enough",
      "",
      "task      type    outcome  initialize  execute     drain   cleanup",
      "database  strict  clean        1.00 s   4.00 s            ✘ 500 ms",
      "server    strict  clean        1.00 s   4.00 s    1.00 s    500 ms",
      "consumer  strict  clean        0.0 ms   2.50 s  ✂ 2.50 s    0.0 ms",
      "",
      "task      0 s                                                             8.00 s",
      "database  ▂▂▂▂▂▂▂▂▂········██████████████████▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒········▄▄▄▄▄",
      "server            ▂▂▂▂▂▂▂▂▂▂█████████████████▓▓▓▓▓▓▓▓▒▒▒▒▒▒▒▒▒▒···▄▄▄▄▄▄",
      "consumer                   ▂█████████████████▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▄",
      "",
      LEGEND_WITH_DRAIN,
      "",
      "execute task  type   outcome     drain",
      "mail          error  failed   ✘ 500 ms",
      "",
      "failures",
      '✘ Task "database" failed in cleanup: connection lost',
      '✘ Task "mail" failed in drain: no route to host',
      "",
      "noted by      at  note",
      "server    1.50 s  listens port=8000",
      "mail      3.00 s  has sent 3 mails",
    ]);
  });

  it("leaves the report as it is", () => {
    for (const report of [SHOP, QUEUE]) {
      const before = structuredClone(report);
      formatReport(report);
      assertEquals(report, before);
    }
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
      [new TaskManager(), `an instance of ${TaskManager.name}`],
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
