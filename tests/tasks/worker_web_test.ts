import { type Task, TaskManager } from "@goasync/core";
import { exposeTask, inWorker } from "@goasync/core/tasks/worker";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeWebWorkers, replace } from "../helpers/fake_web_workers.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { running } from "../helpers/running.ts";
import { URL_OF_WORKER as URL } from "../helpers/worker_tasks.ts";

const IDLE: Task = { initialize() {} };

/** A manager with a task in a worker, as browsers have them. */
async function inBrowser(
  load: () => void = () => exposeTask(IDLE),
  prepare: (workers: FakeWebWorkers) => void = () => {},
) {
  const workers = new FakeWebWorkers(load);
  prepare(workers);
  const manager = new TaskManager();
  manager.addTask("it", inWorker(URL, { name: "hasher" }));
  const { errors } = await running(manager);
  return {
    workers,
    manager,
    messages: async () => (await errors).map(({ message }) => message),
    [Symbol.dispose]: () => workers[Symbol.dispose](),
  };
}

describe("inWorker() in a browser", () => {
  it("starts a module worker, calls the stages there, and terminates it", async () => {
    const log: string[] = [];
    using it = await inBrowser(() =>
      exposeTask({
        initialize: ({ name }) => log.push(`${name} initializes`),
        execute: ({ done }) => done,
        cleanup: () => log.push("cleans up"),
      })
    );
    const { worker } = it.workers;
    assertEquals(worker.url, URL);
    assertEquals(worker.options, { type: "module", name: "hasher" });
    await it.manager.stop();
    assertEquals(await it.messages(), []);
    assertEquals(log, ["it initializes", "cleans up"]);
    assertEquals(worker.isTerminated, true);
  });

  it("fails when its module cannot be loaded", async () => {
    for (
      const [event, message] of [
        [{}, "it cannot be fetched or run"],
        [
          { message: "SyntaxError: Unexpected token" },
          "SyntaxError: Unexpected token",
        ],
        [{ message: "lost", filename: "a.js", lineno: 3 }, "lost at a.js:3"],
      ] as const
    ) {
      using it = await inBrowser(() => {});
      assertEquals(it.workers.worker.raise("error", event), true);
      assertEquals(await it.messages(), [
        `Task "it" failed in initialize: Cannot load the worker ${URL}: ${message}`,
      ]);
    }
  });

  it("fails with what nobody catches there", async () => {
    for (
      const [type, event] of [
        ["error", { error: new RangeError("in a timer") }],
        ["unhandledrejection", { reason: new RangeError("in a timer") }],
        ["error", { message: "in a timer" }],
      ] as const
    ) {
      using it = await inBrowser();
      assertEquals(it.workers.raise(type, event), true);
      assertEquals(await it.messages(), [
        `Task "it" failed in execute: Uncaught in the worker ${URL}: in a timer`,
      ]);
    }
  });

  it("goes on with what its module catches", async () => {
    using it = await inBrowser(
      undefined,
      (workers) => workers.prevent("error"),
    );
    it.workers.raise("error", { error: new Error("its own affair") });
    await it.manager.stop();
    assertEquals(await it.messages(), []);
  });

  it("fails when the worker closes itself", async () => {
    using it = await inBrowser();
    Object(globalThis).close();
    assertEquals(it.workers.closed, 1);
    assertEquals(await it.messages(), [
      `Task "it" failed in execute: The worker ${URL} has closed itself`,
    ]);
  });

  it("fails when a message cannot be read", async () => {
    using it = await inBrowser();
    it.workers.worker.raise("messageerror", {});
    assertEquals(await it.messages(), [
      `Task "it" failed in execute: Uncaught in the worker ${URL}: It was sent a messageerror`,
    ]);
  });

  it("leaves messages of others alone", async () => {
    using it = await inBrowser();
    it.workers.raise("message", { data: "hello" });
    it.workers.worker.raise("message", { data: null });
    await it.manager.stop();
    assertEquals(await it.messages(), []);
  });

  it("may be given a URL that is relative to the page", async () => {
    using workers = new FakeWebWorkers(() => exposeTask(IDLE));
    const { location } = globalThis as { location?: { href: string } };
    const page = location?.href ?? "https://example.com/app/page.html";
    const original = Object.getOwnPropertyDescriptor(globalThis, "location");
    if (!location) replace("location", { href: page }); // Pages have their own.
    try {
      const manager = new TaskManager();
      manager.addTask("it", inWorker("./worker.js"));
      const { errors } = await running(manager);
      assertEquals(workers.worker.url, page.replace(/[^/]*$/, "worker.js"));
      await manager.stop();
      assertEquals(await errors, []);
    } finally {
      if (!location && original) {
        Object.defineProperty(globalThis, "location", original);
      } else if (!location) Reflect.deleteProperty(globalThis, "location");
    }
  });

  it("fails where there are no workers", async () => {
    using _workers = new FakeWebWorkers();
    replace("Worker", undefined);
    const manager = new TaskManager();
    manager.addTask("it", inWorker(URL));
    const [error] = await manager.runSettled();
    assertEquals(
      error?.message,
      `Task "it" failed in initialize: Cannot start the worker ${URL} as this runtime has none: Deno 2, Node 20.16, Bun and browsers have`,
    );
  });
});

describe("exposeTask() in a browser", () => {
  const NO_WORKER = "Cannot expose a task as this is no worker";

  it("throws in a page", () => {
    using _workers = new FakeWebWorkers();
    replace("DedicatedWorkerGlobalScope", undefined);
    assertThrows(() => exposeTask(IDLE), Error, NO_WORKER);
  });

  it("throws in a worker of another kind", () => {
    using _workers = new FakeWebWorkers();
    replace("DedicatedWorkerGlobalScope", class {});
    assertThrows(() => exposeTask(IDLE), Error, NO_WORKER);
  });

  it("throws when the worker has a task", async () => {
    using it = await inBrowser();
    assertThrows(() => exposeTask(IDLE), Error, "as this worker has one");
    await it.manager.stop();
    await microtasks();
    assertEquals(await it.messages(), []);
  });
});
