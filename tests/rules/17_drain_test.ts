// The interleavings of one stop with the drains of one manager:
// - whatever begins the stop: all are told, drains are called, all are aborted;
// - drains that return at once, that return promises, and both beside each
//   other; tasks without a drain among them, or nobody with one;
// - what is seen from outside at each point.

import { type TaskContext, TaskManager } from "@goasync/core";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { gate } from "../helpers/gate.ts";
import { ADDERS, drains, listens, statesOf } from "../helpers/draining.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";
import { summary } from "../helpers/summary.ts";

/** What begins a stop while tasks execute, and what comes of it. */
const CAUSES: readonly {
  readonly how: string;
  readonly stop: (manager: TaskManager, shutdown: AbortController) => void;
  readonly reason: string;
  readonly errors: string[];
}[] = [
  {
    how: "stop is called",
    stop: (manager) => void manager.stop("enough"),
    reason: "enough",
    errors: [],
  },
  {
    how: "the caller's signal aborts",
    stop: (_, shutdown) => shutdown.abort("enough"),
    reason: "enough",
    errors: [],
  },
  {
    how: "the manager is disposed",
    stop: (manager) => void manager[Symbol.asyncDispose](),
    reason: "AbortError: The manager was stopped",
    errors: [],
  },
  {
    how: "a task fails",
    stop: (manager) =>
      void manager.addExecuteTask("bad", () => Promise.reject("broken")),
    reason: 'TaskError: Task "bad" failed in execute: broken',
    errors: ["bad execute FAILED"],
  },
  {
    how: "a task stops the manager",
    stop: (manager) =>
      void manager.addExecuteTask("it", () => void manager.stop("enough")),
    reason: "enough",
    errors: [],
  },
];

