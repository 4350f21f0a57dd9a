// The interleavings of a stop that drains with what comes after it:
// - a second stop, an abort of the caller's signal, a failure, the end of the
//   stop-group, a dispose: they change nothing;
// - { drain: false } from the start, from a draining listener, from a drain that
//   is the first, the last or between two, while draining, in a signal listener,
//   while stopping, while cleaning up, when the run is over;
// - drains that never end, and drains that cancel.

import { type ManagerState, TaskManager } from "@goasync/core";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { gate } from "../helpers/gate.ts";
import { drains, listens, statesOf } from "../helpers/draining.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { running } from "../helpers/running.ts";
import { summary } from "../helpers/summary.ts";

/** A manager that drains: whether it can still begin a stop, what it logs. */
async function draining() {
  const log: string[] = [];
  const ending = gate();
  const member = gate();
  const failing = gate();
  const shutdown = new AbortController();
  const manager = new TaskManager();
  manager.addTask("plain", { execute: listens(log) });
  manager.addTask("drainer", drains(log, () => ending.reached));
  manager.addTask("member", { execute: () => member.reached }, {
    type: "stop-group",
  });
  manager.addExecuteTask("failing", async () => {
    await failing.reached;
    throw "broken";
  });
  const { errors } = await running(manager, { signal: shutdown.signal });
  manager.stop("enough");
  await microtasks();
  log.length = 0;
  return { log, ending, member, failing, shutdown, manager, errors };
}

const CHANGE_NOTHING: readonly {
  readonly how: string;
  readonly change: (
    running: Awaited<ReturnType<typeof draining>>,
  ) => void;
}[] = [
  { how: "stop", change: ({ manager }) => void manager.stop("again") },
  {
    how: "stop with { drain: true }",
    change: ({ manager }) => void manager.stop("again", { drain: true }),
  },
  {
    how: "abort of the caller's signal",
    change: ({ shutdown }) => shutdown.abort("again"),
  },
  { how: "failure of a task", change: ({ failing }) => failing.open() },
  { how: "end of the stop-group", change: ({ member }) => member.open() },
  {
    how: "dispose",
    change: ({ manager }) => void manager[Symbol.asyncDispose](),
  },
];

describe("rule 17: what comes while drains are waited for", () => {
  for (const { how, change } of CHANGE_NOTHING) {
    it(`changes nothing: ${how}`, async () => {
      const test = await draining();
      const { log, manager, ending, member, failing } = test;
      change(test);
      await microtasks();
      assertEquals(log, []);
      assertEquals(manager.state, "draining");
      assertEquals(manager.report().stop?.reason, "enough");
      ending.open();
      await microtasks();
      assertEquals(log, ["plain aborted", "drainer aborted"]);
      member.open();
      failing.open();
      assertEquals(summary(await test.errors), ["failing execute FAILED"]);
    });
  }

  it("is waited for by every stop", async () => {
    const log: string[] = [];
    const { manager, ending, member, failing } = await draining();
    manager.stop().then(() => log.push("stop"));
    manager[Symbol.asyncDispose]().then(() => log.push("dispose"));
    ending.open();
    await microtasks();
    assertEquals(log, []);
    member.open();
    failing.open();
    await manager.stop(undefined, { drain: false });
    assertEquals(log, ["stop", "dispose"]);
    assertEquals(manager.state, "finished");
  });

  it("lets drains that never end hold up the signals for good without a limit", async () => {
    const log: string[] = [];
    const ending = gate();
    const manager = new TaskManager();
    manager.addTask("stuck", drains(log, () => ending.reached));
    manager.addTask("plain", { execute: listens(log) });
    const { errors } = await running(manager);
    manager.stop();
    log.length = 0;
    for (let turn = 0; turn < 10; turn++) await microtasks();
    assertEquals([manager.state, ...log], ["draining"]);
    manager.stop(undefined, { drain: false });
    assertEquals(log, ["stuck aborted", "plain aborted"]);
    ending.open();
    assertEquals(await errors, []);
  });
});

