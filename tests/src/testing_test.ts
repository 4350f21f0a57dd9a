import {
  type AsyncTaskManager,
  type ExecuteTask,
  InvalidStateError,
  type ManagerState,
  type Task,
  TaskContext,
  TaskError,
  TaskManager,
} from "@goasync/core";
import { repeatable } from "@goasync/core/tasks";
import {
  FakeExecuteTask,
  FakeTask,
  FakeTaskManager,
} from "@goasync/core/testing";
import {
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";

// deno-lint-ignore no-explicit-any
type Anything = any;

const STAGES = ["initialize", "execute", "cleanup"] as const;

function contextOf(name: string): TaskContext {
  return new TaskContext({ name });
}

/** Whether a promise is still pending when every microtask has run. */
async function isPending(promise: PromiseLike<unknown>): Promise<boolean> {
  let pending = true;
  const settle = () => void (pending = false);
  promise.then(settle, settle);
  await new Promise((resolve) => setTimeout(resolve, 0));
  return pending;
}

/** Executes a fake, which has to wait until it is told to stop. */
async function assertWaits(fake: ExecuteTask): Promise<void> {
  const shutdown = new AbortController();
  const context = new TaskContext({ name: "it", signal: shutdown.signal });
  const execution = Promise.resolve(fake.execute(context));
  assertEquals(await isPending(execution), true);
  shutdown.abort();
  await execution;
}

/** Runs a manager until every one of its tasks executes, and stops it. */
async function runAndStop(manager: TaskManager): Promise<TaskError[]> {
  manager.addExecuteTask("stop", () => void manager.stop(), { type: "error" });
  return await manager.runSettled();
}

describe("FakeTask", () => {
  it("is a Task that a manager runs, strict and clean by default", async () => {
    const fake = new FakeTask();
    const task: Task = fake;
    const manager = new TaskManager();
    manager.addTask("fake", task);
    assertEquals(await runAndStop(manager), []);
    for (const stage of STAGES) assertEquals(fake.stages[stage].callCount, 1);
  });

  it("waits in execute until it is told to stop", async () => {
    await assertWaits(new FakeTask());
  });

  it("returns at once from initialize and cleanup", () => {
    const fake = new FakeTask();
    assertEquals(fake.initialize(contextOf("it")), undefined);
    assertEquals(fake.cleanup(contextOf("it")), undefined);
  });

  it("records the context of every call under its stage", async () => {
    const fake = new FakeTask();
    const manager = new TaskManager();
    manager.addTask("fake", fake);
    await runAndStop(manager);
    const contexts = STAGES.map((stage) => fake.stages[stage].calls[0]?.[0]);
    for (const context of contexts) assertEquals(context?.name, "fake");
    assertStrictEquals(contexts[0], contexts[1]);
    assertEquals(contexts[1]?.signal.aborted, true);
    assertEquals(contexts[2]?.signal.aborted, false);
  });

  it("fails in the stage that throws", async () => {
    for (const stage of STAGES) {
      const fake = new FakeTask();
      const cause = new Error(`no ${stage}`);
      fake.stages[stage].throws(cause);
      const manager = new TaskManager();
      manager.addTask("fake", fake);
      const errors = await runAndStop(manager);
      assertEquals(errors.map((error) => error.stage), [stage]);
      assertStrictEquals(errors[0]?.cause, cause);
    }
  });

  it("forgets every stage's calls when it is cleared", () => {
    const fake = new FakeTask();
    fake.initialize(contextOf("it"));
    fake.execute(contextOf("it"));
    fake.cleanup(contextOf("it"));
    fake.clear();
    for (const stage of STAGES) assertEquals(fake.stages[stage].calls, []);
  });

  it("can be wrapped by a provided task", async () => {
    const fake = new FakeTask();
    fake.stages.execute.returns();
    const third = fake.stages.execute.hold();
    fake.stages.execute.onCall(0, () => {});
    fake.stages.execute.onCall(1, () => {
      throw new Error("swallowed");
    });
    const manager = new TaskManager();
    manager.addTask("fake", repeatable(fake));
    const run = manager.runSettled();
    await third.reached;
    assertEquals(fake.stages.execute.callCount, 3);
    manager.stop();
    third.open();
    assertEquals(await run, []);
  });

  it("throws TypeError for what is no context", () => {
    const fake = new FakeTask();
    for (const stage of STAGES) {
      for (const bad of [undefined, null, {}, "database"]) {
        assertThrows(
          () => void fake[stage](bad as Anything),
          TypeError,
          `Cannot ${stage} a fake task as 'context' must be a TaskContext: current value is `,
        );
      }
      assertEquals(fake.stages[stage].callCount, 0);
    }
  });
});

describe("FakeExecuteTask", () => {
  it("is an ExecuteTask that waits until it is told to stop", async () => {
    const fake = new FakeExecuteTask();
    const task: ExecuteTask = fake;
    const manager = new TaskManager();
    manager.addExecuteTask("fake", task);
    assertEquals(await runAndStop(manager), []);
    assertEquals(fake.stages.execute.calls[0]?.[0].name, "fake");
  });

  it("waits in execute until it is told to stop", async () => {
    await assertWaits(new FakeExecuteTask());
  });

  it("has no stage but execute", () => {
    assertEquals(Object.keys(new FakeExecuteTask().stages), ["execute"]);
  });

  it("fails when it throws", async () => {
    const fake = new FakeExecuteTask();
    fake.stages.execute.throws("connection lost");
    const manager = new TaskManager();
    manager.addExecuteTask("fake", fake);
    const [error] = await manager.runSettled();
    assertEquals(error?.cause, "connection lost");
  });

  it("forgets its calls when it is cleared", () => {
    const fake = new FakeExecuteTask();
    fake.execute(contextOf("it"));
    fake.clear();
    assertEquals(fake.stages.execute.callCount, 0);
  });

  it("throws TypeError for what is no context", () => {
    assertThrows(
      () => void new FakeExecuteTask().execute({ name: "it" } as Anything),
      TypeError,
      "'context' must be a TaskContext: current value is an instance of Object",
    );
  });
});

describe("FakeMethod", () => {
  it("gives its calls as a copy that later calls do not change", () => {
    const { initialize } = new FakeTask().stages;
    const [first, second] = [contextOf("first"), contextOf("second")];
    initialize.invoke(first);
    const calls = initialize.calls;
    initialize.invoke(second);
    assertEquals(calls.length, 1);
    calls.pop();
    assertEquals(initialize.callCount, 2);
    assertStrictEquals(initialize.calls[0]?.[0], first);
    assertStrictEquals(initialize.calls[1]?.[0], second);
  });

  it("does what its stub does, with the arguments of the call", async () => {
    const fake = new FakeTask();
    const context = contextOf("it");
    fake.stages.execute.stub((given) => Promise.resolve(given));
    assertStrictEquals(await fake.execute(context), context);
  });

  it("waits for a thenable whose then returns nothing", async () => {
    const log: string[] = [];
    const fake = new FakeTask({ log });
    const settle: (() => void)[] = [];
    const thenable = {
      then: (resolve: () => void) => void settle.push(resolve),
    };
    fake.stages.execute.returns(thenable as Anything);
    const execution = fake.execute(contextOf("it")) as Promise<void>;
    assertEquals(await isPending(execution), true);
    for (const each of settle) each();
    await execution;
    assertEquals(log, ["it execute begins", "it execute ends"]);
  });

  it("passes a value or a throw of the stub on in the same turn", () => {
    const fake = new FakeTask();
    fake.stages.execute.stub(() => {});
    assertEquals(fake.execute(contextOf("it")), undefined);
    const thrown = new Error("at once");
    fake.stages.execute.throws(thrown);
    assertStrictEquals(
      assertThrows(() => void fake.execute(contextOf("it"))),
      thrown,
    );
  });

  it("does what was set last", async () => {
    const fake = new FakeTask();
    fake.stages.execute.throws("never seen");
    fake.stages.execute.returns(Promise.resolve("first"));
    assertEquals(await fake.execute(contextOf("it")), "first");
    fake.stages.execute.stub(() => Promise.resolve("second"));
    assertEquals(await fake.execute(contextOf("it")), "second");
  });

  it("throws anything, unchanged", async () => {
    for (const thrown of [undefined, null, 0, Object.freeze({})]) {
      const manager = new TaskManager();
      const fake = new FakeTask();
      fake.stages.initialize.throws(thrown);
      manager.addTask("fake", fake);
      const [error] = await manager.runSettled();
      assertStrictEquals(error?.cause, thrown);
    }
  });

  it("does something else at one call", async () => {
    const fake = new FakeTask();
    const answer = async () => await fake.execute(contextOf("it"));
    fake.stages.execute.onCall(1, () => Promise.resolve("special"));
    fake.stages.execute.returns(Promise.resolve("usual"));
    assertEquals(await answer(), "usual");
    assertEquals(await answer(), "special");
    assertEquals(await answer(), "usual");
  });

  it("counts its calls anew when it is cleared, and keeps its stubs", async () => {
    const fake = new FakeTask();
    const answer = async () => await fake.execute(contextOf("it"));
    fake.stages.execute.onCall(0, () => Promise.resolve("first"));
    fake.stages.execute.returns(Promise.resolve("later"));
    assertEquals([await answer(), await answer()], ["first", "later"]);
    fake.stages.execute.clear();
    assertEquals(fake.stages.execute.callCount, 0);
    assertEquals([await answer(), await answer()], ["first", "later"]);
  });

  it("throws TypeError for a stub that is not a function", () => {
    const { execute } = new FakeTask().stages;
    for (const bad of [undefined, null, "stub", {}]) {
      for (
        const set of [
          () => execute.stub(bad as Anything),
          () => execute.onCall(0, bad as Anything),
        ]
      ) {
        assertThrows(
          set,
          TypeError,
          "Cannot stub a method as the stub must be a function: current value is ",
        );
      }
    }
  });

  it("throws TypeError for an index that is none", () => {
    const { execute } = new FakeTask().stages;
    for (const bad of [-1, 0.5, NaN, Infinity, "0", undefined]) {
      assertThrows(
        () => execute.onCall(bad as Anything, () => {}),
        TypeError,
        "Cannot stub a call as 'index' must be an integer from 0 on: current value is ",
      );
    }
  });
});

describe("FakeAsyncMethod.hold()", () => {
  it("holds a stage until the test opens the gate", async () => {
    const states: Record<string, ManagerState> = {
      initialize: "initializing",
      execute: "executing",
      cleanup: "cleaning-up",
    };
    for (const stage of STAGES) {
      const fake = new FakeTask();
      const gate = fake.stages[stage].hold();
      const manager = new TaskManager();
      manager.addTask("fake", fake, { type: "error" });
      const run = manager.runSettled();
      if (stage === "cleanup") manager.addExecuteTask("stop", stop(manager));
      const [context] = await gate.reached;
      assertEquals(context.name, "fake");
      assertEquals(manager.state, states[stage]);
      assertEquals(await isPending(run), true);
      gate.open();
      await manager.stop();
      assertEquals(await run, []);
    }
  });

  it("makes a held stage fail", async () => {
    for (const stage of STAGES) {
      const fake = new FakeTask();
      const gate = fake.stages[stage].hold();
      const manager = new TaskManager();
      manager.addTask("fake", fake);
      const run = runAndStop(manager);
      await gate.reached;
      gate.fail("let go");
      const errors = await run;
      assertEquals(errors.map((error) => error.stage), [stage]);
      assertEquals(errors[0]?.cause, "let go");
    }
  });

  it("ignores the abort until the stage is let go", async () => {
    const fake = new FakeTask();
    const gate = fake.stages.execute.hold();
    const manager = new TaskManager();
    manager.addTask("fake", fake);
    const run = manager.runSettled();
    const [{ signal }] = await gate.reached;
    const stopped = manager.stop();
    assertEquals(signal.aborted, true);
    assertEquals(await isPending(stopped), true);
    assertEquals(fake.stages.cleanup.callCount, 0);
    gate.open();
    assertEquals(await run, []);
    assertEquals(fake.stages.cleanup.callCount, 1);
  });

  it("has not been reached before the stage is called", async () => {
    const gate = new FakeTask().stages.initialize.hold();
    assertEquals(await isPending(gate.reached), true);
  });

  it("lets calls pass at once when the gate is already open", async () => {
    const fake = new FakeTask();
    const gate = fake.stages.execute.hold();
    gate.open(Promise.resolve("value"));
    assertEquals(await fake.execute(contextOf("first")), "value");
    assertEquals(await fake.execute(contextOf("second")), "value");
    assertEquals((await gate.reached)[0].name, "first");
  });

  it("makes no noise when it fails and nobody was held", async () => {
    const gate = new FakeTask().stages.execute.hold();
    gate.fail(new Error("nobody waits"));
    assertEquals(await isPending(gate.reached), true);
  });

  it("heeds only the first open or fail", async () => {
    const fake = new FakeTask();
    const opened = fake.stages.initialize.hold();
    opened.open();
    opened.fail(new Error("too late"));
    assertEquals(await fake.initialize(contextOf("it")), undefined);
    const failed = fake.stages.initialize.hold();
    failed.fail(new Error("first"));
    failed.open();
    await assertRejects(
      async () => await fake.initialize(contextOf("it")),
      Error,
      "first",
    );
  });

  it("keeps a call at its gate when the stage is held again", async () => {
    const fake = new FakeTask();
    const first = fake.stages.execute.hold();
    const firstCall = Promise.resolve(fake.execute(contextOf("first")));
    const second = fake.stages.execute.hold();
    const secondCall = Promise.resolve(fake.execute(contextOf("second")));
    second.open();
    await secondCall;
    assertEquals(await isPending(firstCall), true);
    first.open();
    await firstCall;
  });
});

describe("FakeOptions.log", () => {
  it("is shared by several fakes and keeps the order", async () => {
    const log: string[] = [];
    const job = new FakeExecuteTask({ log });
    job.stages.execute.stub(() => Promise.resolve());
    const manager = new TaskManager();
    manager.addTask("database", new FakeTask({ log }));
    manager.addTask("server", new FakeTask({ log }));
    manager.addExecuteTask("job", job, { type: "error" });
    await runAndStop(manager);
    assertEquals(log, [
      "database initialize begins",
      "database initialize ends",
      "server initialize begins",
      "server initialize ends",
      "database execute begins",
      "server execute begins",
      "job execute begins",
      "job execute ends",
      "database execute ends",
      "server execute ends",
      "server cleanup begins",
      "server cleanup ends",
      "database cleanup begins",
      "database cleanup ends",
    ]);
  });

  it("shows failures, thrown or rejected", async () => {
    const log: string[] = [];
    const database = new FakeTask({ log });
    database.stages.initialize.throws(new Error("thrown"));
    database.stages.cleanup.stub(() => Promise.reject(new Error("rejected")));
    const manager = new TaskManager();
    manager.addTask("database", database);
    assertEquals((await manager.runSettled()).length, 2);
    assertEquals(log, [
      "database initialize begins",
      "database initialize fails",
      "database cleanup begins",
      "database cleanup fails",
    ]);
  });

  it("has the end of a stage before anyone who waits for it goes on", async () => {
    const log: string[] = [];
    const fake = new FakeTask({ log });
    const gate = fake.stages.initialize.hold();
    const waiting = Promise.resolve(fake.initialize(contextOf("database")))
      .then(() => log.push("goes on"));
    gate.open();
    await waiting;
    assertEquals(log, [
      "database initialize begins",
      "database initialize ends",
      "goes on",
    ]);
  });

  it("is left alone by clear", () => {
    const log: string[] = [];
    const fake = new FakeTask({ log });
    fake.initialize(contextOf("it"));
    fake.clear();
    assertEquals(log.length, 2);
  });

  it("holds the calls of a manager, too", async () => {
    const log: string[] = [];
    const manager = new FakeTaskManager({ log });
    manager.addTask("database", new FakeTask());
    manager.methods.addExecuteTask.throws(new Error("full"));
    assertThrows(() => manager.addExecuteTask("job", () => {}), Error, "full");
    const run = manager.run();
    await manager.stop();
    await run;
    assertEquals(log, [
      "manager addTask begins",
      "manager addTask ends",
      "manager addExecuteTask begins",
      "manager addExecuteTask fails",
      "manager run begins",
      "manager stop begins",
      "manager run ends",
      "manager stop ends",
    ]);
  });

  it("throws TypeError for a log that is not an array, or bad options", () => {
    const fakes = { FakeTask, FakeExecuteTask, FakeTaskManager };
    for (const [name, Fake] of Object.entries(fakes)) {
      assertThrows(
        () => new Fake({ log: "log" as Anything }),
        TypeError,
        `Cannot create a ${name} as 'log' must be an array: current value is "log"`,
      );
      assertThrows(
        () => new Fake("log" as Anything),
        TypeError,
        `Cannot create a ${name} as the options must be an object as { log }`,
      );
    }
  });
});

describe("FakeTaskManager", () => {
  it("returns handles, whose cancel makes their task never-started", async () => {
    const fake = new FakeTaskManager();
    const task = fake.addTask("task", new FakeTask());
    const job = fake.addExecuteTask("job", () => {});
    assertEquals([task.name, job.name], ["task", "job"]);
    assertEquals([task.state, job.state], ["waiting", "waiting"]);
    task.cancel("enough");
    assertEquals(await task.finished, "never-started");
    assertEquals([task.state, job.state], ["never-started", "waiting"]);
  });

  it("is an AsyncTaskManager that records every call and its arguments", async () => {
    const fake = new FakeTaskManager();
    const manager: AsyncTaskManager = fake;
    const task = new FakeTask();
    const job = () => {};
    const shutdown = new AbortController();
    const context = contextOf("inner");
    manager.addTask("database", task);
    manager.addTask("server", task, { type: "error" });
    manager.addExecuteTask("job", job, { type: "error" });
    const runs = [
      manager.run({ signal: shutdown.signal }),
      manager.runSettled(),
      manager.execute(context),
    ];
    await manager.stop("enough");
    await manager[Symbol.asyncDispose]();
    await Promise.all(runs);
    const { methods } = fake;
    assertEquals(methods.addTask.calls, [
      ["database", task],
      ["server", task, { type: "error" }],
    ]);
    assertEquals(methods.addExecuteTask.calls, [["job", job, {
      type: "error",
    }]]);
    assertStrictEquals(methods.run.calls[0]?.[0]?.signal, shutdown.signal);
    assertEquals(methods.runSettled.calls, [[]]);
    assertStrictEquals(methods.execute.calls[0]?.[0], context);
    assertEquals(methods.stop.calls, [["enough"]]);
    assertEquals(methods.dispose.calls, [[]]);
    assertEquals(methods.run.callCount, 1);
  });

  it("runs until it is stopped", async () => {
    const manager = new FakeTaskManager();
    assertEquals(manager.state, "idle");
    const run = manager.run();
    assertEquals(manager.state, "executing");
    assertEquals(await isPending(run), true);
    const stopped = manager.stop();
    assertEquals(manager.state, "stopping");
    await stopped;
    assertEquals(manager.state, "finished");
    await run;
  });

  it("runs until its signal aborts", async () => {
    const manager = new FakeTaskManager();
    const shutdown = new AbortController();
    const run = manager.runSettled({ signal: shutdown.signal });
    assertEquals(await isPending(run), true);
    shutdown.abort();
    assertEquals(manager.state, "stopping");
    assertEquals(await run, []);
    assertEquals(manager.state, "finished");
  });

  it("ends at once when its signal is already aborted", async () => {
    const manager = new FakeTaskManager();
    await manager.run({ signal: AbortSignal.abort() });
    assertEquals(manager.state, "finished");
  });

  it("leaves no listener on the signal", async () => {
    const shutdown = new AbortController();
    const manager = new FakeTaskManager();
    const run = manager.run({ signal: shutdown.signal });
    await manager.stop();
    await run;
    manager.state = "executing";
    shutdown.abort();
    assertEquals(manager.state, "executing");
  });

  it("is finished by a stop before the run, which then ends at once", async () => {
    const manager = new FakeTaskManager();
    await manager.stop();
    assertEquals(manager.state, "finished");
    await manager.run();
    await manager.stop();
    assertEquals(manager.state, "finished");
  });

  it("is stopped by its dispose", async () => {
    const manager = new FakeTaskManager();
    const run = manager.run();
    await manager[Symbol.asyncDispose]();
    await run;
    assertEquals(manager.methods.stop.callCount, 0);
  });

  it("is an execute task of a real manager, and no task", async () => {
    const inner = new FakeTaskManager();
    const manager = new TaskManager();
    assertThrows(
      () => manager.addTask("inner", inner),
      TypeError,
      "addExecuteTask",
    );
    manager.addExecuteTask("inner", inner);
    assertEquals(await runAndStop(manager), []);
    assertEquals(inner.methods.execute.calls[0]?.[0].name, "inner");
    assertEquals(inner.state, "finished");
  });

  it("waits in execute until it is told to stop", async () => {
    const fake = new FakeTaskManager();
    await assertWaits(fake);
    assertEquals(fake.state, "finished");
  });

  it("fails a real manager when its execute is made to fail", async () => {
    const inner = new FakeTaskManager();
    const gate = inner.methods.execute.hold();
    const manager = new TaskManager();
    manager.addExecuteTask("inner", inner);
    const run = manager.runSettled();
    await gate.reached;
    gate.fail("inner failed");
    assertEquals((await run)[0]?.cause, "inner failed");
    assertEquals(inner.state, "finished");
  });

  it("can be made to refuse tasks", () => {
    const manager = new FakeTaskManager();
    const error = new InvalidStateError("Too late", { state: "stopping" });
    manager.methods.addTask.throws(error);
    assertStrictEquals(
      assertThrows(() => manager.addTask("database", new FakeTask())),
      error,
    );
    assertEquals(manager.methods.addTask.callCount, 1);
  });

  it("can be made to reject, never in the same turn", async () => {
    const manager = new FakeTaskManager();
    const { methods } = manager;
    const calls: Record<string, () => Promise<unknown>> = {
      run: () => manager.run(),
      runSettled: () => manager.runSettled(),
      stop: () => manager.stop(),
      execute: () => manager.execute(contextOf("it")),
      dispose: () => manager[Symbol.asyncDispose](),
    };
    for (const [name, call] of Object.entries(calls)) {
      methods[name as keyof typeof methods].throws(new Error(`no ${name}`));
      const promise = call();
      await assertRejects(() => promise, Error, `no ${name}`);
    }
  });

  it("can be made to give errors, at once or when the test says so", async () => {
    const manager = new FakeTaskManager();
    const error = new TaskError({
      taskName: "database",
      stage: "execute",
      taskType: "strict",
      code: "UNEXPECTED_STOP",
    });
    manager.methods.runSettled.returns([error]);
    assertStrictEquals((await manager.runSettled())[0], error);
    const gate = manager.methods.runSettled.hold();
    const run = manager.runSettled();
    await gate.reached;
    gate.open([error]);
    assertStrictEquals((await run)[0], error);
  });

  it("stops only when a held run is let go", async () => {
    const manager = new FakeTaskManager();
    const gate = manager.methods.run.hold();
    const run = manager.run();
    await gate.reached;
    const stopped = manager.stop();
    assertEquals(manager.state, "stopping");
    assertEquals(await isPending(stopped), true);
    gate.open();
    await stopped;
    await run;
    assertEquals(manager.state, "finished");
  });

  it("takes every call in a state that a test sets", async () => {
    const manager = new FakeTaskManager();
    const states: ManagerState[] = [
      "idle",
      "initializing",
      "executing",
      "stopping",
      "cleaning-up",
      "finished",
    ];
    for (const state of states) {
      manager.state = state;
      assertEquals(manager.state, state);
      manager.addTask("database", new FakeTask());
      manager.addExecuteTask("job", new FakeExecuteTask());
    }
    assertEquals(manager.methods.addTask.callCount, states.length);
    manager.state = "cleaning-up";
    const run = manager.run();
    assertEquals(manager.state, "cleaning-up");
    await manager.stop();
    await run;
  });

  it("forgets its calls when it is cleared, and keeps state and stubs", async () => {
    const manager = new FakeTaskManager();
    manager.methods.addExecuteTask.throws(new Error("full"));
    manager.addTask("database", new FakeTask());
    await manager.stop();
    manager.clear();
    for (const method of Object.values(manager.methods)) {
      assertEquals(method.callCount, 0);
    }
    assertEquals(manager.state, "finished");
    assertThrows(() => manager.addExecuteTask("job", () => {}), Error, "full");
  });

  it("throws TypeError for bad arguments, as a TaskManager does", async () => {
    const fake = new FakeTaskManager();
    const real = new TaskManager();
    const bad: Anything = 1;
    const calls: ((manager: AsyncTaskManager) => void)[] = [
      (manager) => manager.addTask("", new FakeTask()),
      (manager) => manager.addTask("it", bad),
      (manager) => manager.addTask("it", new FakeTask(), { type: bad }),
      (manager) => manager.addTask("it", new FakeTaskManager()),
      (manager) => manager.addExecuteTask(bad, () => {}),
      (manager) => manager.addExecuteTask("it", bad),
      (manager) => manager.addExecuteTask("it", () => {}, bad),
    ];
    for (const call of calls) {
      const { message } = assertThrows(() => call(real), TypeError);
      assertThrows(() => call(fake), TypeError, message);
    }
    for (const options of [AbortSignal.abort(), { signal: bad }, bad]) {
      for (const method of ["run", "runSettled"] as const) {
        const { message } = await assertRejects(
          () => new TaskManager()[method](options),
          TypeError,
        );
        await assertRejects(() => fake[method](options), TypeError, message);
      }
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

function stop(manager: TaskManager): ExecuteTask {
  return {
    execute: ({ done }) => {
      manager.stop();
      return done;
    },
  };
}
