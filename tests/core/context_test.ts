import {
  TaskContext,
  type TaskContextOptions,
  TaskManager,
} from "@goasync/core";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertNotStrictEquals,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { countedSignal } from "../helpers/counted_signal.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { running } from "../helpers/running.ts";

const NO_SIGNALS = [
  { signal: null, shown: "null" },
  { signal: true, shown: "true (boolean)" },
  { signal: { aborted: false }, shown: "an instance of Object" },
  {
    signal: { aborted: false, addEventListener: () => {} },
    shown: "an instance of Object",
  },
  { signal: new AbortController(), shown: "an instance of AbortController" },
];

/** Whether a context's done has resolved by now. */
async function isDone({ done }: TaskContext): Promise<boolean> {
  let resolved = false;
  done.then(() => resolved = true);
  await microtasks();
  return resolved;
}

describe("TaskContext", () => {
  it("has the name and the signal it is made of", () => {
    const { signal } = new AbortController();
    const context = new TaskContext({ name: "it", signal });
    assertEquals(context.name, "it");
    assertStrictEquals(context.signal, signal);
  });

  it("makes a signal that never aborts when it is given none", () => {
    for (const init of [{ name: "it" }, { name: "it", signal: undefined }]) {
      const context = new TaskContext(init);
      assert(context.signal instanceof AbortSignal);
      assertEquals(context.signal.aborted, false);
      assertStrictEquals(context.signal, context.signal);
    }
  });

  it("throws TypeError for a name that is not a non-empty string", () => {
    for (const name of ["", undefined, null, 1, {}]) {
      assertThrows(
        () => new TaskContext({ name } as TaskContextOptions),
        TypeError,
        "Cannot create a TaskContext as its name must be a non-empty string",
      );
    }
  });

  it("throws TypeError for a signal that is none", () => {
    for (const { signal, shown } of NO_SIGNALS) {
      const { message } = assertThrows(
        () => new TaskContext({ name: "it", signal: signal as never }),
        TypeError,
        "Cannot create a TaskContext as 'signal' must be an AbortSignal",
      );
      assertStringIncludes(message, shown);
    }
  });

  it("can be destructured", async () => {
    const shutdown = new AbortController();
    const { name, signal, done } = new TaskContext({
      name: "it",
      signal: shutdown.signal,
    });
    shutdown.abort();
    await done;
    assertEquals([name, signal.aborted], ["it", true]);
  });

  it("cannot be spread, as TypeScript says", () => {
    const context = new TaskContext({ name: "it" });
    // @ts-expect-error a spread context is no context
    const spread: TaskContext = { ...context };
    assertEquals("signal" in spread, false);
  });
});

describe("TaskContext.done", () => {
  it("is pending while the signal is not aborted", async () => {
    const { signal } = new AbortController();
    assertEquals(await isDone(new TaskContext({ name: "it", signal })), false);
    assertEquals(await isDone(new TaskContext({ name: "it" })), false);
  });

  it("resolves with nothing when the signal aborts, whatever the reason", async () => {
    for (const reason of [undefined, null, new Error("enough")]) {
      const shutdown = new AbortController();
      const { done } = new TaskContext({
        name: "it",
        signal: shutdown.signal,
      });
      shutdown.abort(reason);
      assertEquals(await done, undefined);
    }
  });

  it("is resolved when the signal is already aborted", async () => {
    const { done } = new TaskContext({
      name: "it",
      signal: AbortSignal.abort(),
    });
    await done;
  });

  it("is one promise, which listens once", async () => {
    const { signal, listeners, abort } = countedSignal();
    const context = new TaskContext({ name: "it", signal });
    assertEquals(listeners(), 0);
    assertStrictEquals(context.done, context.done);
    assertEquals(listeners(), 1);
    abort();
    await context.done;
    assertStrictEquals(context.done, context.done);
  });

  it("resolves for a task whichever of signal and done it reads first", async () => {
    const order: string[] = [];
    const manager = new TaskManager();
    manager.addExecuteTask("signal first", async ({ signal, done }) => {
      assertEquals(signal.aborted, false);
      await done;
      order.push(`signal first ${signal.reason}`);
    });
    manager.addExecuteTask("done first", async (context) => {
      await context.done;
      order.push(`done first ${context.signal.reason}`);
    });
    const { errors } = await running(manager);
    await manager.stop("enough");
    assertEquals(await errors, []);
    assertEquals(order, ["signal first enough", "done first enough"]);
  });

  it("resolves for a task that first reads it once stopped", async () => {
    const contexts: TaskContext[] = [];
    const manager = new TaskManager();
    manager.addTask("it", {
      initialize: (context) => void contexts.push(context),
      execute: () => {},
    }, { type: "error" });
    await running(manager);
    await manager.stop("enough");
    const [context] = contexts;
    assert(context);
    await context.done;
    assertEquals(context.signal.reason, "enough");
  });
});

describe("TaskContext.with()", () => {
  it("keeps the name and takes the other signal", async () => {
    const outer = new AbortController();
    const inner = new AbortController();
    const context = new TaskContext({ name: "it", signal: outer.signal });
    const other = context.with({ signal: inner.signal });
    assertInstanceOf(other, TaskContext);
    assertNotStrictEquals(other, context);
    assertEquals(other.name, "it");
    assertStrictEquals(other.signal, inner.signal);
    inner.abort();
    await other.done;
    assertEquals(context.signal.aborted, false);
    assertEquals(await isDone(context), false);
  });

  it("hands on the signal alone, not that of the context it is called on", async () => {
    const outer = new AbortController();
    const context = new TaskContext({ name: "it", signal: outer.signal });
    const other = context.with({ signal: new AbortController().signal });
    outer.abort();
    assertEquals(other.signal.aborted, false);
    assertEquals(await isDone(other), false);
  });

  it("takes the signals that it is given then, whatever becomes of the object", () => {
    const own = new AbortController();
    const init = { signal: own.signal, draining: own.signal };
    const other = new TaskContext({ name: "it" }).with(init);
    init.signal = init.draining = AbortSignal.abort();
    assertStrictEquals(other.signal, own.signal);
    assertStrictEquals(other.draining, own.signal);
  });

  it("throws TypeError for a signal that is none", () => {
    const context = new TaskContext({ name: "it" });
    for (const { signal, shown } of NO_SIGNALS) {
      const { message } = assertThrows(
        () => context.with({ signal: signal as never }),
        TypeError,
        "'signal' must be an AbortSignal",
      );
      assertStringIncludes(message, shown);
    }
    assertThrows(() => context.with({} as never), TypeError, "undefined");
  });

  it("makes a context that another manager can run with", async () => {
    const stop = new AbortController();
    const inner = new TaskManager();
    inner.addTask("task", { execute: ({ done }) => done });
    const outer = new TaskManager();
    outer.addExecuteTask(
      "inner",
      (context) => inner.execute(context.with({ signal: stop.signal })),
      { type: "error" },
    );
    const { errors } = await running(outer);
    stop.abort();
    await microtasks();
    assertEquals(inner.state, "finished");
    assertEquals(outer.state, "executing");
    await outer.stop();
    assertEquals(await errors, []);
  });
});
