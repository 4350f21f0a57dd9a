import { TaskContext, TaskManager } from "@goasync/core";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { countedSignal } from "../../helpers/counted_signal.ts";
import { running } from "../../helpers/running.ts";

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

  it("a stop of those above from a draining listener drained a manager within that was still being told", async () => {
    const log: string[] = [];
    const inner = new TaskManager();
    const manager = new TaskManager();
    for (const name of ["first", "second"]) {
      inner.addTask(name, {
        execute({ draining, done }) {
          draining.addEventListener("abort", () => {
            log.push(`${name} is told`);
            void manager.stop();
          });
          return done;
        },
        drain: () => log.push(`${name} drains`),
      });
    }
    manager.addExecuteTask("inner", inner);
    const { errors } = await running(manager);
    inner.stop();
    assertEquals(await errors, []);
    assertEquals(log, [
      "first is told",
      "second is told",
      "first drains",
      "second drains",
    ]);
  });

  it("a manager that was run with one signal for both was told with the task all the same", async () => {
    const inner = new TaskManager();
    inner.addTask("it", { cleanup: () => {} });
    const { signal, abort } = countedSignal();
    const manager = new TaskManager();
    manager.addExecuteTask(
      "inner",
      (context) => inner.run(context.with({ signal, draining: signal })),
    );
    const { errors } = await running(manager);
    manager.stop();
    assertEquals(inner.state, "executing");
    abort();
    assertEquals(await errors, []);
  });

  it("a manager that was finished by being drained left listeners", () => {
    const { signal, listeners } = countedSignal();
    const manager = new TaskManager();
    manager.drain(new TaskContext({ name: "it", signal }));
    assertEquals([manager.state, listeners()], ["finished", 0]);
  });

  it("a fork that was not told yet heard another reason when a manager above aborted", async () => {
    const inner = new TaskManager();
    const outer = new TaskManager();
    const reasons: unknown[] = [];
    inner.addTask("stops those above", {
      execute({ draining, done }) {
        draining.addEventListener("abort", () => {
          void outer.stop("late", { drain: false });
        });
        return done;
      },
    });
    inner.addTask("forks", {
      async execute(context) {
        const fork = context.fork();
        await fork.done;
        for (const { draining, signal } of [context, fork]) {
          reasons.push(draining.reason, signal.reason);
        }
      },
    });
    outer.addTask("inner", inner.asTask());
    const { errors } = await running(outer);
    void inner.stop("first");
    await errors;
    assertEquals(reasons, ["first", "first", "first", "first"]);
  });
});
