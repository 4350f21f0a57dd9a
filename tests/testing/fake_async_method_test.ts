import { type ManagerState, type Stage, TaskManager } from "@goasync/core";
import { FakeTask } from "@goasync/core/testing";
import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { running } from "../helpers/running.ts";
import { contextOf } from "../helpers/context_of.ts";
import { isPending } from "../helpers/is_pending.ts";
import { runAndStop } from "../helpers/run_and_stop.ts";

/** Where a manager is while it waits for a stage. */
const STATES: Readonly<Record<Stage, ManagerState>> = {
  initialize: "initializing",
  execute: "executing",
  drain: "draining",
  cleanup: "cleaning-up",
};

describe("FakeAsyncMethod.hold()", () => {
  it("holds a stage until the test opens the gate", async () => {
    for (const [stage, state] of Object.entries(STATES)) {
      const fake = new FakeTask();
      const gate = fake.stages[stage as Stage].hold();
      const manager = new TaskManager();
      manager.addTask("fake", fake, { type: "error" });
      const { errors: run } = await running(manager);
      if (stage === "drain" || stage === "cleanup") manager.stop();
      const [context] = await gate.reached;
      assertEquals(context.name, "fake");
      assertEquals(manager.state, state);
      assertEquals(await isPending(run), true);
      gate.open();
      await manager.stop();
      assertEquals(await run, []);
    }
  });

  it("makes a held stage fail", async () => {
    for (const stage of Object.keys(STATES) as Stage[]) {
      const fake = new FakeTask();
      const gate = fake.stages[stage].hold();
      const manager = new TaskManager();
      manager.addTask("fake", fake);
      const run = runAndStop(manager);
      await gate.reached;
      gate.fail("let go");
      const errors = await run;
      assertEquals(errors.map((error) => error.stage), [stage]);
      assertEquals(errors[0]?.cause, "let go");
    }
  });

  it("ignores the abort until the stage is let go", async () => {
    const fake = new FakeTask();
    const gate = fake.stages.execute.hold();
    const manager = new TaskManager();
    manager.addTask("fake", fake);
    const run = manager.runSettled();
    const [{ signal }] = await gate.reached;
    const stopped = manager.stop();
    assertEquals(signal.aborted, true);
    assertEquals(await isPending(stopped), true);
    assertEquals(fake.stages.cleanup.callCount, 0);
    gate.open();
    assertEquals(await run, []);
    assertEquals(fake.stages.cleanup.callCount, 1);
  });

  it("has not been reached before the stage is called", async () => {
    const gate = new FakeTask().stages.initialize.hold();
    assertEquals(await isPending(gate.reached), true);
  });

  it("lets calls pass at once when the gate is already open", async () => {
    const fake = new FakeTask();
    const gate = fake.stages.execute.hold();
    gate.open(Promise.resolve("value"));
    assertEquals(await fake.execute(contextOf("first")), "value");
    assertEquals(await fake.execute(contextOf("second")), "value");
    assertEquals((await gate.reached)[0].name, "first");
  });

  it("makes no noise when it fails and nobody was held", async () => {
    const gate = new FakeTask().stages.execute.hold();
    gate.fail(new Error("nobody waits"));
    assertEquals(await isPending(gate.reached), true);
  });

  it("heeds only the first open or fail", async () => {
    const fake = new FakeTask();
    const opened = fake.stages.initialize.hold();
    opened.open();
    opened.fail(new Error("too late"));
    assertEquals(await fake.initialize(contextOf("it")), undefined);
    const failed = fake.stages.initialize.hold();
    failed.fail(new Error("first"));
    failed.open();
    await assertRejects(
      async () => await fake.initialize(contextOf("it")),
      Error,
      "first",
    );
  });

  it("keeps a call at its gate when the stage is held again", async () => {
    const fake = new FakeTask();
    const first = fake.stages.execute.hold();
    const firstCall = Promise.resolve(fake.execute(contextOf("first")));
    const second = fake.stages.execute.hold();
    const secondCall = Promise.resolve(fake.execute(contextOf("second")));
    second.open();
    await secondCall;
    assertEquals(await isPending(firstCall), true);
    first.open();
    await firstCall;
  });
});
