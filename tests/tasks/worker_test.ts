import { type TaskContext, TaskManager } from "@goasync/core";
import { graceful } from "@goasync/core/tasks/graceful";
import { exposeTask, inWorker } from "@goasync/core/tasks/worker";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeThreads } from "../helpers/fake_threads.ts";
import { gate } from "../helpers/gate.ts";
import { heard } from "../helpers/heard.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { running } from "../helpers/running.ts";
import { runInWorker, URL_OF_WORKER } from "../helpers/worker_tasks.ts";

describe("inWorker()", () => {
  it("calls every stage of the task there, then terminates the worker", async () => {
    const log: string[] = [];
    const contexts: TaskContext[] = [];
    const stage = (name: string) => (context: TaskContext) => {
      contexts.push(context);
      log.push(`${context.name} ${name}, told: ${context.draining.aborted}`);
    };
    using run = await runInWorker({
      initialize: stage("initializes"),
      async execute(context) {
        stage("executes")(context);
        await context.done;
        log.push("is done");
      },
      drain: stage("drains"),
      cleanup: stage("cleans up"),
    });
    await run.manager.stop();
    assertEquals(await run.errors, []);
    assertEquals(log, [
      "it initializes, told: false",
      "it executes, told: false",
      "it drains, told: true",
      "is done",
      "it cleans up, told: false",
    ]);
    const [initialize, execute, drain, cleanup] = contexts;
    assertEquals(initialize === execute && execute === drain, true);
    assertEquals(cleanup === execute, false);
    assertEquals(run.threads.worker.isTerminated, true);
  });

  it("loads the module in a thread with the name of the task, or another", async () => {
    using run = await runInWorker({ initialize() {} });
    const { program, options } = run.threads.worker;
    const source = decodeURIComponent(program.href);
    assertStringIncludes(source, `import("${URL_OF_WORKER}")`);
    assertEquals(options, { name: "it" });
    await run.manager.stop();
    using named = await runInWorker({ initialize() {} }, { name: "hasher" });
    assertEquals(named.threads.worker.options.name, "hasher");
    await named.manager.stop();
  });

  it("makes the task of a copy of the data, with what is moved to it", async () => {
    const bytes = new Uint8Array([1, 2]).buffer;
    const data = { bytes, shared: { deep: 1 } };
    let received: typeof data | undefined;
    using run = await runInWorker({
      create(data: never) {
        received = data;
        return { initialize() {} };
      },
    }, { data, transfer: [bytes] });
    assertEquals([...new Uint8Array(received!.bytes)], [1, 2]);
    assertEquals(bytes.byteLength, 0);
    assertEquals(received!.shared, data.shared);
    assertEquals(received!.shared === data.shared, false);
    await run.manager.stop();
  });

  it("tells the task, then aborts it, with a copy of the reason", async () => {
    const held = gate();
    let context!: TaskContext;
    using run = await runInWorker({
      execute(its) {
        context = its;
        return its.done;
      },
      drain: () => held.reached,
    });
    const reason = Object.assign(new RangeError("enough"), { code: "ENOUGH" });
    void run.manager.stop(reason);
    await microtasks();
    const { draining, signal } = context;
    assertEquals([draining.aborted, signal.aborted], [true, false]);
    assertEquals(draining.reason instanceof RangeError, true);
    const { message, code } = draining.reason;
    assertEquals({ message, code }, { message: "enough", code: "ENOUGH" });
    held.open();
    await microtasks();
    assertEquals(signal.reason === draining.reason, true);
    assertEquals(await run.errors, []);
  });

  it("is clean when the task throws the reason of its signal", async () => {
    for (const drains of [true, false]) {
      using run = await runInWorker(async ({ done, signal }) => {
        await done;
        throw signal.reason;
      });
      void run.manager.stop(new Error("enough"), { drain: drains });
      assertEquals(await run.errors, []);
    }
  });

  it("is aborted by a wrapper that has not told it", async () => {
    const stop = new AbortController();
    using threads = new FakeThreads(() =>
      exposeTask(async ({ done, draining, signal, note }) => {
        await done;
        note(`told: ${draining.aborted}`);
        throw signal.reason;
      })
    );
    const it = inWorker(URL_OF_WORKER);
    const manager = new TaskManager();
    const notes = heard(manager);
    manager.addTask("it", {
      execute: (context) => it.execute(context.with({ signal: stop.signal })),
    });
    const { errors } = await running(manager);
    const reason = new Error("enough");
    stop.abort(reason);
    const [error] = await errors;
    assertEquals(error?.cause === reason, true);
    assertEquals(notes.includes("/it notes told: false"), true);
    assertEquals(threads.worker.isTerminated, true);
  });

  it("fails when it throws anything but that", async () => {
    using run = await runInWorker(async ({ done }) => {
      await done;
      throw new Error("enough");
    });
    void run.manager.stop(new Error("enough"));
    const [error] = await run.errors;
    assertEquals(error?.message, 'Task "it" failed in execute: enough');
  });

  it("waits until the signal aborts without an execute", async () => {
    using run = await runInWorker({ initialize() {} });
    assertEquals(run.manager.state, "executing");
    await run.manager.stop();
    assertEquals(await run.errors, []);
  });

  it("has nothing to wait for in drain where the task has none", async () => {
    using run = await runInWorker(({ done }) => done);
    void run.manager.stop();
    assertEquals(run.manager.state, "stopping");
    assertEquals(await run.errors, []);
    assertEquals(run.threads.worker.sent, [
      "start",
      "context",
      "call",
      "call",
      "tell",
      "abort",
      "context",
      "call",
    ]);
  });

  it("has notes arrive as those of the task", async () => {
    using run = await runInWorker({
      initialize({ note }) {
        note("connected", {
          attempt: 3,
          error: new Error("lost"),
          at: () => 1,
        });
        note("ready");
      },
    });
    await run.manager.stop();
    const [connected, ready] = run.notes;
    assertStringIncludes(connected!, 'it: connected {"attempt":3,"error":');
    assertEquals(ready, "it: ready");
  });

  it("has notes arrive of whose details some cannot be read", async () => {
    using run = await runInWorker({
      initialize({ note }) {
        note("connected", {
          attempt: 3,
          get socket(): never {
            throw new Error("it is closed");
          },
        });
      },
    });
    await run.manager.stop();
    assertEquals(await run.errors, []);
    assertEquals(run.notes, ['it: connected {"attempt":3}']);
  });

  it("runs a manager there, whose notes and errors have their path", async () => {
    const inner = new TaskManager();
    inner.addTask("pool", {
      initialize: ({ note }) => note("opens", { size: 2 }),
      cleanup: ({ note }) => note("closes"),
    });
    inner.addTask("consumer", {
      drain: ({ note }) => note("drains"),
      execute: ({ done }) => done.then(() => Promise.reject(new Error("lost"))),
    });
    using run = await runInWorker(inner.asTask());
    void run.manager.stop();
    const [error, ...others] = await run.errors;
    assertEquals(others, []);
    assertEquals(error?.path, ["it", "consumer"]);
    assertEquals(
      error?.message,
      'Task "it/consumer" failed in execute: lost',
    );
    assertEquals(run.notes, [
      'it: pool: opens {"size":2}',
      "it: consumer: drains",
      "it: pool: closes",
    ]);
  });

  it("takes a manager itself, and one that is created", async () => {
    const create = () => {
      const inner = new TaskManager();
      inner.addTask("pool", { initialize: ({ note }) => note("opens") });
      return inner;
    };
    for (const exposed of [create(), { create }]) {
      using run = await runInWorker(exposed);
      assertEquals(run.notes, ["it: pool: opens"]);
      await run.manager.stop();
      assertEquals(await run.errors, []);
    }
  });

  it("gives one a context that can be forked and changed there", async () => {
    const log: string[] = [];
    using run = await runInWorker(async (context) => {
      using fork = context.fork();
      fork.stop("alone");
      log.push(fork.signal.reason, `${context.signal.aborted}`);
      const other = context.with({ signal: AbortSignal.abort("other") });
      log.push(other.signal.reason, other.name);
      await context.done;
      log.push(`${context.isCleanStop(context.signal.reason)}`);
    });
    await run.manager.stop();
    assertEquals(await run.errors, []);
    assertEquals(log, ["alone", "false", "other", "it", "true"]);
  });

  it("lets a graceful task end by itself there", async () => {
    const log: string[] = [];
    const held = gate();
    using run = await runInWorker(graceful(async ({ signal }) => {
      await held.reached;
      log.push(`ended, aborted: ${signal.aborted}`);
    }));
    void run.manager.stop();
    await microtasks();
    assertEquals(run.manager.state, "draining");
    held.open();
    assertEquals(await run.errors, []);
    assertEquals(log, ["ended, aborted: false"]);
  });

  it("delivers what was printed before it answers", async () => {
    using run = await runInWorker({ initialize() {} });
    assertEquals(run.threads.written, ["stdout", "stderr"]);
    run.threads.isWritable = false;
    await run.manager.stop();
    assertEquals(run.threads.written, ["stdout", "stderr"]);
  });

  it("leaves messages of others alone", async () => {
    using run = await runInWorker({ initialize() {} });
    const { worker } = run.threads;
    worker.port.postMessage("hello");
    worker.port.postMessage(null);
    worker.port.emit("message", "hello");
    worker.say({ type: "returned", call: 99 });
    worker.say({ type: "note", context: 99, message: "late" });
    await microtasks();
    await run.manager.stop();
    assertEquals(await run.errors, []);
    assertEquals(run.notes, []);
  });
});
