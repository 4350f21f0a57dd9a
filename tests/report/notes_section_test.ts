import { type NoteReport, TaskManager } from "@goasync/core";
import { formatReport } from "@goasync/core/report";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { reportOf, sectionOf, task } from "../helpers/reports.ts";
import { SHOP } from "../helpers/shop.ts";

const JOB = { name: "job", type: "error", state: "executing" } as const;

/** The notes of a run of one task. */
function sectionWith(
  notes: NoteReport[],
  { name = "it", width }: { name?: string; width?: number } = {},
): string[] | undefined {
  const tasks = [{ ...task(name), notes }];
  return sectionOf(reportOf({ tasks }), "noted by", width);
}

describe("formatReport(), notes", () => {
  it("has none where nobody has noted anything", () => {
    assertEquals(sectionOf(SHOP, "noted by"), undefined);
    assertEquals(sectionWith([]), undefined);
  });

  it("shows those of each task, in the order of the tables", () => {
    const report = reportOf({
      tasks: [
        {
          ...task("database"),
          notes: [
            { at: 5, message: "connects" },
            { at: 1_500, message: "connected" },
          ],
        },
        task("quiet"),
        { ...task("server"), notes: [{ at: 20, message: "listens" }] },
      ],
      executeTasks: [JOB, {
        ...JOB,
        notes: [{ at: 120_000, message: "is nearly there" }],
      }],
    });
    assertEquals(sectionOf(report, "noted by"), [
      "noted by      at  note",
      "database  5.0 ms  connects",
      "          1.50 s  connected",
      "server     20 ms  listens",
      "job       2m 00s  is nearly there",
    ]);
  });

  it("shows what a note adds", () => {
    const details = {
      attempt: 3,
      host: "db 1:5432",
      ok: false,
      none: null,
      more: { a: [1] },
    };
    assertEquals(sectionWith([{ at: 0, message: "connected", details }]), [
      "noted by      at  note",
      'it        0.0 ms  connected attempt=3 host="db 1:5432" ok=false none=null',
      '                  more={"a":[1]}',
    ]);
  });

  it("shows a note that adds nothing, or says nothing", () => {
    const notes = [
      { at: 0, message: "done", details: {} },
      { at: 0, message: "", details: { port: 8000 } },
    ];
    assertEquals(sectionWith(notes), [
      "noted by      at  note",
      "it        0.0 ms  done",
      "          0.0 ms   port=8000",
    ]);
  });

  it("counts those before the last", () => {
    const notes = [{ at: 20, message: "again" }, { at: 30, message: "again" }];
    const report = reportOf({
      tasks: [
        { ...task("chatty"), notes, earlierNotes: 40 },
        { ...task("quiet"), notes },
      ],
    });
    assertEquals(sectionOf(report, "noted by"), [
      "noted by     at  note",
      "chatty           … and 40 before",
      "          20 ms  again",
      "          30 ms  again",
      "quiet     20 ms  again",
      "          30 ms  again",
    ]);
    assertStringIncludes(
      formatReport(report, { colors: true }),
      "\x1b[2m… and 40 before\x1b[22m",
    );
  });

  it("goes on in the next line, below the note", () => {
    const message = `${"word ".repeat(14)}${"x".repeat(70)}`;
    const notes = [{ at: 20, message }, { at: 30, message: "done" }];
    const start = " ".repeat(17);
    assertEquals(sectionWith(notes), [
      "noted by     at  note",
      `it        20 ms  ${"word ".repeat(12).trimEnd()}`,
      `${start}word word`,
      `${start}${"x".repeat(63)}`,
      `${start}${"x".repeat(7)}`,
      "          30 ms  done",
    ]);
    assertEquals(sectionWith(notes, { width: 200 })?.length, 3);
  });

  it("cuts off names that are too long, so that notes have room", () => {
    const notes = [{ at: 20, message: "word ".repeat(12).trimEnd() }];
    assertEquals(sectionWith(notes, { name: "x".repeat(99) }), [
      "noted by                     at  note",
      `${"x".repeat(23)}…  20 ms  ${"word ".repeat(9).trimEnd()}`,
      `${" ".repeat(33)}word word word`,
    ]);
  });

  it("shows nothing that would move the cursor", () => {
    const evil = "a\nb\x1b[31mc\u2028d\u202ee\x9bf";
    const notes = [{ at: 20, message: evil, details: { [evil]: evil } }];
    const lines = sectionWith(notes, { name: evil });
    assertEquals(lines?.length, 2);
    assertMatch(
      lines![1]!,
      /^a b \[31mc d e f {2}20 ms {2}a b \[31mc d e f a b \[31mc d e f="a\\nb\\u001b\[31mc[ \\u2028]+d e f"$/,
    );
  });

  it("shows what tasks have noted, also through JSON", async () => {
    const manager = new TaskManager();
    manager.addTask("server", {
      initialize: ({ note }) => note("listens", { port: 8000 }),
    });
    manager.addExecuteTask("stop", (context) => {
      for (let count = 1; count <= 23; count++) context.note(`note ${count}`);
      manager.stop();
      throw new Error("to be listed");
    });
    await manager.runSettled();
    const report = manager.report();
    const lines = sectionOf(report, "noted by")!;
    assertEquals(lines.length, 23);
    assertMatch(lines[1]!, /^server +[\d.]+ ms {2}listens port=8000$/);
    assertMatch(lines[2]!, /^stop +… and 3 before$/);
    assertMatch(lines[3]!, /^ +[\d.]+ ms {2}note 4$/);
    assertMatch(lines.at(-1)!, /^ +[\d.]+ ms {2}note 23$/);
    const copy = JSON.parse(JSON.stringify(report));
    assertEquals(formatReport(copy), formatReport(report));
  });
});
