// The interleavings of a stop and its drains with the start of tasks:
// - a stop while tasks are initialized, between that and executing, in the event
//   of "executing", in the event before the first execute: who is executed at
//   all, and drained;
// - a stop from inside an execute while others are not called yet: those with a
//   drain before and after it, nobody with one, { drain: false }.

import { TaskManager } from "@goasync/core";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { gate } from "../helpers/gate.ts";
import { ADDERS, drains, statesOf } from "../helpers/draining.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";

/** Notes when it is executed, told, drained and aborted. */
function noting(
  log: string[],
  drain?: () => unknown,
  onExecute = () => {},
) {
  return drains(log, drain, ({ name, done }) => {
    log.push(`${name} execute`);
    onExecute();
    return done;
  });
}

describe("rule 17: a stop before tasks execute", () => {
  it("while they are initialized drains nobody", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    manager.addTask("initialized", { initialize: () => {}, ...noting(log) });
    manager.addTask("initializing", {
      initialize: untilStopped,
      ...noting(log),
    });
    manager.addTask("waiting", noting(log));
    manager.addExecuteTask("queued", noting(log));
    const { errors } = await running(manager);
    const states = statesOf(manager);
    manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, []);
    assertEquals(states, ["stopping", "cleaning-up", "finished"]);
  });

  it("as one failed to initialize drains nobody", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    manager.addTask("initialized", { initialize: () => {}, ...noting(log) });
    manager.addTask("bad", {
      initialize: () => Promise.reject("broken"),
      ...noting(log),
    });
    assertEquals((await manager.runSettled()).length, 1);
    assertEquals(log, []);
  });

  it("in the event of executing executes and drains nobody", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    manager.subscribe((event) => {
      if (event.type !== "state") return;
      log.push(event.state);
      if (event.state === "executing") manager.stop();
    });
    manager.addTask("task", noting(log));
    manager.addExecuteTask("queued", noting(log));
    assertEquals(await manager.runSettled(), []);
    assertEquals(log, [
      "initializing",
      "executing",
      "stopping",
      "cleaning-up",
      "finished",
    ]);
  });

  for (const count of [1, 2]) {
    it(`in the event before the first execute drains after that, of ${count}`, async () => {
      const log: string[] = [];
      const ending = gate();
      const manager = new TaskManager();
      manager.subscribe((event) => {
        if (event.type !== "stage-start" || event.stage !== "execute") return;
        if (event.path[0] === "1") manager.stop();
      });
      for (let index = 1; index <= count; index++) {
        manager.addTask(`${index}`, noting(log, () => ending.reached));
      }
      const { errors } = await running(manager);
      assertEquals(manager.state, "draining");
      assertEquals(
        log,
        [
          "1 told",
          "1 execute",
          "1 drain",
          "2 told",
          "2 execute",
          "2 drain",
        ].slice(0, 3 * count),
      );
      ending.open();
      assertEquals(await errors, []);
    });
  }

  it("in the event before an execute that is added drains after that", async () => {
    const log: string[] = [];
    const ending = gate();
    const manager = new TaskManager();
    await running(manager);
    manager.subscribe((event) => {
      if (event.type === "stage-start" && event.stage === "execute") {
        manager.stop();
      }
    });
    manager.addExecuteTask("it", noting(log, () => ending.reached));
    assertEquals(log, ["it told", "it execute", "it drain"]);
    assertEquals(manager.state, "draining");
    ending.open();
    await manager.stop();
  });
});

