import { TaskManager } from "@goasync/core";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { running } from "../../rules/running.ts";

describe("what went wrong with managers in managers", () => {
  it("the stack grew with their number when each drained and was run with a signal", async () => {
    const managers = Array.from({ length: 5000 }, () => new TaskManager());
    managers.forEach((manager, index) => {
      const inner = managers[index + 1];
      manager.addTask("drains", { drain: () => {} });
      if (!inner) return;
      manager.addExecuteTask("inner", ({ signal }) => inner.run({ signal }));
    });
    const [outermost] = managers;
    const { errors } = await running(outermost!);
    outermost!.stop();
    assertEquals(await errors, []);
  });
});
