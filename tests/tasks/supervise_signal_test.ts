import { TaskContext, TaskManager } from "@goasync/core";
import { supervise } from "@goasync/core/tasks/supervise";
import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { countedSignal } from "../helpers/counted_signal.ts";
import { CountedTimers } from "../helpers/counted_timers.ts";
import { pass } from "../helpers/pass.ts";
import { BACKOFF, failing, generations } from "../helpers/supervised.ts";

const live = (): TaskContext => new TaskContext({ name: "it" });

describe("supervise() and a signal", () => {
  it("that is not aborted", async () => {
    const log: string[] = [];
    const { signal, listeners } = countedSignal();
    const context = new TaskContext({ name: "it", signal });
    const task = supervise(generations(log, { execute: [() => {}] }));
    await task.initialize(context);
    await task.execute(context);
    await task.cleanup(live());
    assertEquals(log, ["initialize", "execute", "cleanup"]);
    assertEquals(listeners(), 0);
  });

  it("that aborts after it settled", async () => {
    const log: string[] = [];
    const { signal, listeners, abort } = countedSignal();
    const context = new TaskContext({ name: "it", signal });
    const task = supervise(generations(log, { execute: [() => {}] }));
    await task.initialize(context);
    await task.execute(context);
    abort();
    await task.cleanup(live());
    assertEquals(log, ["initialize", "execute", "cleanup"]);
    assertEquals(listeners(), 0);
  });

  it("that aborts while it runs", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const log: string[] = [];
    const { signal, listeners, abort } = countedSignal();
    const context = new TaskContext({ name: "it", signal });
    const given = generations(log, { execute: failing(1) });
    const task = supervise(given, { backoff: BACKOFF });
    await task.initialize(context);
    const execution = task.execute(context);
    await time.runMicrotasks();
    abort();
    await execution;
    await task.cleanup(live());
    assertEquals(log, ["initialize", "execute", "cleanup"]);
    assertEquals([listeners(), timers.running], [0, 0]);
  });

  it("that is aborted already", async () => {
    const log: string[] = [];
    const signal = AbortSignal.abort("enough");
    const context = new TaskContext({ name: "it", signal });
    const task = supervise(generations(log, {
      initialize: [({ signal }) => log.push(signal.reason)],
    }));
    await task.initialize(context);
    await task.execute(context);
    await task.cleanup(live());
    assertEquals(log, ["initialize", "enough", "cleanup"]);

    const executed: string[] = [];
    await supervise(generations(executed, {})).execute(context);
    assertEquals(executed, []);
  });

  it("that has a reason of its own", async () => {
    const reason = { code: 5 };
    const stop = new AbortController();
    const context = new TaskContext({ name: "it", signal: stop.signal });
    const task = supervise(({ signal, done }) =>
      done.then(() => {
        throw signal.reason;
      })
    );
    await task.initialize(context);
    const execution = task.execute(context);
    stop.abort(reason);
    const thrown = await assertRejects(() => execution.catch(wrap));
    assertStrictEquals((thrown as Error).cause, reason);
    await task.cleanup(live());
  });

  it("of execute that another wrapper has replaced, as long as it lasts", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const context = live();
    const given = generations(log, {
      initialize: [({ signal, draining }) => {
        draining.addEventListener("abort", () => log.push("told"));
        signal.addEventListener("abort", () => log.push("aborted"));
      }],
    });
    const task = supervise(given, { backoff: BACKOFF });
    await task.initialize(context);
    const [draining, signal] = [countedSignal(), countedSignal()];
    const execution = task.execute(
      context.with({ draining: draining.signal, signal: signal.signal }),
    );
    draining.abort("enough");
    signal.abort("late");
    await execution;
    assertEquals([draining.listeners(), signal.listeners()], [0, 0]);
    await task.cleanup(live());
    await pass(time, 0);
    assertEquals(log, ["initialize", "execute", "told", "aborted", "cleanup"]);
  });
});

describe("1,000 restarts of supervise() without a backoff", () => {
  const inTwoWays = [
    { how: "as a task", adds: "addTask" },
    { how: "as an execute task", adds: "addExecuteTask" },
  ] as const;
  for (const { how, adds } of inTwoWays) {
    it(`leave no listener and no timer behind: ${how}`, async () => {
      using timers = new CountedTimers();
      const stop = countedSignal();
      const most = { listeners: 0, timers: 0 };
      let generations = 0;
      const manager = new TaskManager();
      const context = new TaskContext({ name: "it", signal: stop.signal });
      const task = supervise({
        initialize: ({ signal }) => signal.aborted,
        execute({ signal, abandoned, done }) {
          most.listeners = Math.max(most.listeners, stop.listeners());
          most.timers = Math.max(most.timers, timers.running);
          if (generations++ < 1_000) throw new Error("no connection");
          stop.abort("enough");
          return [signal, abandoned, done];
        },
      }, {
        backoff: false,
        initializeTimeout: 60_000,
        stopTimeout: 60_000,
        cleanupTimeout: 60_000,
      });
      manager[adds]("it", {
        initialize: () => task.initialize(context),
        execute: () => task.execute(context),
        cleanup: (live) => task.cleanup(live),
      }, { type: "error" });
      manager.addExecuteTask("ends", async () => {
        await context.done;
        manager.stop();
      }, { type: "error" });
      assertEquals(await manager.runSettled(), []);
      assertEquals([task.restarts, task.isUp], [1_000, false]);
      // That of `done`, and those of the generation that goes on.
      assertEquals([most.listeners <= 4, most.timers], [true, 0]);
      assertEquals([stop.listeners() <= 1, timers.running], [true, 0]);
    });
  }
});

/** An error, as only errors can be asserted to be thrown. */
function wrap(cause: unknown): never {
  throw new Error("It has thrown", { cause });
}
