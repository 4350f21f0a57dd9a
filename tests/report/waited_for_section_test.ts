import type { Report } from "@goasync/core";
import { formatReport } from "@goasync/core/report";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { reportOf, sectionOf, stage, task } from "../helpers/reports.ts";

const STOP = { at: 1_000, by: "stop", taskName: null, reason: "" } as const;
const STRICT = { type: "strict", state: "executing" } as const;

function waitedFor(given: Partial<Report>, width?: number) {
  return sectionOf(reportOf(given), "waited for", width);
}

describe("formatReport(), who is waited for", () => {
  for (const state of ["idle", "executing", "finished"] as const) {
    it(`is nobody while the manager is ${state}`, () => {
      const tasks = [task("a", "executing", stage("execute", 0, null))];
      assertEquals(waitedFor({ state, tasks }), undefined);
    });
  }

  it("is nobody where nothing lasts", () => {
    const tasks = [task("a", "clean", stage("execute", 0, 10))];
    assertEquals(
      waitedFor({ state: "stopping", stop: STOP, tasks }),
      undefined,
    );
  });

  it("is who is initialized", () => {
    const limit = {
      name: "initializeTimeout",
      ms: 5_000,
      endsAt: 5_500,
    } as const;
    const lasting = { ...stage("initialize", 500, null), limit };
    const tasks = [
      task("a", "initialized", stage("initialize", 0, 500)),
      task("b", "initializing", lasting),
    ];
    assertEquals(waitedFor({ state: "initializing", duration: 2_500, tasks }), [
      "waited for  in             for    left  of the",
      "b           initialize  2.00 s  3.00 s  initializeTimeout",
    ]);
  });

  it("takes no more columns than there are, whatever it is named and noted", () => {
    const limit = {
      name: "initializeTimeout",
      ms: 10_000,
      endsAt: 10_500,
    } as const;
    const lasting = { ...stage("initialize", 500, null), limit };
    const tasks = [{
      ...task("a-consumer-of-a-long-name", "initializing", lasting),
      notes: [{ at: 1, message: "connecting to the broker" }],
    }];
    const lines = waitedFor({ state: "initializing", duration: 1_500, tasks });
    assertEquals(lines, [
      "waited for           in             for    left  of the             last note",
      "a-consumer-of-a-lo…  initialize  1.00 s  9.00 s  initializeTimeout  connecting …",
    ]);
    assertEquals(lines?.filter(({ length }) => length > 80), []);
  });

  it("is who drains, and not who only executes", () => {
    const tasks = [
      task("a", "executing", stage("execute", 0, null)),
      task(
        "b",
        "draining",
        stage("execute", 0, null),
        stage("drain", 1_000, null),
      ),
    ];
    const executeTasks = [
      { name: "c", ...STRICT },
      { name: "d", ...STRICT, drain: stage("drain", 1_500, null) },
    ];
    assertEquals(
      waitedFor({
        state: "draining",
        duration: 3_000,
        stop: STOP,
        tasks,
        executeTasks,
      }),
      [
        "waited for  in        for",
        "b           drain  2.00 s",
        "d           drain  1.50 s",
      ],
    );
  });

  it("is who executes, since it was told", () => {
    const limit = { name: "stopTimeout", ms: 3_000, endsAt: 4_000 } as const;
    const tasks = [
      task("a", "executing", { ...stage("execute", 0, null), limit }),
      task(
        "b",
        "draining",
        stage("execute", 0, 1_000),
        stage("drain", 1_000, null),
      ),
    ];
    const executeTasks = [
      { name: "c", ...STRICT, limit },
      { name: "d", ...STRICT, execute: stage("execute", 1_500, null) },
      { name: "e", type: "strict", state: "failed" } as const,
    ];
    assertEquals(
      waitedFor({
        state: "stopping",
        duration: 3_000,
        stop: STOP,
        tasks,
        executeTasks,
      }),
      [
        "waited for  in          for    left  of the",
        "a           execute  2.00 s  1.00 s  stopTimeout",
        "b           drain    2.00 s",
        "c           execute  2.00 s  1.00 s  stopTimeout",
        "d           execute  1.50 s",
      ],
    );
  });

  const shutdown = {
    name: "shutdownTimeout",
    ms: 10_000,
    endsAt: 11_000,
  } as const;

  it("has drains that take half of the time for the stop", () => {
    const tasks = [task("a", "draining", stage("drain", 1_000, null))];
    assertEquals(
      waitedFor({
        state: "draining",
        duration: 2_000,
        stop: { ...STOP, limit: shutdown },
        tasks,
      })?.[1],
      "a           drain  1.00 s  4.00 s  drainTimeout",
    );
  });

  it("is under the limit that is over first", () => {
    const limit = {
      name: "cleanupTimeout",
      ms: 5_000,
      endsAt: 12_000,
    } as const;
    const tasks = [
      task("a", "clean", { ...stage("cleanup", 7_000, null), limit }),
    ];
    assertEquals(
      waitedFor({
        state: "cleaning-up",
        duration: 10_500,
        stop: { ...STOP, limit: shutdown },
        tasks,
      })?.[1],
      "a           cleanup  3.50 s  500 ms  shutdownTimeout",
    );
  });

  it("is who is waited for in a manager within", () => {
    const within = reportOf({
      state: "draining",
      duration: 1_500,
      stop: STOP,
      tasks: [task("consumer", "draining", stage("drain", 1_000, null))],
    });
    const tasks = [
      {
        ...task("payments", "draining", stage("drain", 3_000, null)),
        managers: [within, reportOf({ state: "draining" })],
      },
      {
        ...task("mail", "draining", stage("drain", 3_000, null)),
        managers: [reportOf({ state: "draining" })],
      },
    ];
    assertEquals(
      waitedFor({
        state: "draining",
        duration: 4_000,
        stop: { ...STOP, at: 3_000, limit: { ...shutdown, endsAt: 13_000 } },
        tasks,
      }),
      [
        "waited for         in        for    left  of the",
        "payments/consumer  drain  500 ms  4.00 s  drainTimeout",
        "mail               drain  1.00 s  4.00 s  drainTimeout",
      ],
    );
  });

  it("has a limit and a note only where there are any", () => {
    const limit = { name: "stopTimeout", ms: 3_000, endsAt: 4_000 } as const;
    const executeTasks = [
      { name: "a", ...STRICT, limit, notes: [{ at: 1, message: "hello" }] },
      { name: "b", ...STRICT },
    ];
    assertEquals(
      waitedFor({
        state: "stopping",
        duration: 2_000,
        stop: STOP,
        executeTasks,
      }),
      [
        "waited for  in          for    left  of the       last note",
        "a           execute  1.00 s  2.00 s  stopTimeout  hello",
        "b           execute  1.00 s",
      ],
    );
  });

  it("has its last note, as far as there is room", () => {
    const tasks = [{
      ...task("n".repeat(30), "draining", stage("drain", 1_000, null)),
      notes: [{ at: 1, message: "old" }, { at: 2, message: "new ".repeat(40) }],
    }];
    const [titles, row] = waitedFor({
      state: "draining",
      duration: 2_000,
      stop: STOP,
      tasks,
    })!;
    assertEquals(titles?.endsWith("last note"), true);
    assertStringIncludes(row!, `${"n".repeat(23)}…  drain  1.00 s  new new`);
    assertEquals(row!.length, 80);
  });

  it("lists 20 at most", () => {
    const executeTasks = Array(100_000).fill({ name: "job", ...STRICT });
    const lines = waitedFor({ state: "stopping", stop: STOP, executeTasks })!;
    assertEquals(lines.length, 22);
    assertEquals(lines.at(-1), "… and 99980 more");
  });
});

describe("formatReport(), execute tasks that somebody listened to", () => {
  it("says how long they have executed", () => {
    const executeTasks = [
      { name: "job", ...STRICT, execute: stage("execute", 500, null) },
      { name: "other", ...STRICT },
    ];
    const report = reportOf({
      state: "executing",
      duration: 2_000,
      executeTasks,
    });
    assertEquals(formatReport(report).split("\n").slice(2), [
      "execute task  type    outcome     execute",
      "job           strict  executing  … 1.50 s",
      "other         strict  executing",
    ]);
  });
});
