import { type ManagerState, TaskContext, TaskManager } from "@goasync/core";
import { FakeTask, FakeTaskManager } from "@goasync/core/testing";
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { running } from "../helpers/running.ts";
import { assertWaits } from "../helpers/assert_waits.ts";
import { isPending } from "../helpers/is_pending.ts";
import { runAndStop } from "../helpers/run_and_stop.ts";

const STOPPING: readonly ManagerState[] = [
  "draining",
  "stopping",
  "cleaning-up",
  "finished",
];

describe("FakeTaskManager as a task", () => {
  it("is an execute task of a real manager, and no task", async () => {
    const inner = new FakeTaskManager();
    const manager = new TaskManager();
    assertThrows(
      () => manager.addTask("inner", inner),
      TypeError,
      "addExecuteTask",
    );
    manager.addExecuteTask("inner", inner);
    assertEquals(await runAndStop(manager), []);
    assertEquals(inner.methods.execute.calls[0]?.[0].name, "inner");
    assertEquals(inner.state, "finished");
  });

  it("waits in execute until it is told to stop", async () => {
    const fake = new FakeTaskManager();
    await assertWaits(fake);
    assertEquals(fake.state, "finished");
  });

  it("fails a real manager when its execute is made to fail", async () => {
    const inner = new FakeTaskManager();
    const gate = inner.methods.execute.hold();
    const manager = new TaskManager();
    manager.addExecuteTask("inner", inner);
    const run = manager.runSettled();
    await gate.reached;
    gate.fail("inner failed");
    assertEquals((await run)[0]?.cause, "inner failed");
    assertEquals(inner.state, "finished");
  });

  it("drains without anything to wait for until its task has to stop", async () => {
    const inner = new FakeTaskManager();
    const server = new FakeTask();
    const gate = server.stages.drain.hold();
    const manager = new TaskManager();
    manager.addTask("server", server);
    manager.addExecuteTask("inner", inner);
    const { errors } = await running(manager);
    manager.stop();
    await gate.reached;
    const { execute, drain } = inner.methods;
    assertEquals(drain.callCount, 1);
    assertStrictEquals(drain.calls[0]?.[0], execute.calls[0]?.[0]);
    assertEquals(inner.state, "draining");
    gate.open();
    assertEquals(await errors, []);
    assertEquals(inner.state, "finished");
  });

  it("holds up a real manager while its drain is held", async () => {
    const inner = new FakeTaskManager();
    const gate = inner.methods.drain.hold();
    const manager = new TaskManager();
    manager.addExecuteTask("inner", inner);
    const { errors } = await running(manager);
    const stopped = manager.stop();
    const [{ signal }] = await gate.reached;
    assertEquals(await isPending(stopped), true);
    assertEquals(manager.state, "draining");
    assertEquals(signal.aborted, false);
    gate.open();
    assertEquals(await errors, []);
  });

  it("fails a real manager when its drain is made to fail", async () => {
    const inner = new FakeTaskManager();
    inner.methods.drain.throws("inner failed");
    const manager = new TaskManager();
    manager.addExecuteTask("inner", inner);
    const errors = await runAndStop(manager);
    assertEquals(errors.map(({ stage, cause }) => [stage, cause]), [
      ["drain", "inner failed"],
    ]);
  });
});

describe("FakeTaskManager.drain()", () => {
  it("returns nothing, and the run goes on until the signal aborts", async () => {
    const shutdown = new AbortController();
    const { signal } = shutdown;
    const manager = new FakeTaskManager();
    const run = manager.run();
    const context = new TaskContext({ name: "it", signal });
    assertEquals(manager.drain(context), undefined);
    assertEquals(manager.state, "draining");
    assertEquals(await isPending(run), true);
    shutdown.abort();
    assertEquals(manager.state, "stopping");
    await run;
    assertEquals(manager.state, "finished");
  });

  it("stops at once with a signal that has aborted", async () => {
    const manager = new FakeTaskManager();
    const run = manager.run();
    const signal = AbortSignal.abort();
    manager.drain(new TaskContext({ name: "it", signal }));
    assertEquals(manager.state, "stopping");
    await run;
  });

  it("stops a manager that does not execute yet", async () => {
    const context = new TaskContext({ name: "it" });
    const idle = new FakeTaskManager();
    idle.drain(context);
    assertEquals(idle.state, "finished");
    await idle.run();

    const initializing = new FakeTaskManager();
    initializing.state = "initializing";
    const run = initializing.run();
    initializing.drain(context);
    assertEquals(initializing.state, "stopping");
    await run;
  });

  it("changes nothing once a stop has begun", () => {
    const context = new TaskContext({ name: "it" });
    for (const state of STOPPING) {
      const manager = new FakeTaskManager();
      manager.state = state;
      manager.drain(context);
      assertEquals(manager.state, state);
    }
  });

  it("leaves no listener on the signal", async () => {
    const shutdown = new AbortController();
    const { signal } = shutdown;
    const manager = new FakeTaskManager();
    const run = manager.run();
    manager.drain(new TaskContext({ name: "it", signal }));
    await manager.stop();
    await run;
    manager.state = "executing";
    shutdown.abort();
    assertEquals(manager.state, "executing");
  });
});
