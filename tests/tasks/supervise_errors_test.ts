import { TaskManager } from "@goasync/core";
import { supervise } from "@goasync/core/tasks/supervise";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { pass } from "../helpers/pass.ts";
import {
  failing,
  generations,
  type InTurn,
  supervising,
} from "../helpers/supervised.ts";

describe("supervise() and a cleanup that throws", () => {
  it("notes it between two generations, and restarts", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const cleanup: InTurn = [
      () => {
        throw new Error("thrown");
      },
      () => Promise.reject(new Error("rejected")),
      () => {},
    ];
    const task = generations(log, {
      execute: failing(2, ({ done }) => done),
      cleanup,
    });
    const { manager, errors, notes } = await supervising(time, task);
    await pass(time, 100);
    await pass(time, 200);
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(log.filter((entry) => entry === "cleanup").length, 3);
    assertEquals(notes(), [
      "restarts in 100 ms, as execute failed: no connection",
      "cleanup failed: thrown",
      "restarts in 200 ms, as execute failed: no connection",
      "cleanup failed: rejected",
    ]);
  });

  it("passes it on in the end", async () => {
    using time = new FakeTime();
    const broken = new Error("broken");
    const task = { cleanup: () => Promise.reject(broken) };
    const { manager, errors } = await supervising(time, task);
    manager.stop();
    const [error, ...others] = await errors;
    assertEquals(others, []);
    assertEquals(error?.stage, "cleanup");
    assertStrictEquals(error?.cause, broken);
  });
});

describe("supervise() and a create that", () => {
  for (const adds of ["addTask", "addExecuteTask"] as const) {
    it(`throws counts it as a failure, and calls it again: ${adds}`, async () => {
      using time = new FakeTime();
      const log: string[] = [];
      let calls = 0;
      const manager = new TaskManager();
      const task = supervise({
        create() {
          if (++calls < 3) throw new Error("no configuration");
          return generations(log, {});
        },
      }, { backoff: { jitter: 0 } });
      manager[adds]("it", task);
      const errors = manager.runSettled();
      await time.runMicrotasks();
      await pass(time, 100);
      await pass(time, 200);
      assertEquals([calls, task.restarts, task.isUp], [3, 2, true]);
      await manager.stop();
      assertEquals(await errors, []);
      assertEquals(
        log,
        adds === "addTask" ? ["initialize", "execute", "cleanup"] : ["execute"],
      );
    });
  }

  it("makes no task fails at once, however often it is restarted", async () => {
    for (const made of [undefined, {}, Promise.resolve(() => {})]) {
      using time = new FakeTime();
      const { task, errors } = await supervising(
        time,
        { create: () => made as never },
      );
      const [error, ...others] = await errors;
      assertEquals(others, []);
      assertEquals((error?.cause as Error).name, "TypeError");
      assertEquals(
        error!.message.startsWith(
          "Task \"it\" failed in initialize: Cannot supervise what 'create' has made as it must have",
        ),
        true,
      );
      assertEquals(task.restarts, 0);
    }
  });

  it("makes no task later fails the task, too", async () => {
    using time = new FakeTime();
    const made: unknown[] = [() => Promise.reject("lost"), undefined];
    // deno-lint-ignore no-explicit-any
    const source = { create: () => made.shift() } as any;
    const { errors } = await supervising(time, source);
    await pass(time, 100);
    assertEquals(
      (await errors).map(({ stage, cause }) => [stage, (cause as Error).name]),
      [["execute", "TypeError"]],
    );
  });

  it("is called on its object", async () => {
    using time = new FakeTime();
    const seen: unknown[] = [];
    const source = {
      create() {
        seen.push(this);
        return () => {};
      },
    };
    const { manager } = await supervising(time, source);
    await manager.stop();
    assertStrictEquals(seen[0], source);
  });
});

describe("supervise() and a drain that throws", () => {
  it("passes it on", async () => {
    using time = new FakeTime();
    const broken = new Error("broken");
    const task = generations([], {
      execute: failing(1, ({ done }) => done),
      drain: [() => Promise.reject(broken)],
    });
    const { manager, errors } = await supervising(time, task);
    await pass(time, 100);
    manager.stop();
    const [error, ...others] = await errors;
    assertEquals(others, []);
    assertEquals(error?.stage, "drain");
    assertStrictEquals(error?.cause, broken);
  });
});
