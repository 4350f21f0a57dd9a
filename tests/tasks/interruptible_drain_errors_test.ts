import { type Task, type TaskError, TaskManager } from "@goasync/core";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeProcess } from "../helpers/fake_process.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { AwaitedLog } from "../helpers/awaited_log.ts";
import { gate } from "../helpers/gate.ts";
import { DRAINED, executing, inTurn, logged } from "../helpers/generations.ts";

const broken = new Error("broken");

/** Runs a task that SIGHUP drains as soon as it executes. */
async function reloaded(stages: Partial<Task>) {
  using os = new FakeProcess();
  const log = new AwaitedLog();
  const manager = new TaskManager();
  const { run } = await executing(manager, logged(log, stages), log);
  os.raise("SIGHUP");
  await microtasks();
  return { log, manager, run };
}

function assertOne(errors: TaskError[], stage: string, cause: unknown): void {
  assertEquals(errors.map((error) => error.stage), [stage]);
  assertStrictEquals(errors[0]?.cause, cause);
}

describe("interruptible() whose drain fails", () => {
  const ways: [string, () => unknown][] = [
    ["throws", () => {
      throw broken;
    }],
    ["rejects", () => Promise.reject(broken)],
  ];
  for (const [how, drain] of ways) {
    it(`fails when it ${how} on a signal, and is cleaned up once`, async () => {
      const { log, run } = await reloaded({ drain });
      assertOne(await run, "execute", broken);
      assertEquals(log.entries, DRAINED);
    });

    it(`fails when it ${how} at a stop`, async () => {
      using _os = new FakeProcess();
      const log = new AwaitedLog();
      const manager = new TaskManager();
      const { run } = await executing(manager, logged(log, { drain }), log);
      manager.stop();
      assertOne(await run, "drain", broken);
      assertEquals(log.entries, DRAINED);
    });
  }

  it("still waits until its execute has ended", async () => {
    const finish = gate();
    const { log, manager, run } = await reloaded({
      execute: () => finish.reached,
      drain: () => Promise.reject(broken),
    });
    assertEquals(manager.state, "executing");
    finish.open();
    assertOne(await run, "execute", broken);
    assertEquals(log.entries, DRAINED);
  });

  it("fails once when it is stopped before the drain that a signal began fails", async () => {
    const finish = gate();
    const { log, manager, run } = await reloaded({
      drain: () => finish.reached.then(() => Promise.reject(broken)),
    });
    manager.stop();
    await microtasks();
    finish.open();
    assertOne(await run, "execute", broken);
    assertEquals(log.entries, DRAINED);
  });

  it("has not failed when that throws the reason of the signal", async () => {
    for (const stops of [false, true]) {
      const finish = gate();
      const { log, manager, run } = await reloaded({
        drain: inTurn(async ({ draining }) => {
          await finish.reached;
          throw draining.reason;
        }),
      });
      if (stops) manager.stop("enough");
      finish.open();
      await log.length(stops ? 4 : 6);
      manager.stop("enough");
      assertEquals(await run, []);
    }
  });

  it("has failed when that throws an AbortError of its own", async () => {
    const own = new DOMException("Timed out within", "AbortError");
    const { run } = await reloaded({ drain: () => Promise.reject(own) });
    assertOne(await run, "execute", own);
  });
});