describe("rule 17: { drain: false }", () => {
  it("from the start aborts both signals in one turn, and calls no drain", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    manager.addTask("1", drains(log));
    manager.addExecuteTask("2", drains(log));
    const { errors } = await running(manager);
    const states = statesOf(manager);
    manager.stop("enough", { drain: false });
    assertEquals(log, ["1 told", "2 told", "1 aborted", "2 aborted"]);
    assertEquals(states, ["stopping"]);
    assertEquals(await errors, []);
    assertEquals(log.length, 4);
  });

  it("while draining aborts every signal before it returns, with the first reason", async () => {
    const reasons: unknown[] = [];
    const log: string[] = [];
    const endings = [gate(), gate()];
    const manager = new TaskManager();
    manager.addTask(
      "slow",
      drains(log, () => endings[0]!.reached, async ({ signal, done }) => {
        await done;
        reasons.push(signal.reason);
      }),
    );
    manager.addTask("quick", drains(log, () => endings[1]!.reached));
    manager.addExecuteTask("plain", listens(log));
    const { errors } = await running(manager);
    manager.stop("enough");
    endings[1]!.open();
    await microtasks();
    log.length = 0;
    manager.stop("now", { drain: false });
    assertEquals(log, ["slow aborted", "quick aborted", "plain aborted"]);
    assertEquals(manager.state, "stopping");
    manager.stop("once more", { drain: false });
    assertEquals(log.length, 3);
    await microtasks();
    assertEquals(manager.state, "stopping");
    endings[0]!.open();
    assertEquals(await errors, []);
    assertEquals(reasons, ["enough"]);
  });

  it("in a draining listener tells and aborts everyone, and calls no drain", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    manager.addTask("1", drains(log));
    manager.addTask(
      "2",
      drains(log, () => {}, ({ draining, done }) => {
        draining.addEventListener(
          "abort",
          () => void manager.stop("now", { drain: false }),
        );
        return done;
      }),
    );
    manager.addTask("3", drains(log));
    const { errors } = await running(manager);
    manager.stop("enough");
    assertEquals(log, [
      "1 told",
      "2 told",
      "1 aborted",
      "2 aborted",
      "3 told",
      "3 aborted",
    ]);
    assertEquals(await errors, []);
    assertEquals(log.length, 6);
  });

  for (const [index, which] of ["first", "second", "last"].entries()) {
    it(`in the ${which} drain calls none of those after it`, async () => {
      const log: string[] = [];
      const ending = gate();
      const manager = new TaskManager();
      for (const name of ["0", "1", "2"]) {
        manager.addTask(
          name,
          drains(log, () => {
            if (name !== `${index}`) return ending.reached;
            manager.stop("now", { drain: false });
            log.push("returned");
          }),
        );
      }
      const { errors } = await running(manager);
      manager.stop("enough");
      assertEquals(log.slice(3), [
        ...["0 drain", "1 drain", "2 drain"].slice(0, index + 1),
        "0 aborted",
        "1 aborted",
        "2 aborted",
        "returned",
      ]);
      assertEquals(manager.state, "stopping");
      ending.open();
      assertEquals(await errors, []);
    });
  }

  for (
    const state of ["stopping", "cleaning-up", "finished"] as ManagerState[]
  ) {
    it(`while ${state} changes nothing`, async () => {
      const log: string[] = [];
      const executing = gate();
      const cleaning = gate();
      const manager = new TaskManager();
      manager.addTask("it", {
        execute: listens(log, () => executing.reached),
        drain: () => void log.push("drain"),
        cleanup: () => cleaning.reached,
      });
      const { errors } = await running(manager);
      manager.stop("enough");
      if (state !== "stopping") executing.open();
      await microtasks();
      if (state === "finished") cleaning.open();
      await microtasks();
      assertEquals(manager.state, state);
      manager.stop("now", { drain: false });
      assertEquals(manager.state, state);
      executing.open();
      cleaning.open();
      assertEquals(await errors, []);
      assertEquals(log, ["it told", "drain", "it aborted"]);
      assertEquals(manager.report().stop?.reason, "enough");
    });
  }

  it("in a signal listener changes nothing", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    manager.addTask(
      "1",
      drains(log, () => {}, ({ signal, done }) => {
        signal.addEventListener(
          "abort",
          () => void manager.stop("now", { drain: false }),
        );
        return done;
      }),
    );
    manager.addTask("2", drains(log));
    const { errors } = await running(manager);
    manager.stop("enough");
    assertEquals(log.slice(4), ["1 aborted", "2 aborted"]);
    assertEquals(await errors, []);
  });

  it("before the run makes the run do nothing, as any stop does", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    manager.addTask("it", drains(log));
    await manager.stop("enough", { drain: false });
    assertEquals(await manager.runSettled(), []);
    assertEquals(log, []);
  });

  it("while initializing stops as any stop does", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    const initialize = listens(log);
    manager.addTask("it", { initialize, ...drains(log) });
    const { errors } = await running(manager);
    assertEquals(manager.state, "initializing");
    manager.stop("enough", { drain: false });
    assertEquals(log, ["it told", "it aborted"]);
    assertEquals(await errors, []);
    assertEquals(log.length, 2);
  });
});

describe("rule 17: a drain that acts on others", () => {
  it("may stop the manager again, which changes nothing", async () => {
    const log: string[] = [];
    const ending = gate();
    const manager = new TaskManager();
    manager.addTask(
      "1",
      drains(log, () => {
        void manager.stop("again");
        return ending.reached;
      }),
    );
    manager.addTask("2", drains(log));
    const { errors } = await running(manager);
    manager.stop("enough");
    await microtasks();
    assertEquals(log, ["1 told", "2 told", "1 drain", "2 drain"]);
    ending.open();
    assertEquals(await errors, []);
  });

  it("cannot cancel those who were told, whether they were drained or not", async () => {
    const log: string[] = [];
    const ending = gate();
    const manager = new TaskManager();
    const before = manager.addTask("before", drains(log, () => ending.reached));
    const itself = manager.addTask(
      "itself",
      drains(log, () => {
        for (const handle of [before, itself, after]) {
          handle.cancel("alone");
          handle.cancel("alone", { drain: false });
        }
      }),
    );
    const after = manager.addTask("after", drains(log, () => ending.reached));
    const { errors } = await running(manager);
    manager.stop("enough");
    await microtasks();
    assertEquals(log.slice(3), ["before drain", "itself drain", "after drain"]);
    assertEquals(manager.state, "draining");
    ending.open();
    assertEquals(await errors, []);
  });

  it("may wait for the end of a task that ends by draining", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    const worker = manager.addTask("worker", {
      execute: ({ draining }) =>
        new Promise<void>((resolve) =>
          draining.addEventListener("abort", () => resolve())
        ),
    });
    manager.addTask("queue", drains(log, () => worker.finished));
    const { errors } = await running(manager);
    manager.stop();
    assertEquals(manager.state, "draining");
    assertEquals(await errors, []);
    assertEquals(log, ["queue told", "queue drain", "queue aborted"]);
  });
});
