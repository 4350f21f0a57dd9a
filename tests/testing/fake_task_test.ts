import { type Task, TaskManager } from "@goasync/core";
import { repeatable } from "@goasync/core/tasks";
import { FakeTask } from "@goasync/core/testing";
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { running } from "../helpers/running.ts";
import { assertWaits } from "../helpers/assert_waits.ts";
import { contextOf } from "../helpers/context_of.ts";
import { runAndStop } from "../helpers/run_and_stop.ts";

// deno-lint-ignore no-explicit-any
type Anything = any;

const STAGES = ["initialize", "execute", "drain", "cleanup"] as const;

describe("FakeTask", () => {
  it("is a Task that a manager runs, strict and clean by default", async () => {
    const fake = new FakeTask();
    const task: Task = fake;
    const manager = new TaskManager();
    manager.addTask("fake", task);
    assertEquals(await runAndStop(manager), []);
    for (const stage of STAGES) assertEquals(fake.stages[stage].callCount, 1);
  });

  it("has the stages of a task", () => {
    assertEquals(Object.keys(new FakeTask().stages), [...STAGES]);
  });

  it("waits in execute until it is told to stop", async () => {
    await assertWaits(new FakeTask());
  });

  it("returns at once from initialize, drain and cleanup", () => {
    const fake = new FakeTask();
    assertEquals(fake.initialize(contextOf("it")), undefined);
    assertEquals(fake.drain(contextOf("it")), undefined);
    assertEquals(fake.cleanup(contextOf("it")), undefined);
  });

  it("drains by default without holding anybody up", async () => {
    const fake = new FakeTask();
    const manager = new TaskManager();
    manager.addTask("fake", fake);
    const { errors } = await running(manager);
    manager.stop();
    assertEquals(fake.stages.drain.callCount, 1);
    assertEquals(manager.state, "stopping");
    assertEquals(await errors, []);
  });

  it("holds up everyone's signal while its drain is held", async () => {
    const database = new FakeTask();
    const server = new FakeTask();
    const gate = server.stages.drain.hold();
    const manager = new TaskManager();
    manager.addTask("database", database);
    manager.addTask("server", server);
    const { errors } = await running(manager);
    manager.stop("enough");
    const [drained] = await gate.reached;
    const executed = database.stages.execute.calls[0]?.[0];
    assertEquals(manager.state, "draining");
    for (const context of [drained, executed]) {
      assertEquals(context?.draining.reason, "enough");
      assertEquals(context?.signal.aborted, false);
    }
    gate.open();
    assertEquals(await errors, []);
    assertEquals(executed?.signal.reason, "enough");
  });

  it("records the context of every call under its stage", async () => {
    const fake = new FakeTask();
    const manager = new TaskManager();
    manager.addTask("fake", fake);
    await runAndStop(manager);
    const [initialize, execute, drain, cleanup] = STAGES.map((stage) =>
      fake.stages[stage].calls[0]?.[0]
    );
    assertEquals(initialize?.name, "fake");
    assertStrictEquals(execute, initialize);
    assertStrictEquals(drain, initialize);
    assertEquals(execute?.signal.aborted, true);
    assertEquals(cleanup?.name, "fake");
    assertEquals(cleanup?.signal.aborted, false);
  });

  it("fails in the stage that throws", async () => {
    for (const stage of STAGES) {
      const fake = new FakeTask();
      const cause = new Error(`no ${stage}`);
      fake.stages[stage].throws(cause);
      const manager = new TaskManager();
      manager.addTask("fake", fake);
      const errors = await runAndStop(manager);
      assertEquals(errors.map((error) => error.stage), [stage]);
      assertStrictEquals(errors[0]?.cause, cause);
    }
  });

  it("forgets every stage's calls when it is cleared", () => {
    const fake = new FakeTask();
    for (const stage of STAGES) fake[stage](contextOf("it"));
    fake.clear();
    for (const stage of STAGES) assertEquals(fake.stages[stage].calls, []);
  });

  it("can be wrapped by a provided task", async () => {
    const fake = new FakeTask();
    fake.stages.execute.returns();
    const third = fake.stages.execute.hold();
    fake.stages.execute.onCall(0, () => {});
    fake.stages.execute.onCall(1, () => {
      throw new Error("swallowed");
    });
    const manager = new TaskManager();
    manager.addTask("fake", repeatable(fake, { backoff: false }));
    const run = manager.runSettled();
    await third.reached;
    assertEquals(fake.stages.execute.callCount, 3);
    manager.stop();
    assertEquals(fake.stages.drain.callCount, 1);
    third.open();
    assertEquals(await run, []);
  });

  it("throws TypeError for what is no context", () => {
    const fake = new FakeTask();
    for (const stage of STAGES) {
      for (const bad of [undefined, null, {}, "database"]) {
        assertThrows(
          () => void fake[stage](bad as Anything),
          TypeError,
          `Cannot ${stage} a fake task as 'context' must be a TaskContext: current value is `,
        );
      }
      assertEquals(fake.stages[stage].callCount, 0);
    }
  });
});
