import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { linesOf, reportOf } from "../helpers/reports.ts";

describe("formatReport(), execute tasks", () => {
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
});
