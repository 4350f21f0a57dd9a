import { TaskContext } from "@goasync/core";
import { exposeTask, inWorker } from "@goasync/core/tasks/worker";
import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { countedSignal } from "../helpers/counted_signal.ts";
import { FakeThreads } from "../helpers/fake_threads.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { URL_OF_WORKER } from "../helpers/worker_tasks.ts";

/** Three signals that a context can have, which know their listeners. */
function counted() {
  const signal = countedSignal();
  const draining = countedSignal();
  const abandoned = countedSignal();
  const context = new TaskContext({
    name: "it",
    signal: signal.signal,
    draining: draining.signal,
    abandoned: abandoned.signal,
  });
  const all = [signal, draining, abandoned];
  const listeners = () => all.map((each) => each.listeners());
  return { context, signal, draining, abandoned, listeners };
}

describe("inWorker() and a signal", () => {
  it("that is not aborted", async () => {
    using _threads = new FakeThreads(() => exposeTask(() => {}));
    const { context, listeners } = counted();
    const task = inWorker(URL_OF_WORKER);
    await task.initialize(context);
    assertEquals(listeners(), [1, 1, 1]);
    await task.execute(context);
    await task.cleanup(context);
    assertEquals(listeners(), [0, 0, 0]);
  });

  it("that aborts after it settled", async () => {
    using threads = new FakeThreads(() => exposeTask(() => {}));
    const { context, signal, draining, abandoned, listeners } = counted();
    const task = inWorker(URL_OF_WORKER);
    await task.execute(context);
    assertEquals(listeners(), [0, 0, 0]);
    const { length } = threads.worker.sent;
    for (const each of [draining, signal, abandoned]) each.abort();
    assertEquals(threads.worker.sent.length, length);
  });

  it("that aborts while it runs", async () => {
    using _threads = new FakeThreads(() => exposeTask(({ done }) => done));
    const { context, signal, listeners } = counted();
    const task = inWorker(URL_OF_WORKER);
    const execution = task.execute(context);
    await microtasks();
    signal.abort();
    await execution;
    assertEquals(listeners(), [0, 0, 0]);
  });

  it("that is aborted already", async () => {
    using threads = new FakeThreads(() => exposeTask(() => {}));
    const { context, signal, listeners } = counted();
    signal.abort("enough");
    const task = inWorker(URL_OF_WORKER);
    const thrown = await assertRejects(() => task.execute(context));
    assertEquals(thrown, "enough");
    assertEquals(threads.worker.isTerminated, true);
    assertEquals(listeners(), [0, 0, 0]);
  });

  it("that aborts with a reason of one's own", async () => {
    using _threads = new FakeThreads(() =>
      exposeTask(async ({ done, signal }) => {
        await done;
        throw signal.reason;
      })
    );
    const { context, signal } = counted();
    const task = inWorker(URL_OF_WORKER);
    const execution = task.execute(context);
    await microtasks();
    const reason = new Error("enough");
    signal.abort(reason);
    assertStrictEquals(await assertRejects(() => execution), reason);
  });

  it("that says that it is left behind", async () => {
    using threads = new FakeThreads(() =>
      exposeTask(() => new Promise(() => {}))
    );
    const { context, abandoned, listeners } = counted();
    const task = inWorker(URL_OF_WORKER);
    const execution = task.execute(context);
    await microtasks();
    abandoned.abort("too late");
    assertEquals(threads.worker.isTerminated, true);
    assertEquals(await assertRejects(() => execution), "too late");
    assertEquals(listeners(), [0, 0, 0]);
  });
});
