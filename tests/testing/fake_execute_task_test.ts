import { type ExecuteTask, TaskManager } from "@goasync/core";
import { FakeExecuteTask } from "@goasync/core/testing";
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { running } from "../helpers/running.ts";
import { assertWaits } from "../helpers/assert_waits.ts";
import { contextOf } from "../helpers/context_of.ts";
import { runAndStop } from "../helpers/run_and_stop.ts";

// deno-lint-ignore no-explicit-any
type Anything = any;

const STAGES = ["execute", "drain"] as const;

describe("FakeExecuteTask", () => {
  it("is an ExecuteTask that a manager runs, strict and clean by default", async () => {
    const fake = new FakeExecuteTask();
    const task: ExecuteTask = fake;
    const manager = new TaskManager();
    manager.addExecuteTask("fake", task);
    assertEquals(await runAndStop(manager), []);
    for (const stage of STAGES) assertEquals(fake.stages[stage].callCount, 1);
  });

  it("has the stages of an execute task", () => {
    assertEquals(Object.keys(new FakeExecuteTask().stages), [...STAGES]);
  });

  it("waits in execute until it is told to stop", async () => {
    await assertWaits(new FakeExecuteTask());
  });

  it("returns at once from drain", () => {
    assertEquals(new FakeExecuteTask().drain(contextOf("it")), undefined);
  });

  it("records the context of every call under its stage", async () => {
    const fake = new FakeExecuteTask();
    const manager = new TaskManager();
    manager.addExecuteTask("fake", fake);
    await runAndStop(manager);
    const context = fake.stages.execute.calls[0]?.[0];
    assertEquals(context?.name, "fake");
    assertStrictEquals(fake.stages.drain.calls[0]?.[0], context);
  });

  it("fails in the stage that throws", async () => {
    for (const stage of STAGES) {
      const fake = new FakeExecuteTask();
      fake.stages[stage].throws("connection lost");
      const manager = new TaskManager();
      manager.addExecuteTask("fake", fake);
      const errors = await runAndStop(manager);
      assertEquals(errors.map((error) => error.stage), [stage]);
      assertEquals(errors[0]?.cause, "connection lost");
    }
  });

  it("holds up everyone's signal while its drain is held", async () => {
    const fake = new FakeExecuteTask();
    const gate = fake.stages.drain.hold();
    const manager = new TaskManager();
    manager.addExecuteTask("fake", fake);
    const { errors } = await running(manager);
    manager.stop();
    const [context] = await gate.reached;
    assertEquals(manager.state, "draining");
    assertEquals(context.signal.aborted, false);
    gate.open();
    assertEquals(await errors, []);
    assertEquals(context.signal.aborted, true);
  });

  it("forgets every stage's calls when it is cleared", () => {
    const fake = new FakeExecuteTask();
    for (const stage of STAGES) fake[stage](contextOf("it"));
    fake.clear();
    for (const stage of STAGES) assertEquals(fake.stages[stage].calls, []);
  });

  it("throws TypeError for what is no context", () => {
    const fake = new FakeExecuteTask();
    for (const stage of STAGES) {
      assertThrows(
        () => void fake[stage]({ name: "it" } as Anything),
        TypeError,
        `Cannot ${stage} a fake task as 'context' must be a TaskContext: current value is an instance of Object`,
      );
      assertEquals(fake.stages[stage].callCount, 0);
    }
  });
});
