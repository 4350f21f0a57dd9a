import { InvalidStateError, TaskContext, TaskManager } from "@goasync/core";
import {
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { inEachState, STATES } from "../helpers/in_each_state.ts";
import { notingTask, untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";
import { summary } from "../helpers/summary.ts";

const NO_SIGNALS = [
  { signal: null, shown: "null" },
  { signal: "abort", shown: '"abort"' },
  { signal: {}, shown: "an instance of Object" },
  { signal: new EventTarget(), shown: "an instance of EventTarget" },
  { signal: new AbortController(), shown: "an instance of AbortController" },
];

/** What looks like a signal, until it is asked. */
const LOOKALIKES = [
  AbortSignal.prototype,
  Object.create(AbortSignal.prototype),
];

const NO_OPTIONS = [
  { options: null, shown: "null" },
  { options: 5, shown: "5 (number)" },
  { options: "signal", shown: '"signal"' },
];

describe("rule 2: running", () => {
  it("rejects what only looks like a signal, and begins nothing", async () => {
    for (const signal of LOOKALIKES) {
      const log: string[] = [];
      const manager = new TaskManager();
      manager.addTask("task", notingTask(log));
      await assertRejects(() => manager.run({ signal }), TypeError);
      assertEquals(manager.state, "idle");
      const { errors } = await running(manager);
      await manager.stop();
      assertEquals(await errors, []);
    }
  });

  it("resolves with nothing after a clean run", async () => {
    const manager = new TaskManager();
    manager.addTask("task", { execute: untilStopped });
    const run = manager.run();
    await manager.stop();
    assertEquals(await run, undefined);
  });

  it("rejects with every error in order, runSettled resolves with them", async () => {
    const failing = () => {
      const manager = new TaskManager();
      manager.addTask("one", {
        execute: () => Promise.reject(new Error("first")),
        cleanup: () => Promise.reject(new Error("second")),
      });
      return manager;
    };
    const settled = await failing().runSettled();
    const error = await assertRejects(() => failing().run(), AggregateError);
    for (const errors of [settled, error.errors]) {
      assertEquals(summary(errors), [
        "one execute FAILED",
        "one cleanup FAILED",
      ]);
      assertEquals(errors.map(({ cause }) => cause.message), [
        "first",
        "second",
      ]);
    }
    assertStringIncludes(error.message, "first");
    assertStringIncludes(error.message, "1 more");
  });

  for (const method of ["run", "runSettled"] as const) {
    it(`rejects with InvalidStateError when ${method} is called again`, async () => {
      const runs = await inEachState((manager) =>
        manager.state === "idle"
          ? undefined
          : manager[method]().then(() => undefined, (error: unknown) => error)
      );
      for (const state of STATES.slice(1)) {
        const error = await runs.get(state);
        assertInstanceOf(error, InvalidStateError);
        assertEquals(error.state, state);
        assertEquals(error.taskName, undefined);
        assertStringIncludes(
          error.message,
          'Cannot run a manager twice as the manager must be "idle"',
        );
        assertStringIncludes(error.message, `"${state}"`);
      }
    });
  }

  it("is not disturbed by a second run", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    manager.addTask("task", notingTask(log));
    const { errors } = await running(manager);
    await assertRejects(
      () => manager.run({ signal: AbortSignal.abort() }),
      InvalidStateError,
    );
    assertEquals(manager.state, "executing");
    await manager.stop();
    await assertRejects(() => manager.run(), InvalidStateError);
    assertEquals(await errors, []);
    assertEquals(manager.state, "finished");
    assertEquals(log, ["task initialize", "task execute", "task cleanup"]);
  });

  it("rejects with TypeError for a signal that is none", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    manager.addTask("task", notingTask(log));
    for (const { signal, shown } of NO_SIGNALS) {
      for (const method of ["run", "runSettled"] as const) {
        const { message } = await assertRejects(
          () => manager[method]({ signal: signal as never }),
          TypeError,
          "'signal' must be an AbortSignal",
        );
        assertStringIncludes(message, shown);
        assertEquals(manager.state, "idle");
      }
    }
    await running(manager);
    await manager.stop();
    assertEquals(log, ["task initialize", "task execute", "task cleanup"]);
  });

  it("rejects with TypeError for a bare AbortSignal, and shows the right call", async () => {
    const manager = new TaskManager();
    for (const method of ["run", "runSettled"] as const) {
      await assertRejects(
        () => manager[method](new AbortController().signal as never),
        TypeError,
        "run({ signal })",
      );
      assertEquals(manager.state, "idle");
    }
    const run = manager.run();
    await manager.stop();
    await run;
  });

  it("rejects with TypeError for options that are no object", async () => {
    const manager = new TaskManager();
    for (const { options, shown } of NO_OPTIONS) {
      const { message } = await assertRejects(
        () => manager.run(options as never),
        TypeError,
        "{ signal }",
      );
      assertStringIncludes(message, shown);
      assertEquals(manager.state, "idle");
    }
  });

  it("takes no options, and a signal that is undefined", async () => {
    for (const options of [undefined, {}, { signal: undefined }]) {
      const manager = new TaskManager();
      const { errors } = await running(manager, options);
      assertEquals(manager.state, "executing");
      await manager.stop();
      assertEquals(await errors, []);
    }
  });

  it("changes the state at once, and calls the first task later", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    manager.addTask("task", notingTask(log));
    const run = manager.run();
    assertEquals(manager.state, "initializing");
    assertEquals(log, []);
    await Promise.resolve();
    assertEquals(log, ["task initialize"]);
    manager.stop();
    await run;
  });

  it("lets stop have a run to wait for in the turn in which it begins", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    manager.addTask("task", notingTask(log));
    const run = manager.run().then(() => log.push("run is over"));
    const stop = manager.stop().then(() => log.push("stop is over"));
    assertEquals(manager.state, "stopping");
    await Promise.all([run, stop]);
    assertEquals(log.toSorted(), ["run is over", "stop is over"]);
    assertEquals(manager.state, "finished");
  });

  it("runs with the context of a task as its options", async () => {
    const manager = new TaskManager();
    const shutdown = new AbortController();
    const run = manager.execute(
      new TaskContext({ name: "inner", signal: shutdown.signal }),
    );
    assertEquals(manager.state, "initializing");
    shutdown.abort();
    assertEquals(manager.state, "stopping");
    assertEquals(await run, undefined);
  });

  it("rejects as execute what it rejects as run", async () => {
    const manager = new TaskManager();
    manager.addExecuteTask("failing", () => Promise.reject(new Error("no")));
    const context = new TaskContext({ name: "inner" });
    const error = await assertRejects(
      () => manager.execute(context),
      AggregateError,
    );
    assertEquals(summary(error.errors), ["failing execute FAILED"]);
    await assertRejects(() => manager.execute(context), InvalidStateError);
  });
});
