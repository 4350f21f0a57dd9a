import {
  type ExecuteFunction,
  type Stage,
  type Task,
  TaskContext,
  TaskManager,
} from "@goasync/core";
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { stuck } from "../helpers/stuck.ts";
import { gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";
import { running } from "../helpers/running.ts";
import { untilStopped } from "../helpers/noting_task.ts";
import { summary } from "../helpers/summary.ts";
import { started } from "../helpers/timeouts.ts";

const STAGES: readonly Stage[] = ["initialize", "execute", "drain", "cleanup"];

/** Limits of which every stage that never ends overruns one after 100 ms. */
const LIMITS = {
  initializeTimeout: 100,
  drainTimeout: 0,
  stopTimeout: 100,
  cleanupTimeout: 100,
};

/** A task that logs when it is abandoned, and has one stage that never ends. */
function stuckIn(stage: Stage, log: string[]): Task {
  return {
    execute: untilStopped,
    [stage]: ({ name, abandoned }: TaskContext) => {
      abandoned.addEventListener("abort", () => log.push(`${name} abandoned`));
      return stuck();
    },
  };
}

describe("rule 18: TaskContext.abandoned", () => {
  for (const stage of STAGES) {
    it(`aborts at the moment at which a task is left behind in ${stage}, with its cause`, async () => {
      using time = new FakeTime();
      const log: string[] = [];
      let abandoned: AbortSignal | undefined;
      const manager = new TaskManager(LIMITS);
      const task = stuckIn(stage, log);
      const call = task[stage]!;
      task[stage] = (context) => {
        abandoned = context.abandoned;
        return call(context);
      };
      manager.addTask("it", task);
      const { errors } = await started(manager, time);
      manager.stop();
      await pass(time, 0); // The drainTimeout.
      time.tick(99);
      assertEquals(log, []);
      time.tick(1);
      assertEquals(log, ["it abandoned"]);
      const list = await errors;
      assertEquals(summary(list), [`it ${stage} TIMEOUT`]);
      assertStrictEquals(abandoned?.reason, list[0]?.cause);
    });

    it(`aborts when the shutdownTimeout is over during ${stage}`, async () => {
      using time = new FakeTime();
      const log: string[] = [];
      const manager = new TaskManager({ shutdownTimeout: 100 });
      manager.addTask("it", stuckIn(stage, log));
      const { errors } = await started(manager, time);
      manager.stop();
      await pass(time, 50); // Drains end.
      time.tick(49);
      assertEquals(log, []);
      time.tick(1);
      assertEquals(log, ["it abandoned"]);
      assertEquals((await errors)[0]?.stage, stage);
    });
  }

  it("comes after the signals", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const manager = new TaskManager(LIMITS);
    manager.addExecuteTask("it", ({ draining, signal, abandoned }) => {
      for (
        const [name, each] of Object.entries({ abandoned, signal, draining })
      ) {
        each.addEventListener("abort", () => log.push(name));
      }
      return stuck();
    });
    const { errors } = await started(manager, time);
    manager.stop();
    assertEquals(log, ["draining", "signal"]);
    await pass(time, 100);
    assertEquals(log, ["draining", "signal", "abandoned"]);
    assertEquals((await errors).length, 1);
  });

  it("is aborted when it is first read later", async () => {
    using time = new FakeTime();
    let context: TaskContext | undefined;
    const manager = new TaskManager(LIMITS);
    manager.addExecuteTask("it", (given) => {
      context = given;
      return stuck();
    });
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 100);
    const [error] = await errors;
    assertEquals(context?.abandoned.aborted, true);
    assertStrictEquals(context?.abandoned.reason, error?.cause);
    assertStrictEquals(context?.abandoned, context?.abandoned);
  });

  it("never aborts of tasks that end in time, are cancelled, or only overrun a drainTimeout", async () => {
    using time = new FakeTime();
    const ends = gate();
    const contexts: TaskContext[] = [];
    const keep: ExecuteFunction = (context) => {
      contexts.push(context);
      return ends.reached;
    };
    const manager = new TaskManager(LIMITS);
    manager.addTask("in time", { execute: keep, cleanup: keep });
    manager.addTask("cancelled", { execute: keep }).cancel();
    manager.addTask("drains", { execute: keep, drain: keep });
    const cancelled = manager.addExecuteTask("cancelled, too", keep);
    const { errors } = await started(manager, time);
    cancelled.cancel();
    manager.stop();
    await pass(time, 99);
    ends.open();
    assertEquals(await errors, []);
    await pass(time, 1_000);
    assertEquals(contexts.length, 5);
    for (const { abandoned } of contexts) {
      assertEquals(abandoned.aborted, false);
    }
  });

  it("is that of one task alone", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const manager = new TaskManager(LIMITS);
    manager.addTask("it", stuckIn("execute", log));
    manager.addTask("other", stuckIn("execute", log), { stopTimeout: 200 });
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 100);
    assertEquals(log, ["it abandoned"]);
    await pass(time, 100);
    assertEquals(log, ["it abandoned", "other abandoned"]);
    assertEquals((await errors).length, 2);
  });

  it("of a cleanup is a new one, when its execute was left behind before", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    let ofCleanup: AbortSignal | undefined;
    const manager = new TaskManager(LIMITS);
    manager.addTask("it", {
      ...stuckIn("execute", log),
      cleanup(context) {
        ofCleanup = context.abandoned;
        log.push(`cleanup, abandoned: ${ofCleanup.aborted}`);
        return stuck();
      },
    });
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 100);
    assertEquals(log, ["it abandoned", "cleanup, abandoned: false"]);
    await pass(time, 100);
    const list = await errors;
    assertEquals(summary(list), ["it execute TIMEOUT", "it cleanup TIMEOUT"]);
    assertStrictEquals(ofCleanup?.reason, list[1]?.cause);
  });

  it("is kept by the contexts that with() and fork() make", async () => {
    using time = new FakeTime();
    const kept: boolean[] = [];
    const manager = new TaskManager(LIMITS);
    manager.addExecuteTask("it", (context) => {
      using forked = context.fork();
      const { signal } = new AbortController();
      for (const other of [forked, context.with({ signal })]) {
        kept.push(other.abandoned === context.abandoned);
      }
      return stuck();
    });
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 100);
    assertEquals(kept, [true, true]);
    assertEquals((await errors).length, 1);
  });

  it("stops a manager that runs with it, and a fork of a context that has it", async () => {
    using time = new FakeTime();
    const inner = new TaskManager();
    const reasons: unknown[] = [];
    const manager = new TaskManager(LIMITS);
    manager.addExecuteTask("it", (context) => {
      const { abandoned } = context;
      const own = { signal: abandoned, draining: abandoned };
      const { signal } = context.with(own).fork();
      signal.addEventListener("abort", () => reasons.push(signal.reason));
      void inner.run({ signal: abandoned });
      return stuck();
    });
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 100);
    const [error] = await errors;
    assertEquals(inner.state, "finished");
    assertStrictEquals(reasons[0], error!.cause);
  });

  it("is that which a context was given by a wrapper or by hand", () => {
    const { signal } = new AbortController();
    const made = new TaskContext({ name: "it", abandoned: signal });
    assertStrictEquals(made.abandoned, signal);
    const context = new TaskContext({ name: "it" });
    const other = context.with({ abandoned: signal });
    assertEquals(context.abandoned === signal, false);
    using fork = other.fork();
    const withOther = other.with({ signal: new AbortController().signal });
    for (const each of [other, fork, withOther]) {
      assertStrictEquals(each.abandoned, signal);
    }
    assertStrictEquals(other.signal, context.signal);
    assertStrictEquals(other.draining, context.draining);
  });

  it("of a wrapper's own leaves the context what else it is", async () => {
    const notes: string[] = [];
    const manager = new TaskManager();
    const inner = new TaskManager();
    inner.addExecuteTask("leaf", ({ note, done }) => {
      note("of the leaf");
      return done;
    });
    manager.subscribe((event) => {
      if (event.type === "note") {
        notes.push(`${event.path.join("/")}: ${event.message}`);
      }
    });
    manager.addTask("it", {
      execute(context) {
        const { signal: abandoned } = new AbortController();
        const other = context.fork().with({ abandoned });
        assertEquals(other.name, "it");
        other.note("of the wrapper");
        return inner.run(other);
      },
    });
    const { errors } = await running(manager);
    await manager.stop("enough");
    assertEquals(await errors, []);
    assertEquals(notes, ["it: of the wrapper", "it/leaf: of the leaf"]);
  });

  it("of a context made by hand is given to a manager that runs with it", async () => {
    const { signal: abandoned } = new AbortController();
    const inner = new TaskManager();
    inner.addExecuteTask("leaf", ({ done }) => done);
    const context = new TaskContext({ name: "it" }).with({ abandoned });
    const { errors } = await running(inner, context);
    await inner.stop();
    assertEquals(await errors, []);
  });

  it("must be an AbortSignal", () => {
    const context = new TaskContext({ name: "it" });
    const bad = { abandoned: "now" as never };
    const message = "'abandoned' must be an AbortSignal";
    assertThrows(() => context.with(bad), TypeError, message);
    assertThrows(
      () => new TaskContext({ name: "it", ...bad }),
      TypeError,
      message,
    );
  });

  it("lets a listener stop what still goes on, which is ignored", async () => {
    using time = new FakeTime();
    const log: string[] = [];
    const manager = new TaskManager(LIMITS);
    const handle = manager.addTask("worker", {
      execute: ({ abandoned }) =>
        new Promise((_, reject) => {
          abandoned.addEventListener("abort", () => {
            log.push("terminated");
            reject(new Error("terminated"));
          });
        }),
      cleanup: () => log.push("cleaned up"),
    });
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 100);
    assertEquals(summary(await errors), ["worker execute TIMEOUT"]);
    assertEquals(handle.state, "timed-out");
    assertEquals(log, ["terminated", "cleaned up"]);
  });
});
