import { TaskManager } from "@goasync/core";
import { type TraceContext, traceWith } from "@goasync/core/otel";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { FakeSpan, FakeTracer } from "../helpers/fake_tracer.ts";
import { gate } from "../helpers/gate.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { pass } from "../helpers/pass.ts";
import { runAndStop } from "../helpers/run_and_stop.ts";
import { running } from "../helpers/running.ts";
import { stuck } from "../helpers/stuck.ts";
import { started } from "../helpers/timeouts.ts";

/** Where a context has its span. */
const SPAN = Symbol.for("OpenTelemetry Context Key SPAN");
const OTHER = Symbol("other");

/** Calls it as from JavaScript. */
const traceWithAny = traceWith as (...args: unknown[]) => unknown;

describe("traceWith()", () => {
  for (
    const [what, args, message] of [
      [
        "no tracer",
        [null],
        "the tracer must have the methods startSpan and startActiveSpan: current value is null",
      ],
      [
        "a tracer that makes no span active",
        [{ startSpan() {} }],
        "the tracer must have the methods startSpan and startActiveSpan: current value is an instance of Object",
      ],
      [
        "options that are none",
        [new FakeTracer(), "name"],
        'the options must be an object: current value is "name"',
      ],
      [
        "a name that is none",
        [new FakeTracer(), { name: 1 }],
        "'name' must be a string: current value is 1 (number)",
      ],
      [
        "an active that is no function",
        [new FakeTracer(), { active: {} }],
        "'active' must be a function: current value is an instance of Object",
      ],
    ] as const
  ) {
    it(`rejects ${what}`, () => {
      assertThrows(
        () => traceWithAny(...args),
        TypeError,
        `Cannot trace a TaskManager as ${message}`,
      );
    });
  }

  it("has no span of a manager that was stopped before it was run", async () => {
    const tracer = new FakeTracer();
    const manager = new TaskManager({ around: traceWith(tracer) });
    manager.addTask("it", { initialize: () => {} }).cancel();
    await manager.stop();
    assertEquals(await manager.runSettled(), []);
    assertEquals(tracer.log, []);
  });

  it("has the span of a run that called nothing, and why", async () => {
    const tracer = new FakeTracer();
    const manager = new TaskManager({ around: traceWith(tracer) });
    manager.addTask("it", { initialize: () => {} });
    await manager.runSettled({ signal: AbortSignal.abort("enough") });
    assertEquals(tracer.log, [
      "run: told to stop goasync.stop.by=signal goasync.stop.reason=enough",
      "run ends",
    ]);
  });

  it("begins with the first stage where it is called by another around", async () => {
    const tracer = new FakeTracer();
    const traced = traceWith(tracer);
    const manager = new TaskManager({
      around: (call, stage) => traced(call, stage),
    });
    manager.addTask("it", { initialize: () => {} });
    await runAndStop(manager);
    assertEquals(tracer.log.slice(0, 2), [
      "initialize it: goasync.outcome=clean",
      "initialize it ends",
    ]);
    assertEquals(tracer.log.at(-1), "run ends");
  });

  it("has the outcome of each stage, and what it threw", async () => {
    const tracer = new FakeTracer();
    const manager = new TaskManager({ around: traceWith(tracer) });
    manager.addTask("strict", {
      execute: () => {},
      cleanup: () => {
        throw "No luck";
      },
    });
    const [unexpected] = await manager.runSettled();
    assertEquals(
      tracer.log,
      [
        "initialize strict: goasync.outcome=clean",
        "initialize strict ends",
        "execute strict: goasync.outcome=unexpected-stop",
        `execute strict: threw ${unexpected}`,
        "execute strict: error.type=UNEXPECTED_STOP",
        `execute strict: status 2 ${unexpected?.message}`,
        "execute strict ends",
        `run: told to stop goasync.stop.by=task goasync.stop.reason=${unexpected?.message} goasync.task.name=strict`,
        "cleanup strict: goasync.outcome=failed",
        "cleanup strict: threw No luck",
        "cleanup strict: error.type=_OTHER",
        'cleanup strict: status 2 Task "strict" failed in cleanup: No luck',
        "cleanup strict ends",
        "run: status 2 2 failed",
        "run ends",
      ],
    );
  });

  it("has the notes of a task in the stage that began last, and else in the run", async () => {
    const tracer = new FakeTracer();
    const manager = new TaskManager({ around: traceWith(tracer) });
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    let later = () => {};
    manager.addTask("it", {
      initialize: ({ note }) => {
        later = () => note("between");
        note("connected", {
          attempt: 3,
          as: "me",
          isNew: true,
          to: { port: 1 },
          cycle,
          none: undefined,
        });
      },
      execute: ({ note, done }) => (note("executes"), done),
      drain: async ({ note }) => {
        await null;
        note("drains");
      },
    });
    manager.addTask("next", { initialize: () => later() });
    assertEquals(await runAndStop(manager), []);
    const notes = tracer.log.filter((line) => line.includes("path=it"));
    assertEquals(notes, [
      'initialize it: connected attempt=3 as=me isNew=true to={"port":1} cycle=[unreadable] none=undefined goasync.task.path=it',
      "run: between goasync.task.path=it",
      "execute it: executes goasync.task.path=it",
      "drain it: drains goasync.task.path=it",
    ]);
  });

  it("tells tasks of one name apart", async () => {
    const tracer = new FakeTracer();
    const manager = new TaskManager({ around: traceWith(tracer) });
    const [first, second] = [gate(), gate()];
    const { errors } = await running(manager);
    const type = "error";
    const one = manager.addExecuteTask("job", () => first.reached, { type });
    const two = manager.addExecuteTask("job", async () => {
      await second.reached;
      throw new Error("No luck");
    });
    second.open();
    await two.finished;
    first.open();
    await one.finished;
    await errors;
    assertEquals(tracer.log.filter((line) => line.includes("outcome")), [
      "execute job #2: goasync.outcome=failed",
      "execute job: goasync.outcome=clean",
    ]);
  });

  it("does not look at all of one name at the end of each", async () => {
    let reads = 0;
    const around = traceWith(new FakeTracer());
    const manager = new TaskManager({
      around(call, stage) {
        const { abandoned } = stage.context;
        Object.defineProperty(stage.context, "abandoned", {
          get: () => (reads++, abandoned),
        });
        return around(call, stage);
      },
    });
    const { errors } = await running(manager);
    const gates = Array.from({ length: 100 }, gate);
    for (const { reached } of gates) {
      manager.addExecuteTask("job", () => reached, { type: "error" });
    }
    for (const { open } of gates.toReversed()) {
      open();
      await microtasks();
    }
    manager.stop();
    await errors;
    assertEquals(reads, 0);
  });

  it("ends nobody's span for who never began, though it has that name", async () => {
    const tracer = new FakeTracer();
    const manager = new TaskManager({ around: traceWith(tracer) });
    const { errors } = await running(manager);
    const { reached, open } = gate();
    const type = "error";
    const job = manager.addExecuteTask("job", () => reached, { type });
    const cancelsItself = manager.subscribe((event) => {
      if (event.type === "stage-start") manager.tasks.at(-1)?.cancel();
    });
    manager.addExecuteTask("job", () => {}, { type });
    cancelsItself();
    open();
    await job.finished;
    manager.stop();
    await errors;
    assertEquals(tracer.log.filter((line) => line.includes("outcome")), [
      "execute job: goasync.outcome=clean",
    ]);
  });

  it("ends the span of what threw something that cannot be read", async () => {
    const tracer = new FakeTracer();
    const manager = new TaskManager({ around: traceWith(tracer) });
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const unreadable = Object.defineProperty(new Error("No luck"), "code", {
      get() {
        throw new Error("unreadable");
      },
    });
    for (const thrown of [proxy, unreadable]) {
      manager.addTask("it", {
        initialize: ({ note }) => note("hello", proxy),
        cleanup: () => Promise.reject(thrown),
      });
    }
    await runAndStop(manager);
    const ofCleanup = tracer.log.filter((line) => /^cleanup/.test(line));
    assertEquals(ofCleanup.filter((line) => /ends|threw|type/.test(line)), [
      "cleanup it: threw No luck",
      "cleanup it: error.type=_OTHER",
      "cleanup it ends",
      "cleanup it #2: threw an object",
      "cleanup it #2: error.type=_OTHER",
      "cleanup it #2 ends",
    ]);
    assertEquals(tracer.log.filter((line) => line.includes("hello")), [
      "initialize it: hello goasync.task.path=it",
      "initialize it #2: hello goasync.task.path=it",
    ]);
  });

  it("has a drain cut short, and who was left behind, also of one name", async () => {
    using time = new FakeTime();
    const tracer = new FakeTracer();
    const around = traceWith(tracer);
    const manager = new TaskManager({ around, drainTimeout: 1 });
    manager.addExecuteTask("it", { execute: stuck, drain: stuck }, {
      stopTimeout: 9,
    });
    manager.addExecuteTask("it", stuck, { stopTimeout: 5 });
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 1);
    await pass(time, 5);
    await pass(time, 4);
    await errors;
    assertEquals(
      tracer.log.filter((line) => !/exec.*(status|threw|error)/.test(line)),
      [
        "run: told to stop goasync.stop.by=stop goasync.stop.reason=The manager was stopped",
        "drain it: drain cut short",
        "drain it: left behind goasync.stage=execute goasync.task.path=it",
        "execute it #2: goasync.outcome=timed-out",
        "execute it #2 ends",
        "drain it: left behind goasync.stage=execute goasync.task.path=it",
        "execute it: goasync.outcome=timed-out",
        "execute it ends",
        "drain it: goasync.outcome=timed-out",
        "drain it ends",
        "run: status 2 2 failed",
        "run ends",
      ],
    );
  });

  it("has the failure of a cleanup that was not begun", async () => {
    using time = new FakeTime();
    const tracer = new FakeTracer();
    const around = traceWith(tracer);
    const manager = new TaskManager({ around, shutdownTimeout: 10 });
    manager.addTask("it", { cleanup: () => {} });
    manager.addTask("slow", { cleanup: () => new Promise(() => {}) });
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 10);
    assertEquals((await errors).length, 2);
    assertEquals(tracer.log.slice(-2), ["run: status 2 2 failed", "run ends"]);
  });

  it("ends nobody's span when one that was left behind settles in the end", async () => {
    using time = new FakeTime();
    const tracer = new FakeTracer();
    const manager = new TaskManager({ around: traceWith(tracer) });
    const { errors } = await started(manager, time);
    const { reached, open } = gate();
    const type = "error";
    const deaf = manager.addExecuteTask("job", () => reached, {
      type,
      stopTimeout: 5,
    });
    manager.addExecuteTask("job", ({ done }) => done, { type });
    deaf.cancel();
    await pass(time, 5);
    open();
    await pass(time, 1);
    manager.stop();
    await errors;
    assertEquals(tracer.log.filter((line) => line.includes("outcome")), [
      "execute job: goasync.outcome=timed-out",
      "execute job #2: goasync.outcome=clean",
    ]);
  });

  it("knows nothing of a stage that another around has called", async () => {
    const tracer = new FakeTracer();
    const traced = traceWith(tracer);
    let isTraced = false;
    const manager = new TaskManager({
      around: (call, stage) => isTraced ? traced(call, stage) : call(),
    });
    const { errors } = await running(manager);
    const wait = () => manager.addExecuteTask("job", ({ done }) => done);
    const alone = wait();
    isTraced = true;
    const { finished } = manager.addExecuteTask("other", () => {}, {
      type: "error",
    });
    await finished;
    alone.cancel();
    await alone.finished;
    isTraced = false;
    const first = wait();
    isTraced = true;
    const second = wait();
    first.cancel();
    await first.finished;
    tracer.log.push("---");
    second.cancel();
    await second.finished;
    manager.stop();
    await errors;
    const ends = tracer.log.filter((line) => /ends|---/.test(line));
    assertEquals(ends, [
      "execute other ends",
      "---",
      "execute job ends",
      "run ends",
    ]);
  });

  it("has a cancel in the stage of its task, and knows nothing of who never began", async () => {
    const tracer = new FakeTracer();
    const manager = new TaskManager({ around: traceWith(tracer) });
    const { errors } = await running(manager);
    manager.addExecuteTask("it", ({ done }) => done).cancel("enough");
    const cancelsItself = manager.subscribe((event) => {
      if (event.type === "stage-start") manager.tasks.at(-1)?.cancel("never");
    });
    manager.addExecuteTask("never", () => {});
    cancelsItself();
    manager.stop();
    await errors;
    assertEquals(tracer.log.slice(0, 1), [
      "execute it: told to stop goasync.stop.by=cancel goasync.stop.reason=enough",
    ]);
    assertEquals(tracer.log.some((line) => /execute never/.test(line)), false);
    assertEquals(tracer.log.at(-1), "run ends");
  });

  it("hands on a context with nothing but the span of the run", async () => {
    const tracer = new FakeTracer();
    const manager = new TaskManager({ around: traceWith(tracer) });
    await runAndStop(manager);
    const [context] = tracer.contexts;
    assert(context?.getValue(SPAN) instanceof FakeSpan);
    const other = context.setValue(OTHER, 1);
    assertEquals([context.getValue(OTHER), other.getValue(OTHER)], [
      undefined,
      1,
    ]);
    assertEquals(other.deleteValue(OTHER).getValue(OTHER), undefined);
    assert(other.deleteValue(OTHER).getValue(SPAN) instanceof FakeSpan);
  });

  it("hands on what it is told that is active", async () => {
    const tracer = new FakeTracer();
    const set: symbol[] = [];
    const given: TraceContext = {
      getValue: () => undefined,
      setValue: (key) => (set.push(key), given),
      deleteValue: () => given,
    };
    const around = traceWith(tracer, { active: () => given });
    await runAndStop(new TaskManager({ around }));
    assertEquals(set, [SPAN]);
    assertEquals(tracer.contexts, [given]);
  });

  it("calls `then` of what a stage returned but once", async () => {
    let calls = 0;
    const query = {
      then(resolve: () => void) {
        calls++;
        resolve();
      },
    };
    const around = traceWith(new FakeTracer());
    const manager = new TaskManager({ around });
    manager.addTask("it", { initialize: () => query });
    await runAndStop(manager);
    assertEquals(calls, 1);
  });

  it("is one function for many managers, each with a run of its own", async () => {
    const tracer = new FakeTracer();
    const around = traceWith(tracer, { name: "shop" });
    const inner = new TaskManager({ around });
    inner.addTask("b", { initialize: ({ note }) => note("hello") });
    const manager = new TaskManager({ around });
    manager.addTask("a", inner.asTask());
    await runAndStop(manager);
    const runs = tracer.log.filter((line) => line.startsWith("shop"));
    const told =
      "told to stop goasync.stop.by=stop goasync.stop.reason=The manager was stopped";
    assertEquals(runs, [
      `shop: ${told}`,
      `shop a: ${told.replace("by=stop", "by=signal")}`,
      "shop a ends",
      "shop ends",
    ]);
    const notes = tracer.log.filter((line) => line.includes("hello"));
    assertEquals(notes, ["initialize b: hello goasync.task.path=a/b"]);
  });
});
