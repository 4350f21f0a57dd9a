import { TaskManager } from "@goasync/core";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { stuck } from "../../helpers/stuck.ts";
import { pass } from "../../helpers/pass.ts";

describe("what went wrong with deadlines", () => {
  it("a signal of a task that had returned stayed live when the budget was spent before the abort", async () => {
    using time = new FakeTime();
    const reasons: unknown[] = [];
    const inner = new TaskManager({ shutdownTimeout: 10 });
    inner.addTask("it", {
      initialize({ signal }) {
        signal.addEventListener("abort", () => reasons.push(signal.reason));
      },
      execute: () => {},
    }, { type: "error" });
    const manager = new TaskManager({ stopTimeout: 10, drainTimeout: 20 });
    manager.addExecuteTask("inner", inner);
    manager.addTask("holds it up", { drain: stuck });
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop("why");
    await pass(time, 10);
    assertEquals([inner.state, reasons], ["finished", ["why"]]);
    await pass(time, 20);
    await pass(time, 20);
    assertEquals((await errors).map(({ taskName }) => taskName), [
      "holds it up",
    ]);
  });
});
