import { type TaskContext, type TaskError, TaskManager } from "@goasync/core";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { microtasks } from "../helpers/microtasks.ts";
import { notingTask, untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";
import { summary } from "../helpers/summary.ts";
import { gate } from "../helpers/gate.ts";

/** What a promise has resolved with by now. */
async function valueOf<Value>(promise: Promise<Value>): Promise<unknown> {
  let value: unknown = "pending";
  promise.then((resolved) => value = resolved);
  await microtasks();
  return value;
}

describe("TaskHandle.cancel()", () => {
  it("before the run skips the task altogether", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    manager.addTask("1", notingTask(log));
    const task = manager.addTask("2", notingTask(log));
    const executeTask = manager.addExecuteTask("3", notingTask(log));
    task.cancel();
    executeTask.cancel();
    assertEquals([task.state, executeTask.state], [
      "never-started",
      "never-started",
    ]);
    assertEquals(manager.tasks.map(({ name }) => name), ["1"]);
    assertEquals(manager.state, "idle");
    const { errors } = await running(manager);
    assertEquals(manager.state, "executing");
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, ["1 initialize", "1 execute", "1 cleanup"]);
    assertEquals(await task.finished, "never-started");
    assertEquals(await executeTask.finished, "never-started");
  });

  it("while others are initialized skips a task that was not", async () => {
    const log: string[] = [];
    const initializes = gate();
    const manager = new TaskManager();
    manager.addTask(
      "1",
      notingTask(log, { initialize: () => initializes.reached }),
    );
    const task = manager.addTask("2", notingTask(log));
    const executeTask = manager.addExecuteTask("3", notingTask(log));
    manager.addTask("4", notingTask(log));
    const { errors } = await running(manager);
    task.cancel();
    executeTask.cancel();
    assertEquals(await valueOf(task.finished), "never-started");
    initializes.open();
    await microtasks();
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, [
      "1 initialize",
      "4 initialize",
      "1 execute",
      "4 execute",
      "4 cleanup",
      "1 cleanup",
    ]);
  });

  it("during its initialize aborts its signal, skips execute, and keeps the cleanup's turn", async () => {
    const log: string[] = [];
    const initializes = gate();
    const reasons: unknown[] = [];
    const manager = new TaskManager();
    manager.addTask("1", notingTask(log));
    const handle = manager.addTask(
      "2",
      notingTask(log, {
        initialize({ signal }) {
          signal.addEventListener("abort", () => reasons.push(signal.reason));
          return initializes.reached;
        },
      }),
    );
    manager.addTask("3", notingTask(log));
    const { errors } = await running(manager);
    handle.cancel("enough");
    assertEquals(reasons, ["enough"]);
    assertEquals(handle.state, "initializing");
    assertEquals(await valueOf(handle.finished), "pending");
    initializes.open();
    await microtasks();
    assertEquals(handle.state, "never-started");
    assertEquals(manager.state, "executing");
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, [
      "1 initialize",
      "2 initialize",
      "3 initialize",
      "1 execute",
      "3 execute",
      "3 cleanup",
      "2 cleanup",
      "1 cleanup",
    ]);
  });

  for (const thrown of ["its reason", "an AbortError"]) {
    it(`lets its initialize throw ${thrown}`, async () => {
      const log: string[] = [];
      const manager = new TaskManager();
      const handle = manager.addTask(
        "it",
        notingTask(log, {
          async initialize({ signal, done }) {
            await done;
            throw thrown === "its reason"
              ? signal.reason
              : new DOMException("aborted", "AbortError");
          },
        }),
      );
      const { errors } = await running(manager);
      handle.cancel("enough");
      await microtasks();
      assertEquals(handle.state, "never-started");
      assertEquals(manager.state, "executing");
      await manager.stop();
      assertEquals(await errors, []);
      assertEquals(log, ["it initialize", "it cleanup"]);
    });
  }

  it("records what its initialize throws otherwise, and stops nobody", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    const handle = manager.addTask(
      "it",
      notingTask(log, {
        async initialize({ done }) {
          await done;
          throw new Error("broken");
        },
      }),
    );
    manager.addTask("other", notingTask(log));
    const { errors } = await running(manager);
    handle.cancel();
    await microtasks();
    assertEquals(handle.state, "failed");
    assertEquals(manager.state, "executing");
    await manager.stop();
    assertEquals(summary(await errors), ["it initialize FAILED"]);
    assertEquals(log, [
      "it initialize",
      "other initialize",
      "other execute",
      "other cleanup",
      "it cleanup",
    ]);
  });

  it("between its initialize and its execute skips the execute", async () => {
    const log: string[] = [];
    const initializes = gate();
    const manager = new TaskManager();
    const handle = manager.addTask("1", notingTask(log));
    manager.addTask(
      "2",
      notingTask(log, { initialize: () => initializes.reached }),
    );
    const { errors } = await running(manager);
    handle.cancel();
    assertEquals(handle.state, "never-started");
    initializes.open();
    await microtasks();
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, [
      "1 initialize",
      "2 initialize",
      "2 execute",
      "2 cleanup",
      "1 cleanup",
    ]);
  });

  it("during execute stops that task alone, and a strict one is clean", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    const task = manager.addTask("task", notingTask(log));
    const executeTask = manager.addExecuteTask("execute task", untilStopped);
    const other = manager.addTask("other", notingTask(log));
    const { errors } = await running(manager);
    task.cancel();
    executeTask.cancel();
    assertEquals(await task.finished, "clean");
    assertEquals(await executeTask.finished, "clean");
    assertEquals(other.state, "executing");
    assertEquals(manager.state, "executing");
    assertEquals(log.includes("task cleanup"), false);
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(log.slice(-2), ["other cleanup", "task cleanup"]);
  });

  it("gives its reason to signal, or an AbortError without one", async () => {
    for (const reasons of [["enough"], [null], [0], [], [undefined]]) {
      let context: TaskContext | undefined;
      const manager = new TaskManager();
      const handle = manager.addExecuteTask("it", (given) => {
        context = given;
        return given.done;
      });
      const { signal } = await running(manager).then(() => context!);
      const { draining } = context!;
      handle.cancel(...reasons);
      assertStrictEquals(signal.reason, draining.reason);
      if (reasons[0] === undefined) {
        assertEquals(signal.reason.name, "AbortError");
      } else assertStrictEquals(signal.reason, reasons[0]);
      await manager.stop("too late");
    }
  });

  it("lets execute throw its reason or an AbortError", async () => {
    const manager = new TaskManager();
    const abortError = new DOMException("aborted", "AbortError");
    const handles = ["reason", abortError].map((thrown) =>
      manager.addExecuteTask("it", async ({ done }) => {
        await done;
        throw thrown;
      })
    );
    const { errors } = await running(manager);
    for (const handle of handles) handle.cancel("reason");
    for (const { finished } of handles) assertEquals(await finished, "clean");
    await manager.stop();
    assertEquals(await errors, []);
  });

  it("records what execute or cleanup throws otherwise, and stops nobody", async () => {
    const manager = new TaskManager();
    const handle = manager.addTask("it", {
      async execute({ done }) {
        await done;
        throw new Error("broken");
      },
      cleanup: () => Promise.reject("broken, too"),
    });
    const { errors } = await running(manager);
    handle.cancel();
    assertEquals(await handle.finished, "failed");
    assertEquals(manager.state, "executing");
    await manager.stop();
    assertEquals(summary(await errors), [
      "it execute FAILED",
      "it cleanup FAILED",
    ]);
  });

  it("after the task has ended changes nothing", async () => {
    let context: TaskContext | undefined;
    const manager = new TaskManager();
    const handle = manager.addTask("it", {
      execute: (given) => void (context = given),
    }, { type: "error" });
    const { errors } = await running(manager);
    assertEquals(handle.state, "clean");
    handle.cancel("too late");
    assertEquals(handle.state, "clean");
    assertEquals(context?.signal.aborted, false);
    await manager.stop("stopped");
    assertEquals(context?.signal.reason, "stopped");
    handle.cancel("too late");
    assertEquals(context?.signal.reason, "stopped");
    assertEquals(await errors, []);
  });

  it("twice keeps the first reason", async () => {
    let signal: AbortSignal | undefined;
    const manager = new TaskManager();
    const handle = manager.addExecuteTask("it", (context) => {
      signal = context.signal;
      return context.done;
    });
    await running(manager);
    handle.cancel("first");
    handle.cancel("second");
    assertEquals(signal?.reason, "first");
    handle.cancel("third");
    await manager.stop("fourth");
    assertEquals(signal?.reason, "first");
  });

  it("while everything stops changes nothing", async () => {
    const manager = new TaskManager();
    let signal: AbortSignal | undefined;
    const handle = manager.addExecuteTask("it", async (context) => {
      signal = context.signal;
      await context.done;
      throw "broken";
    });
    const { errors } = await running(manager);
    manager.stop("stopped");
    handle.cancel("cancelled");
    assertEquals(signal?.reason, "stopped");
    assertEquals(summary(await errors), ["it execute FAILED"]);
  });

  it("may be called by the task itself", async () => {
    const manager = new TaskManager();
    const handle = manager.addExecuteTask("it", () => handle.cancel());
    const { errors } = await running(manager);
    assertEquals(handle.state, "clean");
    assertEquals(manager.state, "executing");
    await manager.stop();
    assertEquals(await errors, []);
  });

  it("in the turn in which all are executed skips those not called yet", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    manager.addTask(
      "1",
      notingTask(log, {
        execute({ done }) {
          task.cancel();
          executeTask.cancel();
          return done;
        },
      }),
    );
    const task = manager.addTask("2", notingTask(log));
    const executeTask = manager.addExecuteTask("3", notingTask(log));
    const { errors } = await running(manager);
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, [
      "1 initialize",
      "2 initialize",
      "1 execute",
      "2 cleanup",
      "1 cleanup",
    ]);
  });

  it("lets what a task throws after a stop be recorded as ever", async () => {
    const manager = new TaskManager();
    const handle = manager.addExecuteTask("cancelled", ({ done }) => done);
    manager.addExecuteTask("failing", async ({ done }) => {
      await done;
      throw "broken";
    });
    const { errors } = await running(manager);
    handle.cancel();
    await manager.stop();
    assertEquals(summary(await errors), ["failing execute FAILED"]);
  });
});

