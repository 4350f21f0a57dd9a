import { TaskManager } from "@goasync/core";
import { exposeTask, inWorker } from "@goasync/core/tasks/worker";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { FakeThreads } from "../helpers/fake_threads.ts";
import { heard } from "../helpers/heard.ts";
import { pass } from "../helpers/pass.ts";
import { started } from "../helpers/timeouts.ts";
import { URL_OF_WORKER } from "../helpers/worker_tasks.ts";

describe("inWorker() of a task that does not stop", () => {
  /** Runs one that hangs in a stage, beside one that is cleaned up. */
  async function hanging(stage: string, time: FakeTime) {
    const log: string[] = [];
    const task = { initialize() {}, [stage]: () => new Promise(() => {}) };
    const threads = new FakeThreads(() => exposeTask(task));
    const manager = new TaskManager({
      initializeTimeout: 100,
      drainTimeout: 100,
      stopTimeout: 200,
      cleanupTimeout: 300,
    });
    manager.addTask("database", { cleanup: () => log.push("closed") });
    manager.addTask("it", inWorker(URL_OF_WORKER));
    const { errors } = await started(manager, time);
    return { log, threads, manager, errors };
  }

  for (
    const [stage, ms, limit] of [
      ["execute", 200, "execute: stopTimeout of 200 ms is over"],
      ["drain", 300, "drain: stopTimeout of 200 ms is over"],
      ["cleanup", 300, "cleanup: cleanupTimeout of 300 ms is over"],
    ] as const
  ) {
    it(`terminates the worker when it is left behind in ${stage}`, async () => {
      using time = new FakeTime();
      const { log, threads, manager, errors } = await hanging(stage, time);
      using _threads = threads;
      void manager.stop();
      await pass(time, ms - 1);
      assertEquals(threads.worker.isTerminated, false);
      await pass(time, 1);
      assertEquals(threads.worker.isTerminated, true);
      const [error, ...others] = await errors;
      assertEquals(others, []);
      assertEquals(error?.message, `Task "it" timed out in ${limit}`);
      assertEquals(log, ["closed"]);
      assertEquals(
        manager.report().tasks.map(({ name, state }) => `${name} ${state}`),
        ["database clean", `it ${stage === "cleanup" ? "clean" : "timed-out"}`],
      );
    });
  }

  it("terminates it when it is left behind in initialize", async () => {
    using time = new FakeTime();
    const { log, threads, errors } = await hanging("initialize", time);
    using _threads = threads;
    await pass(time, 100);
    assertEquals(threads.worker.isTerminated, true);
    const [error] = await errors;
    assertEquals(
      error?.message,
      'Task "it" timed out in initialize: initializeTimeout of 100 ms is over',
    );
    assertEquals(log, ["closed"]);
  });

  it("notes that its module has exposed nothing yet", async () => {
    using time = new FakeTime();
    using threads = new FakeThreads();
    const manager = new TaskManager({ initializeTimeout: 50 });
    manager.addTask("it", inWorker(URL_OF_WORKER));
    const events = heard(manager);
    const { errors } = await started(manager, time);
    await pass(time, 50);
    assertEquals(threads.worker.isTerminated, true);
    assertEquals((await errors).length, 1);
    assertEquals(events.filter((event) => event.startsWith("/it notes")), [
      `/it notes the worker ${URL_OF_WORKER} has not called exposeTask`,
      "/it notes terminated its worker",
    ]);
  });
});
