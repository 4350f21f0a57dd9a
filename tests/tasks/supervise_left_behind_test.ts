import { TaskManager, type TaskTimeouts } from "@goasync/core";
import { supervise } from "@goasync/core/tasks/supervise";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { CountedTimers } from "../helpers/counted_timers.ts";
import { gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";
import { stuck } from "../helpers/stuck.ts";
import { BACKOFF, failing, generations } from "../helpers/supervised.ts";

/** Limits of all stages. */
function limits(ms: number): TaskTimeouts {
  return { initializeTimeout: ms, stopTimeout: ms, cleanupTimeout: ms };
}

describe("supervise() left behind with its task", () => {
  it("is not up when its initialize ends after it was cleaned up", async () => {
    using time = new FakeTime();
    const late = gate();
    const manager = new TaskManager({ initializeTimeout: 50 });
    const task = supervise({ initialize: () => late.reached });
    manager.addTask("it", task);
    const errors = manager.runSettled();
    await pass(time, 50);
    assertEquals((await errors).map(({ code }) => code), ["TIMEOUT"]);
    late.open();
    await time.runMicrotasks();
    assertEquals(task.isUp, false);
  });

  for (const stage of ["initialize", "execute", "cleanup"] as const) {
    for (const own of [60_000, Infinity]) {
      it(`keeps no timer of its own: ${stage}, ${own} ms`, async () => {
        using time = new FakeTime();
        using timers = new CountedTimers();
        const manager = new TaskManager(limits(50));
        const given = generations([], { [stage]: [stuck] });
        manager.addTask("it", supervise(given, limits(own)));
        const errors = manager.runSettled();
        await time.runMicrotasks();
        manager.stop();
        await pass(time, 50);
        assertEquals((await errors).map(({ code }) => code), ["TIMEOUT"]);
        assertEquals(timers.running, 0);
      });
    }
  }

  for (
    const [stage, last] of [
      ["initialize", { initialize: stuck }],
      ["execute", { cleanup: stuck }],
    ] as const
  ) {
    it(`keeps no timer of its intensity if its cleanup is not begun: ${stage}`, async () => {
      using time = new FakeTime();
      using timers = new CountedTimers();
      const manager = new TaskManager({ shutdownTimeout: 50 });
      const given = generations([], { [stage]: failing(1, () => {}) });
      const task = supervise(given, {
        backoff: BACKOFF,
        intensity: { restarts: 1, within: 60_000 },
      });
      manager.addTask("it", task, { type: "error" });
      manager.addTask("last", last);
      const errors = manager.runSettled();
      await time.runMicrotasks();
      await pass(time, 100);
      manager.stop();
      await pass(time, 50);
      assertEquals(task.restarts, 1);
      const [, notBegun] = await errors;
      assertEquals([notBegun?.taskName, notBegun?.stage], ["it", "cleanup"]);
      assertEquals(timers.running, 0);
    });
  }
});
