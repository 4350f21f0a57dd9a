import { TaskManager } from "@goasync/core";
import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";
import { spied, type SpiedSignal } from "../helpers/spied_signal.ts";

/** A manager with a few tasks that all wait. */
function waiting(): TaskManager {
  const manager = new TaskManager();
  for (const name of ["1", "2", "3"]) {
    manager.addTask(name, { execute: untilStopped });
    manager.addExecuteTask(name, ({ signal, done }) => {
      signal.addEventListener("abort", () => {});
      return done;
    });
  }
  return manager;
}

// That no timer is left is shown by the runtimes' own checks of each test, and
// by programs that end when their run is over.
describe("rule 16: nothing left behind", () => {
  it("listens once to the caller's signal, however many tasks there are", async () => {
    const shutdown = spied(new AbortController().signal);
    const manager = waiting();
    await running(manager, { signal: shutdown.signal });
    assertEquals(shutdown.listeners(), 1);
    manager.addExecuteTask("late", untilStopped);
    assertEquals(shutdown.added(), 1);
    await manager.stop();
  });

  const ends: {
    how: string;
    end: (manager: TaskManager, shutdown: AbortController) => void;
    errors: number;
  }[] = [
    { how: "a stop", end: (manager) => void manager.stop(), errors: 0 },
    {
      how: "an abort",
      end: (_, shutdown) => shutdown.abort(),
      errors: 0,
    },
    {
      how: "a failure",
      end: (manager) =>
        manager.addExecuteTask("failing", () => Promise.reject("failed")),
      errors: 1,
    },
  ];
  for (const { how, end, errors: expected } of ends) {
    it(`leaves no listener on the caller's signal after ${how}`, async () => {
      const shutdown = new AbortController();
      const { signal, listeners } = spied(shutdown.signal);
      const manager = waiting();
      const { errors } = await running(manager, { signal });
      assertEquals(listeners(), 1);
      end(manager, shutdown);
      assertEquals((await errors).length, expected);
      assertEquals(listeners(), 0);
    });
  }

  it("leaves no listener after an initialize failed", async () => {
    const { signal, listeners } = spied(new AbortController().signal);
    const manager = waiting();
    manager.addTask("failing", {
      initialize: () => Promise.reject("failed"),
      execute: () => {},
    });
    const errors = await manager.runSettled({ signal });
    assertEquals(errors.length, 1);
    assertEquals(listeners(), 0);
  });

  it("never listens to a signal that is already aborted", async () => {
    const { signal, added } = spied(AbortSignal.abort());
    await waiting().run({ signal });
    assertEquals(added(), 0);
  });

  it("never listens when it does not run", async () => {
    const { signal, added } = spied(new AbortController().signal);
    const manager = waiting();
    await assertRejects(() => manager.run(signal as never), TypeError);
    await manager.stop();
    await manager.run({ signal });
    await assertRejects(() => manager.run({ signal }), Error);
    assertEquals(added(), 0);
  });

  it("leaves no listener on the signal of a task that ran another manager", async () => {
    const signals: SpiedSignal[] = [];
    const inner = waiting();
    const outer = new TaskManager();
    outer.addTask("it", {
      execute(context) {
        signals.push(spied(context.signal));
        return inner.run({ signal: context.signal });
      },
    }, { type: "error" });
    const { errors } = await running(outer);
    assertEquals(inner.state, "executing");
    await inner.stop();
    assertEquals(signals[0]?.listeners(), 0);
    await outer.stop();
    assertEquals(await errors, []);
  });

  it("calls nothing of a task when the run is over", async () => {
    const touched: PropertyKey[] = [];
    const task = new Proxy({ execute: untilStopped }, {
      get(target, key) {
        touched.push(key);
        return Reflect.get(target, key);
      },
    });
    const shutdown = new AbortController();
    const manager = new TaskManager();
    manager.addTask("it", task);
    await running(manager, { signal: shutdown.signal });
    await manager.stop();
    touched.length = 0;
    shutdown.abort();
    await manager.stop();
    await assertRejects(() => manager.run(), Error);
    assertEquals(touched, []);
  });
});