describe("rule 17: a stop from inside an execute, in the turn of the start", () => {
  /** A manager whose second task of four stops it as it is executed. */
  async function stopping(
    options: { drain?: boolean },
    task: (name: string, onExecute?: () => void) => ReturnType<typeof noting>,
  ) {
    const manager = new TaskManager();
    manager.addExecuteTask("4", task("4"));
    manager.addTask("1", task("1"));
    manager.addTask("2", task("2", () => void manager.stop("enough", options)));
    manager.addTask("3", task("3"));
    const states = statesOf(manager);
    const { errors } = await running(manager);
    return { manager, errors, states };
  }

  it("executes the rest with draining aborted, and drains each after its execute", async () => {
    const log: string[] = [];
    const ending = gate();
    const { manager, errors } = await stopping(
      {},
      (_, onExecute) => noting(log, () => ending.reached, onExecute),
    );
    assertEquals(log, [
      "1 execute",
      "2 execute",
      "1 told",
      "2 told",
      "1 drain",
      "2 drain",
      "3 told",
      "3 execute",
      "3 drain",
      "4 told",
      "4 execute",
      "4 drain",
    ]);
    assertEquals(manager.state, "draining");
    log.length = 0;
    ending.open();
    assertEquals(await errors, []);
    assertEquals(log, ["4 aborted", "1 aborted", "2 aborted", "3 aborted"]);
  });

  for (const { what, add } of ADDERS) {
    it(`waits for the drain of the ${what} that stops it, alone or beside others`, async () => {
      for (const others of [0, 1]) {
        const log: string[] = [];
        const ending = gate();
        const manager = new TaskManager();
        const stop = () => void manager.stop();
        add(manager, "it", noting(log, () => ending.reached, stop));
        if (others > 0) add(manager, "other", drains([]));
        const { errors } = await running(manager);
        assertEquals(log, ["it execute", "it told", "it drain"]);
        assertEquals(manager.state, "draining");
        ending.open();
        assertEquals(await errors, []);
      }
    });
  }

  it("as it is added while all execute waits for its drain", async () => {
    const log: string[] = [];
    const ending = gate();
    const manager = new TaskManager();
    const { errors } = await running(manager);
    const stop = () => void manager.stop();
    manager.addExecuteTask("it", noting(log, () => ending.reached, stop));
    await microtasks();
    assertEquals(log, ["it execute", "it told", "it drain"]);
    assertEquals(manager.state, "draining");
    ending.open();
    assertEquals(await errors, []);
  });

  it("waits for drains of the rest when those before have returned at once", async () => {
    const log: string[] = [];
    const ending = gate();
    const { manager, errors } = await stopping(
      {},
      (name, onExecute) =>
        noting(log, () => name < "4" ? undefined : ending.reached, onExecute),
    );
    assertEquals(manager.state, "draining");
    assertEquals(log.filter((line) => line.endsWith("aborted")), []);
    ending.open();
    assertEquals(await errors, []);
  });

  it("aborts with the last when every drain returns at once", async () => {
    const log: string[] = [];
    const { errors, states } = await stopping(
      {},
      (_, onExecute) => noting(log, () => {}, onExecute),
    );
    assertEquals(log.slice(-5), [
      "4 drain",
      "4 aborted",
      "1 aborted",
      "2 aborted",
      "3 aborted",
    ]);
    assertEquals(states.slice(1, 4), ["executing", "draining", "stopping"]);
    assertEquals(await errors, []);
  });

  it("does not wait for those of the rest that have none", async () => {
    const log: string[] = [];
    const { errors } = await stopping({}, (name, onExecute) => {
      const task = noting(log, () => {}, onExecute);
      return name === "3" ? task : { execute: task.execute };
    });
    assertEquals(log, [
      "1 execute",
      "2 execute",
      "1 told",
      "2 told",
      "3 told",
      "3 execute",
      "3 drain",
      "1 aborted",
      "2 aborted",
      "3 aborted",
      "4 told",
      "4 aborted",
      "4 execute",
    ]);
    assertEquals(await errors, []);
  });

  const ABORTED_AT_ONCE = [
    "1 execute",
    "2 execute",
    "1 told",
    "2 told",
    "1 aborted",
    "2 aborted",
    "3 told",
    "3 aborted",
    "3 execute",
    "4 told",
    "4 aborted",
    "4 execute",
  ];

  it("executes the rest with signal aborted if nobody has a drain", async () => {
    const log: string[] = [];
    const { errors, states } = await stopping({}, (_, onExecute) => {
      const { execute } = noting(log, undefined, onExecute);
      return { execute };
    });
    assertEquals(log, ABORTED_AT_ONCE);
    assertEquals(states.slice(1, 3), ["executing", "stopping"]);
    assertEquals(await errors, []);
  });

  it("with { drain: false } does so, whoever has one", async () => {
    const log: string[] = [];
    const { errors, states } = await stopping(
      { drain: false },
      (_, onExecute) => noting(log, () => {}, onExecute),
    );
    assertEquals(log, ABORTED_AT_ONCE);
    assertEquals(states.slice(1, 3), ["executing", "stopping"]);
    assertEquals(await errors, []);
  });

  it("drains a task that returned at once, and not an execute task that did", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    const options = { type: "error" } as const;
    const ends = (name: string) => drains(log, () => {}, () => log.push(name));
    manager.addTask("first", { execute: () => void manager.stop() }, options);
    manager.addTask("task", ends("task execute"), options);
    manager.addExecuteTask("execute task", ends("execute"), options);
    const states = statesOf(manager);
    await manager.runSettled();
    assertEquals(log.filter((line) => line.endsWith("drain")), ["task drain"]);
    assertEquals(states.slice(1, 4), ["executing", "draining", "stopping"]);
  });
});
