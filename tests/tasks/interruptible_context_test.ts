import { TaskContext, TaskManager } from "@goasync/core";
import { interruptible } from "@goasync/core/tasks/interruptible";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { countedSignal } from "../helpers/counted_signal.ts";
import { FakeProcess } from "../helpers/fake_process.ts";
import { AwaitedLog } from "../helpers/awaited_log.ts";
import { gate } from "../helpers/gate.ts";
import {
  executing,
  inTurn,
  logged,
  ONE_GENERATION,
} from "../helpers/generations.ts";

describe("interruptible() gives each generation", () => {
  it("one context for initialize and execute, of its own", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const contexts: TaskContext[] = [];
    const manager = new TaskManager();
    const task = logged(log, {
      initialize: (context) => void contexts.push(context),
      execute: (context) => {
        contexts.push(context);
        return context.done;
      },
    });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    await log.length(5);
    const [first, second] = [contexts[0]!, contexts[2]!];
    assertStrictEquals(contexts[1], first);
    assertStrictEquals(contexts[3], second);
    assertEquals(first.name, "it");
    assertEquals(second.name, "it");
    assertEquals(first.signal.aborted, true);
    assertEquals(second.signal.aborted, false);
    manager.stop();
    await run;
  });

  it("an AbortError whose cause names the OS signal", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const contexts: TaskContext[] = [];
    const manager = new TaskManager();
    const task = logged(log, {
      initialize: (context) => void contexts.push(context),
    });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    const { reason } = contexts[0]!.signal;
    assert(reason instanceof DOMException);
    assertEquals(reason.name, "AbortError");
    assertEquals((reason as Error).cause, "SIGHUP");
    await log.length(5);
    manager.stop();
    await run;
  });

  it("the reason of a stop, before stop returns", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const contexts: TaskContext[] = [];
    const manager = new TaskManager();
    const task = logged(log, {
      initialize: (context) => void contexts.push(context),
    });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    await log.length(5);
    manager.stop("enough");
    assertEquals(contexts[1]!.signal.reason, "enough");
    assertEquals(await run, []);
  });

  it("a cleanup whose signal is live", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const contexts: TaskContext[] = [];
    const manager = new TaskManager();
    const task = logged(log, {
      cleanup: (context) => void contexts.push(context),
    });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    await log.length(5);
    manager.stop();
    await run;
    assertEquals(contexts.map(({ name }) => name), ["it", "it"]);
    assertEquals(contexts.map(({ signal }) => signal.aborted), [false, false]);
  });

  it("a signal that tells of a stop after execute failed, too", async () => {
    using _os = new FakeProcess();
    const contexts: TaskContext[] = [];
    const failed = gate();
    const manager = new TaskManager();
    manager.addTask(
      "it",
      interruptible(["SIGHUP"], {
        initialize: (context) => void contexts.push(context),
        execute: () => {
          failed.open();
          throw new Error("broken");
        },
      }),
    );
    const run = manager.runSettled();
    await failed.reached;
    assertEquals((await run).length, 1);
    assertEquals(contexts[0]!.signal.aborted, true);
  });

  it("the signal of initialize, however early it aborts", async () => {
    using _os = new FakeProcess();
    const reasons: unknown[] = [];
    const wrapped = interruptible(["SIGHUP"], {
      initialize({ signal }) {
        own.abort("enough");
        reasons.push(signal.reason);
      },
      execute: ({ done }) => done,
    });
    const own = new AbortController();
    const context = new TaskContext({ name: "it", signal: own.signal });
    for (const _when of ["aborts while it runs", "aborted already"]) {
      await wrapped.initialize!(context);
      await wrapped.cleanup!(context);
    }
    assertEquals(reasons, ["enough", "enough"]);
  });

  it("both signals of execute, if another wrapper replaced them, as long as it lasts", async () => {
    using _os = new FakeProcess();
    const context = new TaskContext({ name: "it" });
    const contexts: TaskContext[] = [];
    const task = interruptible(["SIGHUP"], {
      initialize: (context) => contexts.push(context),
    });
    await task.initialize!(context);
    const [draining, signal] = [countedSignal(), countedSignal()];
    const execution = task.execute(
      context.with({ draining: draining.signal, signal: signal.signal }),
    );
    const [fork] = contexts;
    draining.abort("enough");
    assertEquals(fork!.draining.reason, "enough");
    assertEquals(fork!.signal.aborted, false);
    signal.abort("late");
    assertEquals(fork!.signal.reason, "enough");
    await execution;
    assertEquals([draining.listeners(), signal.listeners()], [0, 0]);
    await task.cleanup!(context);
  });

  it("no listener on the signals of an execute that has failed", async () => {
    using _os = new FakeProcess();
    const context = new TaskContext({ name: "it" });
    const task = interruptible(["SIGHUP"], {
      execute: () => Promise.reject(new Error("broken")),
    });
    await task.initialize!(context);
    const { signal, listeners } = countedSignal();
    const other = context.with({ signal, draining: signal });
    await assertRejects(async () => await task.execute(other), Error, "broken");
    assertEquals(listeners(), 0);
    await task.cleanup!(context);
  });

  it("the signal of execute, if another wrapper replaced it", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const context = new TaskContext({ name: "it" });
    const raise = () => os.raise("SIGHUP");
    const task = logged(log, { cleanup: inTurn(raise) });
    const wrapped = interruptible(["SIGHUP"], task);
    await wrapped.initialize!(context);

    const first = new AbortController();
    const firstRun = wrapped.execute(context.with({ signal: first.signal }));
    first.abort();
    await firstRun;
    assertEquals(log.entries, ["initialize", "execute"]);

    const second = new AbortController();
    const secondRun = wrapped.execute(context.with({ signal: second.signal }));
    await log.length(7);
    second.abort();
    await secondRun;
    await wrapped.cleanup!(context);
    assertEquals(log.entries, [
      ...ONE_GENERATION,
      "initialize",
      "cleanup",
      ...ONE_GENERATION,
    ]);
  });
});

describe("interruptible() holds", () => {
  it("one handler from before the first initialize to the end of the last cleanup", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const count = () => log.add(os.handlers.join());
    const task = interruptible(["SIGHUP", "SIGHUP"], {
      initialize: count,
      execute: ({ done }) => {
        count();
        return done;
      },
      cleanup: count,
    });
    manager.addTask("it", task);
    assertEquals(os.handlers, []);
    const run = manager.runSettled();
    await log.length(2);
    os.raise("SIGHUP");
    await log.length(5);
    manager.stop();
    await run;
    const one = "SIGHUP";
    assertEquals(log.entries, [one, one, one, one, one, one]);
    assertEquals(os.handlers, []);
  });

  it("no listener on the manager's signal after cleanup", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const outer = countedSignal();
    const context = new TaskContext({ name: "it", signal: outer.signal });
    const wrapped = interruptible(["SIGHUP"], logged(log));
    await wrapped.initialize!(context);
    const run = wrapped.execute(context);
    os.raise("SIGHUP");
    await log.length(5);
    assertEquals(outer.listeners(), 1);
    outer.abort();
    await run;
    await wrapped.cleanup!(new TaskContext({ name: "it" }));
    assertEquals(outer.listeners(), 0);
    assertEquals(os.handlers, []);
  });

  it("no handler of a task that was never initialized", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const wrapped = interruptible(["SIGHUP"], logged(log));
    await wrapped.cleanup!(new TaskContext({ name: "it" }));
    assertEquals(log.entries, []);
    assertEquals(os.handlers, []);
  });
});
