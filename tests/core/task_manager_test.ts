import {
  type AddExecuteTaskOptions,
  type AsyncTaskManager,
  TaskManager,
} from "@goasync/core";
import {
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { microtasks } from "../helpers/microtasks.ts";
import { notingTask, untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";
import { summary } from "../helpers/summary.ts";

/** A manager with one task, the state it was stopped in, and the reason. */
function watched(): { manager: TaskManager; seen: unknown[]; log: string[] } {
  const manager = new TaskManager();
  const seen: unknown[] = [];
  const log: string[] = [];
  manager.addTask(
    "it",
    notingTask(log, {
      async execute({ signal, done }) {
        await done;
        seen.push(signal.reason);
      },
    }),
  );
  return { manager, seen, log };
}

describe("TaskManager", () => {
  it("is an AsyncTaskManager", async () => {
    const manager: AsyncTaskManager = new TaskManager();
    assertInstanceOf(manager, TaskManager);
    assertEquals(manager.state, "idle");
    const run = manager.run();
    await manager.stop();
    await run;
  });

  it("goes through every state in order", async () => {
    const manager = new TaskManager();
    const states: string[] = [manager.state];
    const note = () => void states.push(manager.state);
    manager.addTask("it", {
      initialize: note,
      execute({ signal, done }) {
        note();
        signal.addEventListener("abort", note);
        return done;
      },
      cleanup: note,
    });
    await running(manager);
    await manager.stop();
    note();
    assertEquals(states, [
      "idle",
      "initializing",
      "executing",
      "stopping",
      "cleaning-up",
      "finished",
    ]);
  });

  it("has a state that nobody else can set", () => {
    const manager = new TaskManager();
    assertThrows(
      () => Object.assign(manager, { state: "finished" }),
      TypeError,
    );
    assertEquals(manager.state, "idle");
  });

  it("has no stop-group for execute tasks, as TypeScript says", () => {
    // @ts-expect-error stop-group is a type of tasks only
    const options: AddExecuteTaskOptions = { type: "stop-group" };
    const manager = new TaskManager();
    assertThrows(
      () => manager.addExecuteTask("it", untilStopped, options),
      TypeError,
    );
  });

  it("reports the errors of all stages in the order in which they happened", async () => {
    const manager = new TaskManager();
    manager.addTask("first", {
      execute: ({ done }) => done.then(() => Promise.reject("on the stop")),
      cleanup: () => Promise.reject("in the end"),
    });
    manager.addTask("second", {
      execute: untilStopped,
      cleanup: () => Promise.reject("before the end"),
    });
    manager.addExecuteTask("third", () => Promise.reject("at once"));
    const errors = await manager.runSettled();
    assertEquals(summary(errors), [
      "third execute FAILED",
      "first execute FAILED",
      "second cleanup FAILED",
      "first cleanup FAILED",
    ]);
    assertEquals(errors.map(({ cause }) => cause), [
      "at once",
      "on the stop",
      "before the end",
      "in the end",
    ]);
  });

  it("reports a manager within that failed as one error, whose cause has the others", async () => {
    const inner = new TaskManager();
    inner.addTask("leaf", { execute: () => Promise.reject("broken") });
    const outer = new TaskManager();
    outer.addExecuteTask("inner", inner);
    const [error, ...others] = await outer.runSettled();
    assertEquals(others, []);
    assertEquals(error?.taskName, "inner");
    assertInstanceOf(error?.cause, AggregateError);
    assertEquals(summary(error.cause.errors), ["leaf execute FAILED"]);
  });

  it("reports a strict manager within that was stopped by itself", async () => {
    const inner = new TaskManager();
    inner.addTask("leaf", { execute: untilStopped });
    const outer = new TaskManager();
    outer.addExecuteTask("inner", inner);
    const { errors } = await running(outer);
    await inner.stop();
    assertEquals(summary(await errors), ["inner execute UNEXPECTED_STOP"]);
  });

  it("cleans managers within up before its own tasks", async () => {
    const log: string[] = [];
    const inner = new TaskManager();
    inner.addTask("inner task", notingTask(log));
    const outer = new TaskManager();
    outer.addTask("outer task", notingTask(log));
    outer.addExecuteTask("inner", inner);
    const { errors } = await running(outer);
    await outer.stop();
    assertEquals(await errors, []);
    assertEquals(log, [
      "outer task initialize",
      "outer task execute",
      "inner task initialize",
      "inner task execute",
      "inner task cleanup",
      "outer task cleanup",
    ]);
  });
});

for (const method of ["run", "runSettled"] as const) {
  const clean = method === "run" ? undefined : [];

  describe(`TaskManager.${method}() with a signal`, () => {
    it("runs on while it is not aborted", async () => {
      const { manager, seen, log } = watched();
      const { signal } = new AbortController();
      const run = manager[method]({ signal });
      await microtasks();
      assertEquals(manager.state, "executing");
      assertEquals(seen, []);
      await manager.stop();
      assertEquals(await run, clean);
      assertEquals(log, ["it initialize", "it execute", "it cleanup"]);
    });

    it("stays finished when it is aborted after the run was over", async () => {
      const { manager, seen } = watched();
      const shutdown = new AbortController();
      const run = manager[method]({ signal: shutdown.signal });
      await microtasks();
      await manager.stop("stopped");
      shutdown.abort("aborted");
      assertEquals(manager.state, "finished");
      assertEquals(await run, clean);
      assertEquals(seen, ["stopped"]);
    });

    it("stops when it is aborted while it runs", async () => {
      const { manager, seen } = watched();
      const shutdown = new AbortController();
      const run = manager[method]({ signal: shutdown.signal });
      await microtasks();
      shutdown.abort();
      assertEquals(manager.state, "stopping");
      assertEquals(await run, clean);
      assertStrictEquals(seen[0], shutdown.signal.reason);
    });

    it("does nothing when it is already aborted", async () => {
      const { manager, seen, log } = watched();
      assertEquals(
        await manager[method]({ signal: AbortSignal.abort() }),
        clean,
      );
      assertEquals(manager.state, "finished");
      assertEquals([...seen, ...log], []);
    });

    it("hands on a custom reason", async () => {
      const { manager, seen } = watched();
      const shutdown = new AbortController();
      const run = manager[method]({ signal: shutdown.signal });
      await microtasks();
      const reason = new Error("enough");
      shutdown.abort(reason);
      assertEquals(await run, clean);
      assertStrictEquals(seen[0], reason);
    });
  });
}
