import { type TaskContext, TaskManager } from "@goasync/core";
import {
  assert,
  assertEquals,
  assertNotStrictEquals,
  assertStrictEquals,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { gate } from "../helpers/gate.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";
import { summary } from "../helpers/summary.ts";

describe("rule 12: signals in time", () => {
  it("gives initialize and execute of a task one context", async () => {
    const contexts: TaskContext[] = [];
    const manager = new TaskManager();
    manager.addTask("it", {
      initialize: (context) => void contexts.push(context),
      execute: (context) => {
        contexts.push(context);
        return context.done;
      },
    });
    await running(manager);
    await manager.stop();
    assertEquals(contexts.length, 2);
    assertStrictEquals(contexts[0], contexts[1]);
    assertEquals(contexts[0]!.name, "it");
  });

  it("gives every task a context of its own", async () => {
    const signals = new Set<AbortSignal>();
    const manager = new TaskManager();
    for (const name of ["1", "2"]) {
      manager.addTask(name, {
        initialize: ({ signal }) => void signals.add(signal),
        execute: untilStopped,
      });
      manager.addExecuteTask(name, ({ signal, done }) => {
        signals.add(signal);
        return done;
      });
    }
    await running(manager);
    await manager.stop();
    assertEquals(signals.size, 4);
  });

  it("keeps the signal live after execute returned, until the stop", async () => {
    let signal: AbortSignal | undefined;
    const manager = new TaskManager();
    manager.addTask("it", {
      initialize: (context) => void (signal = context.signal),
      execute: () => {},
    }, { type: "error" });
    await running(manager);
    assertEquals(signal?.aborted, false);
    manager.stop("enough");
    assertEquals(signal?.aborted, true);
    assertEquals(signal?.reason, "enough");
  });

  it("gives cleanup a fresh context, whose signal is not aborted", async () => {
    const contexts: TaskContext[] = [];
    const manager = new TaskManager();
    manager.addTask("it", {
      initialize: (context) => void contexts.push(context),
      execute: untilStopped,
      cleanup: (context) => void contexts.push(context),
    });
    await running(manager);
    await manager.stop();
    const [before, after] = contexts;
    assert(before && after);
    assertNotStrictEquals(before, after);
    assertEquals(after.name, "it");
    assertEquals(before.signal.aborted, true);
    assertEquals(after.signal.aborted, false);
  });

  it("gives cleanup such a context after a failed initialize, too", async () => {
    const aborted: boolean[] = [];
    const manager = new TaskManager();
    manager.addTask("it", {
      initialize: () => Promise.reject(new Error("no")),
      execute: () => {},
      cleanup: ({ signal }) => void aborted.push(signal.aborted),
    });
    assertEquals(summary(await manager.runSettled()), ["it initialize FAILED"]);
    assertEquals(aborted, [false]);
  });

  const ends = [
    { how: "returns", end: () => {}, errors: [] },
    {
      how: "fails",
      end: () => {
        throw new Error("no");
      },
      errors: ["it execute FAILED"],
    },
  ];
  for (const { how, end, errors: expected } of ends) {
    it(`aborts the signal of an execute task with an AbortError when it ${how}`, async () => {
      const ending = gate();
      const reasons: unknown[] = [];
      let done = false;
      const manager = new TaskManager();
      manager.addExecuteTask("it", async (context) => {
        const { signal } = context;
        signal.addEventListener("abort", () => reasons.push(signal.reason));
        context.done.then(() => done = true);
        await ending.reached;
        end();
      }, { type: "error" });
      const { errors } = await running(manager);
      assertEquals(reasons, []);
      ending.open();
      await microtasks();
      assertEquals(reasons.map((reason) => (reason as Error).name), [
        "AbortError",
      ]);
      assertEquals(done, true);
      await manager.stop();
      assertEquals(summary(await errors), expected);
      assertEquals(reasons.length, 1);
    });
  }

  it("shows a signal that is first read after the end as aborted", async () => {
    const contexts: TaskContext[] = [];
    const manager = new TaskManager();
    manager.addExecuteTask("it", (context) => void contexts.push(context), {
      type: "error",
    });
    await running(manager);
    const { signal, done } = contexts[0]!;
    assertEquals(signal.aborted, true);
    assertEquals((signal.reason as Error).name, "AbortError");
    await done;
    await manager.stop();
    assertEquals((signal.reason as Error).name, "AbortError");
  });

  it("keeps the reason of the stop for an execute task that ends after it", async () => {
    const contexts: TaskContext[] = [];
    const manager = new TaskManager();
    manager.addExecuteTask("it", (context) => {
      contexts.push(context);
      return context.done;
    });
    await running(manager);
    await manager.stop("enough");
    assertEquals(contexts[0]?.signal.reason, "enough");
  });

  it("makes a controller only for a task that reads its signal", async () => {
    const { AbortController } = globalThis;
    let made = 0;
    globalThis.AbortController = class extends AbortController {
      constructor() {
        super();
        made++;
      }
    };
    try {
      const manager = new TaskManager();
      manager.addTask("waits", {
        initialize: () => {},
        execute: ({ done }) => done,
        cleanup: () => {},
      });
      manager.addExecuteTask("waits, too", ({ done }) => done);
      manager.addExecuteTask("asks nothing", () => {}, { type: "error" });
      manager.addExecuteTask("reads it twice", (context) => {
        assertStrictEquals(context.signal, context.signal);
        return context.done;
      });
      const { errors } = await running(manager);
      assertEquals(made, 1);
      await manager.stop();
      assertEquals(await errors, []);
      assertEquals(made, 1);
    } finally {
      globalThis.AbortController = AbortController;
    }
  });
});
