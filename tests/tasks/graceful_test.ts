import {
  type ExecuteFunction,
  type Task,
  type TaskError,
  TaskManager,
  type TaskManagerOptions,
} from "@goasync/core";
import { graceful, repeatable, repeatTimer } from "@goasync/core/tasks";
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { microtasks } from "../helpers/microtasks.ts";
import { running } from "../helpers/running.ts";
import { type Gate, gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";

/** Ends when it is told to stop. */
const untilTold: ExecuteFunction = ({ draining }) =>
  new Promise((resolve) => draining.addEventListener("abort", resolve));

/** Ends when it was told to stop and a gate is open. */
function endsAfter({ reached }: Gate): ExecuteFunction {
  return async (context) => {
    await untilTold(context);
    await reached;
  };
}

/** Runs a graceful task beside one whose signal a test looks at. */
async function start(
  task: Task | ExecuteFunction,
  options: TaskManagerOptions = {},
) {
  const manager = new TaskManager(options);
  let signal!: AbortSignal;
  manager.addTask("other", {
    execute: (context) => {
      signal = context.signal;
      return context.done;
    },
  });
  const handle = manager.addTask("it", graceful(task));
  const { errors } = await running(manager);
  return { manager, handle, errors, signal };
}

function assertOne(errors: TaskError[], stage: string, cause: unknown): void {
  assertEquals(errors.map((error) => error.stage), [stage]);
  assertStrictEquals(errors[0]?.cause, cause);
}

describe("graceful()", () => {
  it("keeps every signal live until its execute has ended", async () => {
    const finish = gate();
    const { manager, handle, errors, signal } = await start(endsAfter(finish));
    manager.stop();
    await microtasks();
    assertEquals(manager.state, "draining");
    assertEquals(handle.state, "draining");
    assertEquals(signal.aborted, false);
    finish.open();
    assertEquals(await errors, []);
    assertEquals(signal.aborted, true);
    assertEquals(handle.state, "clean");
  });

  it("calls the drain of the task, too, on it, with the context of its execute", async () => {
    const calls: unknown[] = [];
    const task: Task = {
      execute(context) {
        calls.push(this, context);
        return untilTold(context);
      },
      drain(context) {
        calls.push(this, context);
      },
    };
    const { manager, errors } = await start(task);
    manager.stop();
    assertEquals(await errors, []);
    const [task1, executed, task2, drained] = calls;
    assertStrictEquals(task1, task);
    assertStrictEquals(task2, task);
    assertStrictEquals(drained, executed);
  });

  for (const last of ["execute", "drain"]) {
    it(`waits for both, if ${last} ends last`, async () => {
      const [execute, drain] = [gate(), gate()];
      const { manager, errors, signal } = await start({
        execute: endsAfter(execute),
        drain: () => drain.reached,
      });
      manager.stop();
      (last === "execute" ? drain : execute).open();
      await microtasks();
      assertEquals(manager.state, "draining");
      assertEquals(signal.aborted, false);
      (last === "execute" ? execute : drain).open();
      assertEquals(await errors, []);
    });
  }

  it("waits for execute although the drain of the task fails", async () => {
    const finish = gate();
    const broken = new Error("broken");
    const { manager, errors, signal } = await start({
      execute: endsAfter(finish),
      drain: () => {
        throw broken;
      },
    });
    manager.stop();
    await microtasks();
    assertEquals(manager.state, "draining");
    assertEquals(signal.aborted, false);
    finish.open();
    assertOne(await errors, "drain", broken);
  });

  it("passes on what execute throws, once", async () => {
    const broken = new Error("broken");
    const throws = () => {
      throw broken;
    };
    const throwsWhenTold: ExecuteFunction = async (context) => {
      await untilTold(context);
      throw broken;
    };
    for (const execute of [throws, throwsWhenTold]) {
      const { manager, errors } = await start({ execute });
      manager.stop();
      assertOne(await errors, "execute", broken);
    }
  });

  it("waits for nobody's execute but that of its own task", async () => {
    const gates: Record<string, Gate> = { first: gate(), second: gate() };
    const task = graceful((context) =>
      endsAfter(gates[context.name]!)(context)
    );
    const manager = new TaskManager();
    const first = manager.addExecuteTask("first", task);
    const second = manager.addExecuteTask("second", task);
    const { errors } = await running(manager);
    first.cancel();
    gates.first!.open();
    assertEquals(await first.finished, "clean");
    assertEquals(second.state, "executing");
    manager.stop();
    await microtasks();
    assertEquals(manager.state, "draining");
    gates.second!.open();
    assertEquals(await errors, []);
  });

  it("waits for an execute that a wrapper gave another context", async () => {
    const finish = gate();
    const wrapped = graceful(endsAfter(finish));
    const manager = new TaskManager();
    manager.addTask("it", {
      ...wrapped,
      execute: (context) => wrapped.execute(context.fork()),
    });
    const { errors } = await running(manager);
    manager.stop();
    await microtasks();
    assertEquals(manager.state, "draining");
    finish.open();
    assertEquals(await errors, []);
  });

  it("has little to wait for when execute has ended before", async () => {
    const manager = new TaskManager();
    const task = graceful(() => {});
    manager.addTask("it", task, { type: "error" });
    const { errors } = await running(manager);
    manager.stop();
    assertEquals(await errors, []);
  });

  it("waits only for the drain of a task without execute", async () => {
    const finish = gate();
    const { manager, handle, errors } = await start({
      drain: () => finish.reached,
    });
    manager.stop();
    await microtasks();
    assertEquals(handle.state, "draining");
    finish.open();
    assertEquals(await errors, []);
    assertEquals(handle.state, "clean");
  });
});

describe("graceful() ends its wait", () => {
  it("with its drainTimeout", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ drainTimeout: 100 });
    manager.addTask("it", graceful(({ done }) => done));
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop();
    await pass(time, 99);
    assertEquals(manager.state, "draining");
    await pass(time, 1);
    assertEquals(await errors, []);
    assertEquals(manager.state, "finished");
  });

  it("with a stop that leaves no time", async () => {
    const { manager, errors, signal } = await start(({ done }) => done);
    manager.stop();
    assertEquals(signal.aborted, false);
    manager.stop(undefined, { drain: false });
    assertEquals(signal.aborted, true);
    assertEquals(await errors, []);
  });
});