describe("rule 17: drain", () => {
  for (const { how, stop, reason, errors: expected } of CAUSES) {
    it(`comes between draining and signal, with one reason, when ${how}`, async () => {
      const log: string[] = [];
      const ending = gate();
      const shutdown = new AbortController();
      const manager = new TaskManager();
      manager.addTask("plain", { execute: listens(log) });
      manager.addTask(
        "drainer",
        drains(log, ({ draining, signal }) => {
          log.push(`${draining.reason}, ${signal.aborted}`);
          return ending.reached;
        }, async ({ signal, done }) => {
          await done;
          log.push(`${signal.reason}`);
        }),
      );
      const { errors } = await running(manager, { signal: shutdown.signal });
      stop(manager, shutdown);
      await microtasks();
      assertEquals(log, [
        "plain told",
        "drainer told",
        "drainer drain",
        `${reason}, false`,
      ]);
      assertEquals(manager.state, "draining");
      log.length = 0;
      ending.open();
      assertEquals(summary(await errors), expected);
      assertEquals(log, ["plain aborted", "drainer aborted", reason]);
    });
  }

  it("comes when the stop-group has ended, whose members are drained, too", async () => {
    const log: string[] = [];
    const member = gate();
    const ending = gate();
    const manager = new TaskManager();
    manager.addTask(
      "member",
      drains(log, () => ending.reached, () => member.reached),
      { type: "stop-group" },
    );
    manager.addTask("other", { execute: listens(log) });
    const { errors } = await running(manager);
    member.open();
    await microtasks();
    assertEquals(log, ["member told", "other told", "member drain"]);
    ending.open();
    assertEquals(await errors, []);
  });

  it("follows every draining, in the order added, before the stop returns", async () => {
    const log: string[] = [];
    const ending = gate();
    const manager = new TaskManager();
    manager.addExecuteTask("1", drains(log, () => ending.reached));
    manager.addTask("2", { execute: listens(log) });
    manager.addTask("3", drains(log));
    const { errors } = await running(manager);
    manager.addExecuteTask("4", drains(log, () => ending.reached));
    manager.stop();
    log.push("returned");
    assertEquals(log, [
      "1 told",
      "2 told",
      "3 told",
      "4 told",
      "1 drain",
      "3 drain",
      "4 drain",
      "returned",
    ]);
    ending.open();
    assertEquals(await errors, []);
  });

  it("holds up every signal and done until the last has settled; they follow in the order added", async () => {
    const log: string[] = [];
    const endings = [gate(), gate(), gate()];
    const manager = new TaskManager();
    const noteDone = ({ name, done }: TaskContext) =>
      done.then(() => void log.push(`${name} done`));
    manager.addExecuteTask("plain", listens(log, noteDone));
    endings.forEach(({ reached }, index) => {
      const { add } = ADDERS[index % 2]!;
      add(
        manager,
        `${index}`,
        drains([], () => reached, listens(log, noteDone)),
      );
    });
    const { errors } = await running(manager);
    manager.stop();
    log.length = 0;
    for (const { open } of endings.toReversed()) {
      assertEquals([manager.state, ...log], ["draining"]);
      open();
      await microtasks();
    }
    assertEquals(log, [
      "plain aborted",
      "0 aborted",
      "1 aborted",
      "2 aborted",
      "plain done",
      "0 done",
      "1 done",
      "2 done",
    ]);
    assertEquals(await errors, []);
  });

  it("has settled when it returns no promise: every signal aborts in the turn of the stop", async () => {
    for (const value of [undefined, 1, "text", {}, null]) {
      const log: string[] = [];
      const manager = new TaskManager();
      manager.addTask("1", drains(log, () => value));
      manager.addExecuteTask("2", drains(log, () => value));
      const { errors } = await running(manager);
      manager.stop();
      log.push("returned");
      assertEquals(log, [
        "1 told",
        "2 told",
        "1 drain",
        "2 drain",
        "1 aborted",
        "2 aborted",
        "returned",
      ]);
      assertEquals(manager.state, "stopping");
      assertEquals(await errors, []);
    }
  });

  it("is waited for when it returns anything with a then", async () => {
    const log: string[] = [];
    const ending = gate();
    const manager = new TaskManager();
    const thenable = {
      then: (resolve: () => void) => void ending.reached.then(resolve),
    };
    manager.addTask("it", drains(log, () => thenable));
    const { errors } = await running(manager);
    manager.stop();
    await microtasks();
    assertEquals(log, ["it told", "it drain"]);
    ending.open();
    assertEquals(await errors, []);
  });

  it("that returns at once waits for those beside it that do not", async () => {
    const log: string[] = [];
    const ending = gate();
    const manager = new TaskManager();
    manager.addTask("quick", drains(log));
    manager.addTask("slow", drains(log, () => ending.reached));
    manager.addTask("quick, too", drains(log));
    const { errors } = await running(manager);
    manager.stop();
    await microtasks();
    assertEquals(log.slice(3), [
      "quick drain",
      "slow drain",
      "quick, too drain",
    ]);
    ending.open();
    assertEquals(await errors, []);
  });

  it("is a state that is skipped where nobody has one", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    manager.addTask("1", { execute: listens(log) });
    manager.addExecuteTask("2", listens(log));
    const { errors } = await running(manager);
    const states = statesOf(manager);
    manager.stop();
    assertEquals(log, ["1 told", "2 told", "1 aborted", "2 aborted"]);
    assertEquals(states, ["stopping"]);
    assertEquals(await errors, []);
    assertEquals(states, ["stopping", "cleaning-up", "finished"]);
  });

  it("is asked for by having it: nobody waits for those who read draining", async () => {
    const log: string[] = [];
    const manager = new TaskManager({ drainTimeout: 60_000 });
    manager.addTask("1", {
      execute: listens(log, ({ draining, done }) => {
        void draining.aborted;
        return done;
      }),
    });
    const { errors } = await running(manager);
    manager.stop();
    assertEquals(log, ["1 told", "1 aborted"]);
    assertEquals(await errors, []);
  });

  it("may read for the first time what everyone was told", async () => {
    const seen: unknown[] = [];
    const ending = gate();
    const manager = new TaskManager();
    manager.addTask("it", {
      drain({ draining, signal }) {
        seen.push(draining.reason, signal.aborted);
        return ending.reached;
      },
    });
    const { errors } = await running(manager);
    manager.stop("enough");
    assertEquals(seen, ["enough", false]);
    ending.open();
    assertEquals(await errors, []);
  });

  it("shows where manager and task are at each point", async () => {
    const ending = gate();
    const log: string[] = [];
    const manager = new TaskManager();
    const note = (what: string) =>
      log.push(`${what}: ${manager.state}, ${handle.state}`);
    const handle = manager.addExecuteTask("it", {
      execute({ draining, signal, done }) {
        draining.addEventListener("abort", () => note("told"));
        signal.addEventListener("abort", () => note("aborted"), { once: true });
        return done;
      },
      drain() {
        note("drain");
        return ending.reached;
      },
    });
    manager.addExecuteTask("quick", {
      execute: untilStopped,
      drain: () => note("drain of another"),
    });
    const { errors } = await running(manager);
    note("before");
    const states = statesOf(manager);
    manager.stop();
    note("stopped");
    ending.open();
    assertEquals(await errors, []);
    note("over");
    assertEquals(log, [
      "before: executing, executing",
      "told: draining, executing",
      "drain: draining, draining",
      "drain of another: draining, draining",
      "stopped: draining, draining",
      "aborted: stopping, executing",
      "over: finished, clean",
    ]);
    assertEquals(states, ["draining", "stopping", "cleaning-up", "finished"]);
  });
});
