import {
  type ExecuteTaskReport,
  type NoteReport,
  TaskContext,
  TaskManager,
  type TaskReport,
} from "@goasync/core";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { stuck } from "../helpers/stuck.ts";
import { gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";
import { heard } from "../helpers/heard.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";
import { started } from "../helpers/timeouts.ts";

/** What a report says of the first task. */
function firstTask(manager: TaskManager): TaskReport {
  return manager.report().tasks[0]!;
}

/** The messages of notes. */
function messages(notes: readonly NoteReport[] = []): string[] {
  return notes.map(({ message }) => message);
}

describe("rule 20: notes", () => {
  it("are in the report of a task, in order, with when they were made", async () => {
    const manager = new TaskManager();
    manager.addTask("db", {
      initialize({ note }) {
        note("connecting");
        note("connected", { attempt: 3 });
      },
      execute({ note, done }) {
        note("executes");
        return done;
      },
      drain: ({ note }) => note("drains"),
      cleanup: ({ note }) => note("cleans up"),
    });
    const { errors } = await running(manager);
    await manager.stop();
    assertEquals(await errors, []);
    const { notes, earlierNotes, stages } = firstTask(manager);
    assertEquals(messages(notes), [
      "connecting",
      "connected",
      "executes",
      "drains",
      "cleans up",
    ]);
    assertEquals(notes?.map(({ details }) => details), [
      undefined,
      { attempt: 3 },
      undefined,
      undefined,
      undefined,
    ]);
    assertEquals(Object.keys(notes![0]!), ["at", "message"]);
    assertEquals(earlierNotes, undefined);
    const { startedAt, endedAt } = stages.at(-1)!;
    const { at } = notes!.at(-1)!;
    assert(startedAt <= at && at <= endedAt!, `${at}`);
  });

  it("are not in the report of a task without any", async () => {
    const manager = new TaskManager();
    manager.addTask("it", { execute: untilStopped });
    manager.addExecuteTask("execute task", untilStopped);
    await running(manager);
    const { tasks, executeTasks } = manager.report();
    for (const report of [...tasks, ...executeTasks]) {
      assertEquals("notes" in report, false);
      assertEquals("earlierNotes" in report, false);
    }
    await manager.stop();
  });

  for (const count of [19, 20, 21, 1_000]) {
    it(`are kept to the last 20 of ${count}, and the earlier are counted`, async () => {
      const manager = new TaskManager();
      const note = (context: TaskContext) => {
        for (let n = 1; n <= count; n++) context.note(`${n}`);
        return context.done;
      };
      manager.addTask("it", { execute: note });
      manager.addExecuteTask("execute task", note);
      await running(manager);
      const { tasks, executeTasks } = manager.report();
      const expected = Array.from({ length: count }, (_, n) => `${n + 1}`);
      for (const report of [tasks[0]!, executeTasks[0]!]) {
        assertEquals(messages(report.notes), expected.slice(-20));
        assertEquals(
          report.earlierNotes,
          count > 20 ? count - 20 : undefined,
        );
      }
      await manager.stop();
    });
  }

  it("of one task leave those of another alone", async () => {
    const manager = new TaskManager();
    for (const name of ["a", "b"]) {
      manager.addTask("it", { initialize: ({ note }) => note(name) });
    }
    await running(manager);
    await manager.stop();
    const { tasks } = manager.report();
    assertEquals(tasks.map(({ notes }) => messages(notes)), [["a"], ["b"]]);
  });

  it("are events, too, each in its place", async () => {
    const manager = new TaskManager();
    const log = heard(manager);
    manager.addTask("db", { initialize: ({ note }) => note("connected") });
    await running(manager);
    assertEquals(log.slice(1, 4), [
      "/db initialize starts",
      "/db notes connected",
      "/db initialize ends clean",
    ]);
    await manager.stop();
  });

  it("of a task come to an end with its cleanup, not before", async () => {
    const manager = new TaskManager();
    const log = heard(manager);
    const kept: TaskContext[] = [];
    manager.addTask("last", { execute: untilStopped, cleanup: noteLater });
    manager.addTask("it", {
      initialize: (context) => void kept.push(context),
      cleanup(context) {
        kept.push(context);
        kept[0]!.note("in cleanup, by the context of initialize");
      },
    });
    function noteLater(): void {
      for (const { note } of kept) note("after its cleanup");
    }
    const { errors } = await running(manager);
    await manager.stop();
    assertEquals(await errors, []);
    noteLater();
    assertEquals(messages(manager.report().tasks[1]?.notes), [
      "in cleanup, by the context of initialize",
    ]);
    assertEquals(log.filter((line) => line.includes("notes")).length, 1);
  });

  it("of an execute task come to an end with its execute and its drain", async () => {
    const executes = gate();
    const drains = gate();
    const kept: TaskContext[] = [];
    const manager = new TaskManager({ stopTimeout: 100 });
    const log = heard(manager);
    const handle = manager.addExecuteTask("it", {
      execute(context) {
        kept.push(context);
        return executes.reached;
      },
      drain: () => drains.reached,
    });
    const { errors } = await running(manager);
    handle.cancel();
    executes.open();
    await microtasks();
    assertEquals(handle.state, "draining");
    kept[0]!.note("drains");
    drains.open();
    await handle.finished;
    kept[0]!.note("too late");
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(log.filter((line) => line.includes("notes")), [
      "/it notes drains",
    ]);
  });

  it("of what was left behind are none, unless its cleanup is to come", async () => {
    using time = new FakeTime();
    const kept: TaskContext[] = [];
    const keep = (context: TaskContext) => {
      kept.push(context);
      return stuck();
    };
    const cleans = gate();
    const manager = new TaskManager({ stopTimeout: 100 });
    manager.addTask("it", { execute: keep, cleanup: () => cleans.reached });
    manager.addExecuteTask("execute task", keep);
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 100);
    assertEquals(manager.state, "cleaning-up");
    for (const { note } of kept) note("left behind");
    cleans.open();
    assertEquals((await errors).length, 2);
    for (const { note } of kept) note("too late");
    const { tasks, executeTasks } = manager.report();
    assertEquals(messages(tasks[0]?.notes), ["left behind"]);
    assertEquals("notes" in executeTasks[0]!, false);
  });

  it("of a run that is over are none, whatever a shutdownTimeout has left behind", async () => {
    using time = new FakeTime();
    const kept: TaskContext[] = [];
    const manager = new TaskManager({ shutdownTimeout: 100 });
    manager.addTask("it", {
      execute(context) {
        kept.push(context);
        context.note("executes");
        return stuck();
      },
      cleanup() {},
    });
    await started(manager, time);
    const log = heard(manager);
    manager.stop();
    await pass(time, 100);
    assertEquals(manager.state, "finished");
    kept[0]!.note("too late");
    assertEquals(messages(firstTask(manager).notes), ["executes"]);
    assertEquals(log.filter((line) => line.includes("notes")), []);
  });

  it("work destructured, and by every context of the task", async () => {
    const manager = new TaskManager();
    manager.addTask("it", {
      initialize(context) {
        const { note } = context;
        note("destructured");
        const { signal } = new AbortController();
        context.with({ signal }).note("of with()");
        using fork = context.fork();
        fork.note("of fork()");
        const [called] = [note].map((each) => each("called by another"));
        assertEquals(called, undefined);
      },
    });
    const { errors } = await running(manager);
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(messages(firstTask(manager).notes), [
      "destructured",
      "of with()",
      "of fork()",
      "called by another",
    ]);
  });

  it("go to onNote of a context that is made by hand, or nowhere", () => {
    const noted: unknown[][] = [];
    const onNote = (...args: unknown[]) => void noted.push(args);
    const { note } = new TaskContext({ name: "it", onNote });
    note("hello");
    note("connected", { attempt: 3 });
    assertEquals(noted, [
      ["hello", undefined],
      ["connected", { attempt: 3 }],
    ]);
    new TaskContext({ name: "it" }).note("nobody hears this");
  });

  it("of managers within go to onNote, too, with the path to the task", async () => {
    const noted: unknown[][] = [];
    const onNote = (...args: unknown[]) => void noted.push(args);
    const innermost = new TaskManager();
    innermost.addTask("consumer", {
      execute: ({ note }) => note("reads", { from: 7 }),
    });
    const inner = new TaskManager();
    inner.addTask("payments", innermost.asTask());
    inner.addExecuteTask("other", ({ note }) => note("writes"));
    await inner.runSettled(new TaskContext({ name: "it", onNote }));
    assertEquals(noted, [
      ["writes", undefined, ["other"]],
      ["reads", { from: 7 }, ["payments", "consumer"]],
    ]);
    const unheard = new TaskManager();
    unheard.addExecuteTask("it", ({ note }) => note("nobody hears this"));
    await unheard.runSettled(new TaskContext({ name: "it" }));
  });

  it("of a manager that is over go to onNote no more", async () => {
    const noted: string[] = [];
    const onNote = (message: string) => void noted.push(message);
    const inner = new TaskManager();
    const held = gate();
    inner.addTask("it", {
      execute: async ({ note }) => {
        note("executes");
        await held.reached;
        note("goes on");
      },
    }, { stopTimeout: 0 });
    const run = inner.runSettled(new TaskContext({ name: "it", onNote }));
    inner.addExecuteTask("stop", () => void inner.stop(), { type: "error" });
    await run;
    held.open();
    await held.reached;
    assertEquals(noted, ["executes"]);
  });

  it("throw TypeError for a message that is no string, and note nothing", async () => {
    const manager = new TaskManager();
    const log = heard(manager);
    manager.addTask("it", {
      initialize({ note }) {
        for (const bad of [undefined, null, 5, {}, Symbol("odd")]) {
          assertThrows(
            () => note(bad as unknown as string),
            TypeError,
            'Cannot note something of task "it" as the message must be a string: current value is',
          );
        }
      },
    });
    const { errors } = await running(manager);
    assertEquals("notes" in firstTask(manager), false);
    assertEquals(log.filter((line) => line.includes("notes")), []);
    await manager.stop();
    assertEquals(await errors, []);
  });

  it("of a manager within are in its own report, and in the events above", async () => {
    const inner = new TaskManager();
    inner.addTask("leaf", { initialize: ({ note }) => note("hello") });
    const manager = new TaskManager();
    manager.addTask("inner", inner.asTask());
    const log = heard(manager);
    const { errors } = await running(manager);
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(messages(firstTask(inner).notes), ["hello"]);
    assertEquals("notes" in firstTask(manager), false);
    assertEquals(log.filter((line) => line.includes("notes")), [
      "/inner/leaf notes hello",
    ]);
  });

  it("are kept of an execute task that is listed, and gone with one that is counted", async () => {
    const manager = new TaskManager();
    const ends = gate();
    const execute = ({ note }: TaskContext) => {
      note("hello");
      return ends.reached;
    };
    manager.addExecuteTask("it", execute, { type: "error" });
    await running(manager);
    const listed = (): ExecuteTaskReport[] => manager.report().executeTasks;
    assertEquals(listed().map(({ notes }) => messages(notes)), [["hello"]]);
    ends.open();
    await microtasks();
    assertEquals(listed(), []);
    await manager.stop();
  });
});