describe("graceful() lets a run end that is in progress", () => {
  it("of repeatTimer(), and no other begins", async () => {
    using time = new FakeTime();
    const finish = gate();
    let runs = 0;
    const manager = new TaskManager();
    let signal!: AbortSignal;
    const task = repeatTimer(10, (context) => {
      signal = context.signal;
      runs++;
      return finish.reached;
    });
    manager.addTask("it", graceful(task));
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop();
    await pass(time, 100);
    assertEquals(manager.state, "draining");
    assertEquals(signal.aborted, false);
    finish.open();
    assertEquals(await errors, []);
    assertEquals(runs, 1);
  });

  it("of repeatable(), and no other begins", async () => {
    const finish = gate();
    let runs = 0;
    const { manager, errors, signal } = await start(repeatable(() => {
      runs++;
      return finish.reached;
    }));
    manager.stop();
    await microtasks();
    assertEquals(manager.state, "draining");
    assertEquals(signal.aborted, false);
    finish.open();
    assertEquals(await errors, []);
    assertEquals(runs, 1);
  });

  it("inside repeatable(), whose loop then ends, too", async () => {
    const gates = [gate(), gate()];
    let runs = 0;
    const manager = new TaskManager();
    const run = graceful(() => gates[runs++]!.reached);
    manager.addTask("it", repeatable(run));
    const { errors } = await running(manager);
    gates[0]!.open();
    while (runs < 2) await microtasks();
    manager.stop();
    await microtasks();
    assertEquals(manager.state, "draining");
    gates[1]!.open();
    assertEquals(await errors, []);
    assertEquals(runs, 2);
  });
});

describe("graceful() throws TypeError for", () => {
  it("a TaskManager, which drains by itself", () => {
    assertThrows(
      () => graceful(new TaskManager()),
      TypeError,
      "Cannot let a TaskManager end gracefully as it drains by itself: add it as it is",
    );
  });

  it("what is no task", () => {
    for (const bad of [undefined, null, {}, { execute: 1 }, "task"]) {
      assertThrows(
        // deno-lint-ignore no-explicit-any
        () => graceful(bad as any),
        TypeError,
        "Cannot let a task end gracefully as",
      );
    }
  });
});
