import { TaskManager } from "@goasync/core";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Gate, gate } from "../helpers/gate.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";
import { summary } from "../helpers/summary.ts";

/** A manager with a stop-group of tasks that wait for gates, and one other. */
function withStopGroup(gates: readonly Gate[]): {
  manager: TaskManager;
  reasons: unknown[];
} {
  const manager = new TaskManager();
  const reasons: unknown[] = [];
  gates.forEach(({ reached }, index) =>
    manager.addTask(`member ${index}`, { execute: () => reached }, {
      type: "stop-group",
    })
  );
  manager.addTask("other", {
    execute: async ({ signal, done }) => {
      await done;
      reasons.push(signal.reason);
    },
  });
  return { manager, reasons };
}

describe("rule 7: stop-group", () => {
  it("stops everything when every task of it has returned", async () => {
    const gates = [gate(), gate(), gate()];
    const { manager, reasons } = withStopGroup(gates);
    const { errors } = await running(manager);
    for (const { open } of gates) {
      assertEquals(manager.state, "executing");
      open();
      await microtasks();
    }
    assertEquals(await errors, []);
    assertEquals(reasons.map((reason) => (reason as Error).name), [
      "AbortError",
    ]);
  });

  it("stops at once a manager whose whole group returns at once", async () => {
    const manager = new TaskManager();
    manager.addTask("member", { execute: () => {} }, { type: "stop-group" });
    manager.addTask("other", { execute: untilStopped });
    assertEquals(await manager.runSettled(), []);
  });

  it("stops everything at once when one of it fails", async () => {
    const { manager, reasons } = withStopGroup([]);
    const failing = gate();
    manager.addTask("lasting", { execute: untilStopped }, {
      type: "stop-group",
    });
    manager.addTask("failing", {
      execute: () =>
        failing.reached.then(() => {
          throw new Error("broken");
        }),
    }, { type: "stop-group" });
    const { errors } = await running(manager);
    failing.open();
    const list = await errors;
    assertEquals(summary(list), ["failing execute FAILED"]);
    assertEquals(list[0]?.taskType, "stop-group");
    assertStrictEquals(reasons[0], list[0]);
  });

  it("stops everything when the last of it is cancelled before it was called", async () => {
    const initializing = gate();
    const manager = new TaskManager();
    manager.addTask("slow", {
      initialize: () => initializing.reached,
      execute: untilStopped,
    });
    const member = manager.addTask("member", { execute: untilStopped }, {
      type: "stop-group",
    });
    const { errors } = await running(manager);
    assertEquals(manager.state, "initializing");
    member.cancel();
    assertEquals(manager.state, "stopping");
    initializing.open();
    assertEquals(await errors, []);
  });

  it("stops nothing when there is no such task", async () => {
    const { manager } = withStopGroup([]);
    manager.addTask("may end", { execute: () => {} }, { type: "error" });
    const { errors } = await running(manager);
    assertEquals(manager.state, "executing");
    await manager.stop();
    assertEquals(await errors, []);
  });

  it("lets the group return after a stop, whose reason stays", async () => {
    const gates = [gate(), gate()];
    const { manager, reasons } = withStopGroup(gates);
    const { errors } = await running(manager);
    manager.stop("enough");
    for (const { open } of gates) open();
    assertEquals(await errors, []);
    assertEquals(reasons, ["enough"]);
  });
});
