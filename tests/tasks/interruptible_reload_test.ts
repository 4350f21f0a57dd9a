import { type TaskContext, TaskManager } from "@goasync/core";
import { interruptible } from "@goasync/core/tasks/interruptible";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeProcess } from "../helpers/fake_process.ts";
import { AwaitedLog } from "../helpers/awaited_log.ts";
import {
  executing,
  inTurn,
  logged,
  ONE_GENERATION,
} from "../helpers/generations.ts";

describe("interruptible() on a signal while not executing", () => {
  it("starts anew once when it came during the first initialize", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const contexts: TaskContext[] = [];
    const raise = (context: TaskContext) => {
      contexts.push(context);
      os.raise("SIGHUP");
      os.raise("SIGUSR2");
      assertEquals(context.signal.aborted, false);
    };
    const task = logged(log, { initialize: inTurn(raise) });
    manager.addTask("it", interruptible(["SIGHUP", "SIGUSR2"], task));
    const run = manager.runSettled();
    await log.length(4);
    manager.stop();
    assertEquals(await run, []);
    assertEquals(log.entries, ["initialize", "cleanup", ...ONE_GENERATION]);
    assertEquals(contexts[0]!.signal.reason.cause, "SIGHUP");
  });

  it("starts anew once when it came while others were initialized", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    manager.addTask("it", interruptible(["SIGHUP"], logged(log)));
    manager.addTask("next", {
      initialize: () => os.raise("SIGHUP"),
      execute: ({ done }) => done,
    });
    const run = manager.runSettled();
    await log.length(4);
    manager.stop();
    assertEquals(await run, []);
    assertEquals(log.entries, ["initialize", "cleanup", ...ONE_GENERATION]);
  });

  const thrice = (os: FakeProcess) => () => {
    os.raise("SIGHUP");
    os.raise("SIGHUP");
    os.raise("SIGHUP");
  };
  const ONE_MORE_RELOAD = [
    ...ONE_GENERATION,
    "initialize",
    "cleanup",
    ...ONE_GENERATION,
  ];

  it("starts anew once more when it came while execute was ending", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const raise = thrice(os);
    const task = logged(log, {
      execute: inTurn(({ done }) => done.then(raise), ({ done }) => done),
    });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    await log.length(7);
    manager.stop();
    assertEquals(await run, []);
    assertEquals(log.entries, ONE_MORE_RELOAD);
  });

  it("starts anew once more when it came during a reload's cleanup", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const task = logged(log, { cleanup: inTurn(thrice(os)) });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    await log.length(7);
    manager.stop();
    assertEquals(await run, []);
    assertEquals(log.entries, ONE_MORE_RELOAD);
  });

  it("starts anew once more when it came during a reload's initialize", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const task = logged(log, { initialize: inTurn(() => {}, thrice(os)) });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    await log.length(7);
    manager.stop();
    assertEquals(await run, []);
    assertEquals(log.entries, ONE_MORE_RELOAD);
  });

  it("starts anew once more when it came all through a reload", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const raise = thrice(os);
    const task = logged(log, {
      initialize: inTurn(() => {}, raise),
      execute: inTurn(({ done }) => done.then(raise), ({ done }) => done),
      cleanup: inTurn(raise),
    });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    await log.length(7);
    manager.stop();
    assertEquals(await run, []);
    assertEquals(log.entries, ONE_MORE_RELOAD);
  });
});

describe("interruptible() stopped during a reload", () => {
  it("while execute ends: cleans up and begins nothing", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const stop = () => void manager.stop();
    const task = logged(log, { execute: ({ done }) => done.then(stop) });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    assertEquals(await run, []);
    assertEquals(log.entries, ONE_GENERATION);
  });

  it("in cleanup: initializes no more and cleans up no more", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const task = logged(log, { cleanup: () => void manager.stop() });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    assertEquals(await run, []);
    assertEquals(log.entries, ONE_GENERATION);
  });

  it("in initialize: executes no more and cleans up", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const task = logged(log, {
      initialize: inTurn(() => {}, ({ signal }) => {
        manager.stop("enough");
        assertEquals(signal.reason, "enough");
      }),
    });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    assertEquals(await run, []);
    assertEquals(log.entries, [...ONE_GENERATION, "initialize", "cleanup"]);
  });

  it("in an initialize that throws the reason: stops cleanly", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const task = logged(log, {
      initialize: inTurn(() => {}, ({ signal }) => {
        manager.stop("enough");
        throw signal.reason;
      }),
    });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    assertEquals(await run, []);
    assertEquals(log.entries, [...ONE_GENERATION, "initialize", "cleanup"]);
  });

  it("after a signal that waits: starts no more", async () => {
    using os = new FakeProcess();
    const log = new AwaitedLog();
    const manager = new TaskManager();
    const task = logged(log, {
      initialize: inTurn(() => {}, () => {
        os.raise("SIGHUP");
        manager.stop();
      }),
    });
    const { run } = await executing(manager, task, log);
    os.raise("SIGHUP");
    assertEquals(await run, []);
    assertEquals(log.entries, [...ONE_GENERATION, "initialize", "cleanup"]);
  });
});
