import {
  InvalidStateError,
  type Stage,
  TaskContext,
  TaskManager,
} from "@goasync/core";
import {
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { gate } from "../helpers/gate.ts";
import { inEachState } from "../helpers/in_each_state.ts";
import { notingTask, untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";
import { summary } from "../helpers/summary.ts";

/** Stages from which a manager can be stopped, and what is called then. */
const STOPS: { from: Stage; calls: string[] }[] = [
  { from: "initialize", calls: ["it initialize", "it cleanup"] },
  { from: "execute", calls: ["it initialize", "it execute", "it cleanup"] },
  { from: "cleanup", calls: ["it initialize", "it execute", "it cleanup"] },
];

describe("rule 15: reentrancy", () => {
  for (const { from, calls } of STOPS) {
    it(`can be stopped from ${from}, without await`, async () => {
      const log: string[] = [];
      const states: string[] = [];
      const manager = new TaskManager();
      manager.addTask(
        "it",
        notingTask(log, {
          execute: () => {},
          [from]: () => {
            manager.stop();
            states.push(manager.state);
          },
        }),
        { type: "stop-group" },
      );
      assertEquals(await manager.runSettled(), []);
      assertEquals(log, calls);
      assertEquals(states, [from === "cleanup" ? "cleaning-up" : "stopping"]);
    });
  }

  it("can be stopped from an abort listener, which changes nothing", async () => {
    const reasons: unknown[] = [];
    const manager = new TaskManager();
    for (const name of ["1", "2", "3"]) {
      manager.addTask(name, {
        execute({ signal, done }) {
          signal.addEventListener("abort", () => {
            manager.stop(`again by ${name}`);
            reasons.push(signal.reason);
          });
          return done;
        },
      });
    }
    const { errors } = await running(manager);
    manager.stop("once");
    assertEquals(reasons, ["once", "once", "once"]);
    assertEquals(await errors, []);
  });

  it("can be disposed from inside a task, without await", async () => {
    const manager = new TaskManager();
    manager.addTask("it", {
      execute: () => void manager[Symbol.asyncDispose](),
    });
    assertEquals(await manager.runSettled(), []);
  });

  it("can be stopped from an abort listener of the caller's own signal", async () => {
    const shutdown = new AbortController();
    const manager = new TaskManager();
    const reasons: unknown[] = [];
    manager.addTask("it", {
      async execute({ signal, done }) {
        await done;
        reasons.push(signal.reason);
      },
    });
    shutdown.signal.addEventListener("abort", () => manager.stop("listener"));
    const { errors } = await running(manager, { signal: shutdown.signal });
    shutdown.abort("caller");
    assertEquals(await errors, []);
    assertEquals(reasons, ["listener"]);
  });

  it("refuses to run from every stage and from abort listeners", async () => {
    const outcomes = await inEachState((manager) =>
      manager.state === "idle"
        ? undefined
        : manager.execute(new TaskContext({ name: "again" })).catch((
          error: unknown,
        ) => error)
    );
    outcomes.delete("idle");
    for (const [state, outcome] of outcomes) {
      const error = await outcome;
      assertInstanceOf(error, InvalidStateError);
      assertEquals(error.state, state);
    }
  });

  it("takes execute tasks from initialize and execute, and starts each once", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    const add = (from: string) =>
      void manager.addExecuteTask(`from ${from}`, notingTask(log));
    manager.addTask("it", {
      initialize: () => add("initialize"),
      execute(context) {
        add("execute");
        return context.done;
      },
    });
    const { errors } = await running(manager);
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, ["from execute execute", "from initialize execute"]);
  });

  it("takes an execute task from one that ends, and from one that was added so", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    const chain = (left: number) => {
      log.push(`${left} left`);
      if (left === 0) return void manager.stop();
      manager.addExecuteTask("next", () => chain(left - 1), { type: "error" });
    };
    manager.addExecuteTask("first", () => chain(3), { type: "error" });
    assertEquals(await manager.runSettled(), []);
    assertEquals(log, ["3 left", "2 left", "1 left", "0 left"]);
  });

  it("takes no execute task after a stop in the same call", async () => {
    const manager = new TaskManager();
    const log: string[] = [];
    manager.addTask("it", {
      execute() {
        manager.stop();
        assertThrows(
          () => manager.addExecuteTask("late", notingTask(log)),
          InvalidStateError,
        );
      },
    });
    assertEquals(await manager.runSettled(), []);
    assertEquals(log, []);
  });

  it("tells a task that is added by one that then stops", async () => {
    const reasons: unknown[] = [];
    const manager = new TaskManager();
    manager.addExecuteTask("adds and stops", () => {
      manager.addExecuteTask("added", async ({ signal, done }) => {
        await done;
        reasons.push(signal.reason);
      });
      manager.stop("enough");
    });
    assertEquals(await manager.runSettled(), []);
    assertEquals(reasons, ["enough"]);
  });

  it("is stopped by an execute task that stops it while it is added", async () => {
    const manager = new TaskManager();
    const { errors } = await running(manager);
    manager.addExecuteTask("stops", () => void manager.stop());
    assertEquals(manager.state, "stopping");
    assertEquals(await errors, []);
  });

  it("can run another manager in any stage", async () => {
    const log: string[] = [];
    const runAnother = async (stage: string) => {
      const other = new TaskManager();
      other.addTask(
        stage,
        notingTask(log, { execute: () => void other.stop() }),
      );
      await other.run();
    };
    const manager = new TaskManager();
    manager.addTask("it", {
      initialize: () => runAnother("in initialize"),
      execute: () => runAnother("in execute"),
      cleanup: () => runAnother("in cleanup"),
    }, { type: "stop-group" });
    assertEquals(await manager.runSettled(), []);
    assertEquals(
      log,
      ["initialize", "execute", "cleanup"].flatMap((stage) => [
        `in ${stage} initialize`,
        `in ${stage} execute`,
        `in ${stage} cleanup`,
      ]),
    );
  });

  it("stops another manager from an abort listener before stop returns", async () => {
    const log: string[] = [];
    const other = new TaskManager();
    other.addExecuteTask("other task", ({ signal, done }) => {
      signal.addEventListener("abort", () => log.push("other task told"));
      return done;
    });
    const manager = new TaskManager();
    manager.addExecuteTask("stops the other", ({ signal, done }) => {
      signal.addEventListener("abort", () => {
        other.stop();
        log.push("other stop returned");
      });
      return done;
    });
    manager.addExecuteTask("last", ({ signal, done }) => {
      signal.addEventListener("abort", () => log.push("last told"));
      return done;
    });
    const runs = [await running(manager), await running(other)];
    manager.stop();
    log.push("stop returned");
    assertEquals(log.length, 4);
    assertEquals(
      log.indexOf("other task told") < log.indexOf("other stop returned"),
      true,
    );
    assertEquals(log.at(-1), "stop returned");
    for (const { errors } of runs) assertEquals(await errors, []);
  });

  it("lets two managers stop each other", async () => {
    const managers = [new TaskManager(), new TaskManager()];
    managers.forEach((manager, index) =>
      manager.addExecuteTask("it", ({ signal, done }) => {
        signal.addEventListener("abort", () => managers[1 - index]!.stop());
        return done;
      })
    );
    const runs = [await running(managers[0]!), await running(managers[1]!)];
    managers[0]!.stop();
    assertEquals(managers.map(({ state }) => state), ["stopping", "stopping"]);
    for (const { errors } of runs) assertEquals(await errors, []);
  });

  it("lets a manager that runs itself as a task fail, and stop", async () => {
    const manager = new TaskManager();
    manager.addExecuteTask("itself", manager);
    assertEquals(summary(await manager.runSettled()), [
      "itself execute FAILED",
    ]);
  });

  it("can be stopped by the reason of its stop, when that is read", async () => {
    const manager = new TaskManager();
    const reason = {
      get message() {
        manager.stop("within");
        return "outside";
      },
    };
    manager.addTask("task", { execute: untilStopped });
    const { errors } = await running(manager);
    await manager.stop(reason);
    assertEquals(await errors, []);
    assertEquals(manager.report().stop?.reason, "within");
  });

  it("can be awaited by a task of another", async () => {
    const ready = gate();
    const inner = new TaskManager();
    inner.addTask("task", {
      initialize: () => ready.open(),
      execute: untilStopped,
    });
    const outer = new TaskManager();
    outer.addExecuteTask("runs it", ({ signal }) => inner.run({ signal }), {
      type: "error",
    });
    outer.addExecuteTask("stops it", async () => {
      await ready.reached;
      await inner.stop();
      outer.stop();
    }, { type: "error" });
    assertEquals(await outer.runSettled(), []);
    await assertRejects(() => inner.run(), InvalidStateError);
  });
});
