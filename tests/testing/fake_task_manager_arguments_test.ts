import { type AsyncTaskManager, TaskManager } from "@goasync/core";
import { FakeTask, FakeTaskManager } from "@goasync/core/testing";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";

// deno-lint-ignore no-explicit-any
type Anything = any;

describe("FakeTaskManager", () => {
  it("throws for what cannot be added, as a TaskManager does", () => {
    const bad: Anything = 1;
    const calls: ((manager: AsyncTaskManager) => void)[] = [
      (manager) => manager.addTask("", new FakeTask()),
      (manager) => manager.addTask("it", bad),
      (manager) => manager.addTask("it", new FakeTask(), { type: bad }),
      (manager) => manager.addTask("it", new FakeTaskManager()),
      (manager) => manager.addTask("it", new FakeTask(), { drainTimeout: -1 }),
      (manager) => manager.addExecuteTask(bad, () => {}),
      (manager) => manager.addExecuteTask("it", bad),
      (manager) => manager.addExecuteTask("it", () => {}, bad),
      (manager) => manager.addExecuteTask("it", () => {}, { stopTimeout: NaN }),
    ];
    for (const call of calls) {
      const real: Error = assertThrows(() => call(new TaskManager()), Error);
      const fake: Error = assertThrows(
        () => call(new FakeTaskManager()),
        Error,
      );
      assertEquals([fake.name, fake.message], [real.name, real.message]);
    }
  });

  it("rejects for options that no run takes, as a TaskManager does", async () => {
    const bad: Anything = 1;
    for (const options of [AbortSignal.abort(), { signal: bad }, bad]) {
      for (const method of ["run", "runSettled"] as const) {
        const { message } = await assertRejects(
          () => new TaskManager()[method](options),
          TypeError,
        );
        await assertRejects(
          () => new FakeTaskManager()[method](options),
          TypeError,
          message,
        );
      }
    }
  });

  it("rejects for options that no stop takes, and does not stop", async () => {
    const bad: Anything = 1;
    const { message } = assertThrows(
      () => new TaskManager().stop("enough", bad),
      TypeError,
    );
    const fake = new FakeTaskManager();
    await assertRejects(() => fake.stop("enough", bad), TypeError, message);
    assertEquals(fake.state, "idle");
  });

  it("throws TypeError for a drain without a context, as a TaskManager does", () => {
    for (const bad of [undefined, {}, AbortSignal.abort()] as Anything[]) {
      const { message } = assertThrows(
        () => new TaskManager().drain(bad),
        TypeError,
      );
      const fake = new FakeTaskManager();
      assertThrows(() => fake.drain(bad), TypeError, message);
      assertEquals(fake.state, "idle");
    }
  });

  it("throws TypeError for a state that is none", () => {
    const manager = new FakeTaskManager();
    assertThrows(
      () => manager.state = "stopped" as Anything,
      TypeError,
      'Cannot set the state of a FakeTaskManager as it must be "idle" or "initializing"',
    );
    assertEquals(manager.state, "idle");
  });
});
