import { formatReport } from "@goasync/core/report";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { linesOf, reportOf, task } from "../helpers/reports.ts";

describe("formatReport(), names", () => {
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
});
