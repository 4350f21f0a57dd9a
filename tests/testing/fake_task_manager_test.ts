import {
  type AsyncTaskManager,
  InvalidStateError,
  type ManagerState,
  TaskError,
} from "@goasync/core";
import {
  FakeExecuteTask,
  FakeTask,
  FakeTaskManager,
} from "@goasync/core/testing";
import {
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { contextOf } from "../helpers/context_of.ts";
import { isPending } from "../helpers/is_pending.ts";

const STATES: readonly ManagerState[] = [
  "idle",
  "initializing",
  "executing",
  "draining",
  "stopping",
  "cleaning-up",
  "finished",
];

describe("FakeTaskManager", () => {
  it("is an AsyncTaskManager that records every call and its arguments", async () => {
    const fake = new FakeTaskManager();
    const manager: AsyncTaskManager = fake;
    const task = new FakeTask();
    const job = () => {};
    const shutdown = new AbortController();
    const context = contextOf("inner");
    manager.addTask("database", task);
    manager.addTask("server", task, { type: "error" });
    manager.addExecuteTask("job", job, { type: "error" });
    const runs = [
      manager.run({ signal: shutdown.signal }),
      manager.runSettled(),
      manager.execute(context),
    ];
    manager.drain(context);
    await manager.stop("enough");
    await manager.stop("enough", { drain: false });
    await manager[Symbol.asyncDispose]();
    await Promise.all(runs);
    const { methods } = fake;
    assertEquals(methods.addTask.calls, [
      ["database", task],
      ["server", task, { type: "error" }],
    ]);
    assertEquals(methods.addExecuteTask.calls, [["job", job, {
      type: "error",
    }]]);
    assertStrictEquals(methods.run.calls[0]?.[0]?.signal, shutdown.signal);
    assertEquals(methods.runSettled.calls, [[]]);
    assertStrictEquals(methods.execute.calls[0]?.[0], context);
    assertStrictEquals(methods.drain.calls[0]?.[0], context);
    assertEquals(methods.stop.calls, [
      ["enough"],
      ["enough", { drain: false }],
    ]);
    assertEquals(methods.dispose.calls, [[]]);
    assertEquals(methods.run.callCount, 1);
  });

  it("runs until it is stopped", async () => {
    const manager = new FakeTaskManager();
    assertEquals(manager.state, "idle");
    const run = manager.run();
    assertEquals(manager.state, "executing");
    assertEquals(await isPending(run), true);
    const stopped = manager.stop();
    assertEquals(manager.state, "stopping");
    await stopped;
    assertEquals(manager.state, "finished");
    await run;
  });

  it("runs until its signal aborts", async () => {
    const manager = new FakeTaskManager();
    const shutdown = new AbortController();
    const run = manager.runSettled({ signal: shutdown.signal });
    assertEquals(await isPending(run), true);
    shutdown.abort();
    assertEquals(manager.state, "stopping");
    assertEquals(await run, []);
    assertEquals(manager.state, "finished");
  });

  it("ends at once when its signal is already aborted", async () => {
    const manager = new FakeTaskManager();
    await manager.run({ signal: AbortSignal.abort() });
    assertEquals(manager.state, "finished");
  });

  it("leaves no listener on the signal", async () => {
    const shutdown = new AbortController();
    const manager = new FakeTaskManager();
    const run = manager.run({ signal: shutdown.signal });
    await manager.stop();
    await run;
    manager.state = "executing";
    shutdown.abort();
    assertEquals(manager.state, "executing");
  });

  it("is finished by a stop before the run, which then ends at once", async () => {
    const manager = new FakeTaskManager();
    await manager.stop();
    assertEquals(manager.state, "finished");
    await manager.run();
    await manager.stop();
    assertEquals(manager.state, "finished");
  });

  it("has nothing to drain when it is stopped, whatever the options", async () => {
    for (const options of [undefined, {}, { drain: true }, { drain: false }]) {
      const manager = new FakeTaskManager();
      const run = manager.run();
      const stopped = manager.stop("enough", options);
      assertEquals(manager.state, "stopping");
      await stopped;
      await run;
    }
  });

  it("is stopped by its dispose", async () => {
    const manager = new FakeTaskManager();
    const run = manager.run();
    await manager[Symbol.asyncDispose]();
    await run;
    assertEquals(manager.methods.stop.callCount, 0);
  });

  it("can be made to refuse tasks", () => {
    const manager = new FakeTaskManager();
    const error = new InvalidStateError("Too late", { state: "stopping" });
    manager.methods.addTask.throws(error);
    assertStrictEquals(
      assertThrows(() => manager.addTask("database", new FakeTask())),
      error,
    );
    assertEquals(manager.methods.addTask.callCount, 1);
  });

  it("can be made to reject, never in the same turn", async () => {
    const manager = new FakeTaskManager();
    const { methods } = manager;
    const calls: Record<string, () => Promise<unknown>> = {
      run: () => manager.run(),
      runSettled: () => manager.runSettled(),
      stop: () => manager.stop(),
      execute: () => manager.execute(contextOf("it")),
      dispose: () => manager[Symbol.asyncDispose](),
    };
    for (const [name, call] of Object.entries(calls)) {
      methods[name as keyof typeof methods].throws(new Error(`no ${name}`));
      const promise = call();
      await assertRejects(() => promise, Error, `no ${name}`);
    }
  });

  it("can be made to give errors, at once or when the test says so", async () => {
    const manager = new FakeTaskManager();
    const error = new TaskError({
      taskName: "database",
      stage: "execute",
      taskType: "strict",
      code: "UNEXPECTED_STOP",
    });
    manager.methods.runSettled.returns([error]);
    assertStrictEquals((await manager.runSettled())[0], error);
    const gate = manager.methods.runSettled.hold();
    const run = manager.runSettled();
    await gate.reached;
    gate.open([error]);
    assertStrictEquals((await run)[0], error);
  });

  it("stops only when a held run is let go", async () => {
    const manager = new FakeTaskManager();
    const gate = manager.methods.run.hold();
    const run = manager.run();
    await gate.reached;
    const stopped = manager.stop();
    assertEquals(manager.state, "stopping");
    assertEquals(await isPending(stopped), true);
    gate.open();
    await stopped;
    await run;
    assertEquals(manager.state, "finished");
  });

  it("takes every call in a state that a test sets", async () => {
    const manager = new FakeTaskManager();
    for (const state of STATES) {
      manager.state = state;
      assertEquals(manager.state, state);
      manager.addTask("database", new FakeTask());
      manager.addExecuteTask("job", new FakeExecuteTask());
    }
    assertEquals(manager.methods.addTask.callCount, STATES.length);
    manager.state = "cleaning-up";
    const run = manager.run();
    assertEquals(manager.state, "cleaning-up");
    await manager.stop();
    await run;
  });

  it("forgets its calls when it is cleared, and keeps state and stubs", async () => {
    const manager = new FakeTaskManager();
    manager.methods.addExecuteTask.throws(new Error("full"));
    manager.addTask("database", new FakeTask());
    await manager.stop();
    manager.clear();
    for (const method of Object.values(manager.methods)) {
      assertEquals(method.callCount, 0);
    }
    assertEquals(manager.state, "finished");
    assertThrows(() => manager.addExecuteTask("job", () => {}), Error, "full");
  });
});
