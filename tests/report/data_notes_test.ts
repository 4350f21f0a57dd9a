import { type TaskContext, TaskManager } from "@goasync/core";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { running } from "../helpers/running.ts";
import { assertPlain } from "../helpers/report_data.ts";

describe("TaskManager.report(), notes", () => {
  it("has none where nobody has noted anything", async () => {
    const manager = new TaskManager();
    manager.addTask("it", {
      execute: () => void manager.stop(),
    });
    await manager.run();
    const [task] = manager.report().tasks;
    assertEquals([task?.notes, task?.earlierNotes], [undefined, undefined]);
  });

  it("has those of every stage, with their times", async () => {
    const real = performance.now;
    let now = 0;
    performance.now = () => now;
    try {
      const manager = new TaskManager();
      const notes = (message: string) => ({ note }: TaskContext) => {
        note(message, { now });
        now += 100;
      };
      manager.addTask("it", {
        initialize: notes("initialized"),
        execute: notes("executed"),
        drain: notes("drained"),
        cleanup: notes("cleaned up"),
      }, { type: "error" });
      const { errors } = await running(manager);
      await manager.stop();
      await errors;
      assertEquals(manager.report().tasks[0]?.notes, [
        { at: 0, message: "initialized", details: { now: 0 } },
        { at: 100, message: "executed", details: { now: 100 } },
        { at: 200, message: "drained", details: { now: 200 } },
        { at: 300, message: "cleaned up", details: { now: 300 } },
      ]);
      assertPlain(manager.report());
    } finally {
      performance.now = real;
    }
  });

  it("has the last 20 of a task, and counts those before", async () => {
    const contexts: TaskContext[] = [];
    const keep = (context: TaskContext) => void contexts.push(context);
    const manager = new TaskManager();
    manager.addTask("it", { initialize: keep });
    manager.addTask("other", { initialize: keep });
    const { errors } = await running(manager);
    const [it, other] = contexts;
    for (let count = 1; count <= 20; count++) it?.note(`${count}`);
    other?.note("alone");
    const notesOf = (index: number) =>
      manager.report().tasks[index]?.notes?.map(({ message }) => message);
    assertEquals(notesOf(0)?.length, 20);
    assertEquals("earlierNotes" in manager.report().tasks[0]!, false);
    it?.note("21");
    it?.note("22");
    assertEquals(notesOf(0)?.length, 20);
    assertEquals(notesOf(0)?.at(0), "3");
    assertEquals(notesOf(0)?.at(-1), "22");
    assertEquals(manager.report().tasks[0]?.earlierNotes, 2);
    assertEquals(notesOf(1), ["alone"]);
    await manager.stop();
    await errors;
    assertEquals(manager.report().tasks[0]?.earlierNotes, 2);
  });

  it("has those of execute tasks that are listed", async () => {
    const manager = new TaskManager();
    manager.addExecuteTask("it", ({ note, done }) => {
      note("accepted", { id: 7 });
      return done;
    });
    const { errors } = await running(manager);
    const [job] = manager.report().executeTasks;
    assertEquals(
      job?.notes?.map(({ message, details }) => [message, details]),
      [
        ["accepted", { id: 7 }],
      ],
    );
    await manager.stop();
    await errors;
    assertEquals(manager.report().executeTasks, []);
  });

  it("has what a note adds as plain data, whatever it is", async () => {
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    const evil = {
      toJSON() {
        throw new Error("no JSON");
      },
    };
    const manager = new TaskManager();
    manager.addTask("it", {
      initialize: ({ note }) =>
        note("odd", {
          text: "a",
          list: [1, { b: null }],
          date: new Date(0),
          error: new TypeError("not so"),
          big: 1n,
          symbol: Symbol("s"),
          nothing: undefined,
          callback: () => {},
          cycle,
          evil,
        }),
      execute: () => void manager.stop(),
    });
    await manager.run();
    const report = manager.report();
    assertEquals(report.tasks[0]?.notes?.[0]?.details, {
      text: "a",
      list: [1, { b: null }],
      date: "1970-01-01T00:00:00.000Z",
      error: "not so",
      big: "1 (bigint)",
      symbol: "Symbol(s) (symbol)",
      nothing: "undefined",
      callback: "an instance of Function",
      cycle: "an instance of Object",
      evil: "an instance of Object",
    });
    assertPlain(report);
  });

  it("has what a note added when it was made", async () => {
    const details = { attempt: 1, hosts: ["a"] };
    const manager = new TaskManager();
    manager.addTask("it", {
      initialize: ({ note }) => note("connects", details),
      execute: () => void manager.stop(),
    });
    const { errors } = await running(manager);
    details.attempt = 2;
    details.hosts.push("b");
    await errors;
    const notes = () => manager.report().tasks[0]!.notes!;
    notes()[0]!.message = "changed";
    notes().length = 0;
    assertEquals(notes().map(({ message, details }) => [message, details]), [
      ["connects", { attempt: 1, hosts: ["a"] }],
    ]);
  });
});
