import { TaskContext, TaskManager } from "@goasync/core";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { running } from "../helpers/running.ts";

describe("TaskContext.draining", () => {
  it("is one signal, that never aborts, if nothing else was given", () => {
    const context = new TaskContext({ name: "it" });
    assertStrictEquals(context.draining, context.draining);
    assertEquals(context.draining.aborted, false);
  });

  it("is the signal of a context that was given one", () => {
    const { signal } = new AbortController();
    const context = new TaskContext({ name: "it", signal });
    assertStrictEquals(context.draining, signal);
  });

  it("is what the context was given, whatever its signal", () => {
    const { signal } = new AbortController();
    const { signal: draining } = new AbortController();
    const context = new TaskContext({ name: "it", signal, draining });
    assertStrictEquals(context.draining, draining);
    assertStrictEquals(context.signal, signal);
    const alone = new TaskContext({ name: "it", draining });
    assertStrictEquals(alone.draining, draining);
    assertEquals(alone.signal.aborted, false);
  });

  it("is that of the context it was made with", () => {
    const context = new TaskContext({ name: "it" });
    const { draining } = context;
    const { signal } = new AbortController();
    const other = context.with({ signal });
    assertStrictEquals(other.draining, draining);
    assertStrictEquals(other.with({ signal }).draining, draining);
  });

  it("is one that with() was given, beside the signal as it was", () => {
    const context = new TaskContext({ name: "it" });
    const { signal: draining } = new AbortController();
    const other = context.with({ draining });
    assertStrictEquals(other.draining, draining);
    assertStrictEquals(other.signal, context.signal);
  });

  it("is aborted already when a task first reads it once told, its signal live", async () => {
    const seen: unknown[] = [];
    const manager = new TaskManager();
    manager.addTask("it", {
      async drain(context) {
        await null;
        seen.push(context.draining.reason, context.signal.aborted);
      },
    });
    const { errors } = await running(manager);
    manager.stop("enough");
    assertEquals(await errors, []);
    assertEquals(seen, ["enough", false]);
  });

  it("of a fork aborts alone when that is drained, its signal live", () => {
    const context = new TaskContext({ name: "it" });
    const fork = context.fork();
    fork.drain("enough");
    assertEquals(fork.draining.reason, "enough");
    assertEquals(context.draining.aborted, false);
    assertEquals(fork.signal.aborted, false);
  });
});