describe("TaskHandle.cancel() of a stop-group member", () => {
  const type = "stop-group";

  /** Runs it, and says whether it has stopped by itself. */
  async function stops(
    manager: TaskManager,
    errors: Promise<TaskError[]>,
  ): Promise<boolean> {
    await microtasks();
    const { state } = manager;
    await manager.stop();
    assertEquals(await errors, []);
    return state === "finished";
  }

  it("counts when it has ended", async () => {
    const ending = gate();
    const manager = new TaskManager();
    const slow = manager.addTask("slow", { execute: () => ending.reached }, {
      type,
    });
    const { errors } = await running(manager);
    slow.cancel();
    await microtasks();
    assertEquals(manager.state, "executing");
    ending.open();
    assertEquals(await stops(manager, errors), true);
  });

  it("counts with those who returned", async () => {
    const ending = gate();
    const manager = new TaskManager();
    const one = manager.addTask("one", { execute: untilStopped }, { type });
    manager.addTask("two", { execute: () => ending.reached }, { type });
    const { errors } = await running(manager);
    one.cancel();
    await microtasks();
    assertEquals(manager.state, "executing");
    ending.open();
    assertEquals(await stops(manager, errors), true);
  });

  it("counts when it was cancelled during its initialize", async () => {
    const initializes = gate();
    const manager = new TaskManager();
    const it = manager.addTask("it", {
      initialize: () => initializes.reached,
      execute: untilStopped,
    }, { type });
    manager.addTask("other", { execute: untilStopped });
    const { errors } = await running(manager);
    it.cancel();
    initializes.open();
    assertEquals(await stops(manager, errors), true);
  });

  it("counts when it was cancelled between initialize and execute", async () => {
    const manager = new TaskManager();
    const it = manager.addTask("it", { execute: untilStopped }, { type });
    manager.addTask("other", {
      initialize: () => it.cancel(),
      execute: untilStopped,
    });
    assertEquals(await stops(manager, manager.runSettled()), true);
  });

  it("counts when it was cancelled before the run", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    const it = manager.addTask("it", { execute: untilStopped }, { type });
    manager.addTask("other", notingTask(log));
    it.cancel();
    assertEquals(manager.state, "idle");
    assertEquals(await stops(manager, manager.runSettled()), true);
    assertEquals(log, []);
  });

  it("before the run leaves the others to be waited for", async () => {
    const ending = gate();
    const manager = new TaskManager();
    const it = manager.addTask("it", { execute: untilStopped }, { type });
    it.cancel();
    manager.addTask("late", { execute: () => ending.reached }, { type });
    const { errors } = await running(manager);
    assertEquals(manager.state, "executing");
    ending.open();
    assertEquals(await stops(manager, errors), true);
  });
});

describe("cancelling one of many", () => {
  it("costs what one costs", async () => {
    const COUNT = 20_000;
    const manager = new TaskManager();
    let told = 0;
    const { errors } = await running(manager);
    const handles = Array.from(
      { length: COUNT },
      () => manager.addExecuteTask("it", ({ done }) => done.then(() => told++)),
    );
    for (const handle of handles) handle.cancel();
    await microtasks();
    assertEquals(told, COUNT);
    assertEquals(manager.tasks, []);
    assertEquals(manager.state, "executing");
    await manager.stop();
    assertEquals(await errors, []);
  });
});
