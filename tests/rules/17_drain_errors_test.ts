// The interleavings of drains that throw, and of drain and execute of one task:
// - a drain throws at once, later, or after every signal has aborted: the reason
//   of the stop, an AbortError, anything else;
// - one drain throws before or after the others are called, or have ended;
// - drain and execute end in each order, each well or not;
// - execute ended before the stop, and the drain does not end well.

import { TaskManager } from "@goasync/core";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { gate } from "../helpers/gate.ts";
import { ADDERS, drains, listens } from "../helpers/draining.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";
import { summary } from "../helpers/summary.ts";

const abortError = () => new DOMException("aborted elsewhere", "AbortError");

/** The ways to throw something. */
const THROWS: readonly {
  readonly how: string;
  readonly toss: (thrown: unknown) => unknown;
}[] = [
  {
    how: "throws",
    toss(thrown) {
      throw thrown;
    },
  },
  { how: "rejects with", toss: (thrown) => Promise.reject(thrown) },
  {
    how: "later rejects with",
    async toss(thrown) {
      await null;
      throw thrown;
    },
  },
];

describe("rule 17: drains that throw", () => {
  for (const { how, toss } of THROWS) {
    for (const { what, add } of ADDERS) {
      it(`are errors of stage drain, and stop no other drain: it ${how} an error, ${what}`, async () => {
        const log: string[] = [];
        const ending = gate();
        const broken = new Error("broken");
        const manager = new TaskManager();
        add(manager, "before", drains(log, () => ending.reached));
        const handle = add(manager, "bad", drains(log, () => toss(broken)));
        add(manager, "after", drains(log, () => ending.reached));
        const { errors } = await running(manager);
        manager.stop();
        await microtasks();
        assertEquals(log.slice(3), [
          "before drain",
          "bad drain",
          "after drain",
        ]);
        assertEquals([manager.state, handle.state], ["draining", "executing"]);
        ending.open();
        const [error, ...others] = await errors;
        assertEquals(others, []);
        assertEquals(summary([error!]), ["bad drain FAILED"]);
        assertEquals(error!.message, 'Task "bad" failed in drain: broken');
        assertStrictEquals(error!.cause, broken);
        assertEquals(await handle.finished, "failed");
      });
    }

    it(`are clean when it ${how} the reason`, async () => {
      for (const reason of ["enough", new Error("enough"), undefined]) {
        const manager = new TaskManager();
        const handle = manager.addTask("it", {
          drain: ({ draining }) => toss(draining.reason),
        });
        const { errors } = await running(manager);
        manager.stop(reason);
        assertEquals(await errors, []);
        assertEquals(handle.state, "clean");
      }
    });

    it(`are errors when it ${how} a foreign AbortError before signal aborts`, async () => {
      const manager = new TaskManager();
      manager.addTask("it", { drain: () => toss(abortError()) });
      const { errors } = await running(manager);
      manager.stop();
      assertEquals(summary(await errors), ["it drain FAILED"]);
    });
  }

  for (
    const { what, thrown, expected } of [
      { what: "the reason", thrown: "enough", expected: [] },
      { what: "an AbortError", thrown: abortError(), expected: [] },
      { what: "an error", thrown: "broken", expected: ["it drain FAILED"] },
    ]
  ) {
    const verdict = expected.length > 0 ? "are errors" : "are clean";
    it(`${verdict} when it throws ${what} after signal has aborted`, async () => {
      const manager = new TaskManager();
      const handle = manager.addTask("it", {
        async drain({ done }) {
          await done;
          throw thrown;
        },
      });
      const { errors } = await running(manager);
      manager.stop("enough");
      await microtasks();
      assertEquals(manager.state, "draining");
      manager.stop(undefined, { drain: false });
      assertEquals(summary(await errors), expected);
      assertEquals(handle.state, expected.length > 0 ? "failed" : "clean");
    });
  }

  for (const thrown of [undefined, null, 0, "text", Object.freeze({})]) {
    it(`may throw anything: ${thrown}`, async () => {
      const manager = new TaskManager();
      manager.addTask("it", { drain: () => Promise.reject(thrown) });
      const { errors } = await running(manager);
      manager.stop();
      const [error] = await errors;
      assertEquals(error?.stage, "drain");
      assertStrictEquals(error?.cause, thrown);
    });
  }

  it("as they cannot be looked up are errors of theirs", async () => {
    let isRunning = false;
    const log: string[] = [];
    const manager = new TaskManager();
    manager.addTask("hostile", {
      execute: untilStopped,
      get drain(): () => void {
        if (isRunning) throw new Error("Do not touch");
        return () => {};
      },
    });
    manager.addTask("other", drains(log));
    const { errors } = await running(manager);
    isRunning = true;
    manager.stop();
    assertEquals(log.slice(0, 2), ["other told", "other drain"]);
    const [error, ...others] = await errors;
    assertEquals(others, []);
    assertEquals(
      error?.message,
      'Task "hostile" failed in drain: Do not touch',
    );
  });

  it("as they are no functions any more are errors of theirs", async () => {
    const task: { execute: typeof untilStopped; drain: unknown } = {
      execute: untilStopped,
      drain: () => {},
    };
    const manager = new TaskManager();
    manager.addTask("it", task as { drain: () => void });
    const { errors } = await running(manager);
    task.drain = "none";
    manager.stop();
    const [error] = await errors;
    assertEquals(summary([error!]), ["it drain FAILED"]);
    assertEquals((error?.cause as Error).name, "TypeError");
  });

  it("as what they return cannot be awaited are errors of theirs", async () => {
    const manager = new TaskManager();
    manager.addTask("it", {
      drain: () => ({
        get then(): unknown {
          throw "broken";
        },
      }),
    });
    const { errors } = await running(manager);
    manager.stop();
    assertEquals(summary(await errors), ["it drain FAILED"]);
  });
});

/** A manager whose task executes and drains until it is told how to end. */
async function ending(add = ADDERS[0]!.add) {
  const execution = gate();
  const draining = gate();
  const results: { execute?: unknown; drain?: unknown } = {};
  const end = async (what: "execute" | "drain", reached: Promise<void>) => {
    await reached;
    if (what in results) throw results[what];
  };
  const manager = new TaskManager();
  const handle = add(manager, "it", {
    execute: () => end("execute", execution.reached),
    drain: () => end("drain", draining.reached),
  });
  const { errors } = await running(manager);
  manager.stop("enough");
  return {
    manager,
    handle,
    errors: () => errors,
    async endExecute(...thrown: unknown[]) {
      if (thrown.length > 0) results.execute = thrown[0];
      execution.open();
      await microtasks();
    },
    async endDrain(...thrown: unknown[]) {
      if (thrown.length > 0) results.drain = thrown[0];
      draining.open();
      await microtasks();
    },
  };
}

describe("rule 17: execute and drain of one task", () => {
  for (const { what, add } of ADDERS) {
    it(`have both ended when the ${what} has: execute first`, async () => {
      const { manager, handle, errors, endExecute, endDrain } = await ending(
        add,
      );
      let outcome: unknown;
      handle.finished.then((settled) => outcome = settled);
      await endExecute();
      assertEquals([manager.state, handle.state], ["draining", "draining"]);
      assertEquals(manager.tasks, [handle]);
      assertEquals(outcome, undefined);
      await endDrain();
      assertEquals(outcome, "clean");
      assertEquals(await errors(), []);
    });

    it(`have both ended when the ${what} has: drain first`, async () => {
      const { manager, handle, errors, endExecute, endDrain } = await ending(
        add,
      );
      let outcome: unknown;
      handle.finished.then((settled) => outcome = settled);
      await endDrain();
      assertEquals([manager.state, handle.state], ["stopping", "executing"]);
      assertEquals(outcome, undefined);
      await endExecute();
      assertEquals(outcome, "clean");
      assertEquals(await errors(), []);
    });

    it(`both fail: the outcome of the ${what} is the first, the errors are in order`, async () => {
      const { handle, errors, endExecute, endDrain } = await ending(add);
      await endExecute("broken");
      assertEquals(handle.state, "draining");
      await endDrain("broken, too");
      assertEquals(summary(await errors()), [
        "it execute FAILED",
        "it drain FAILED",
      ]);
      assertEquals(handle.state, "failed");
    });

    it(`both fail the other way round, likewise: ${what}`, async () => {
      const { handle, errors, endExecute, endDrain } = await ending(add);
      await endDrain("broken");
      assertEquals(handle.state, "executing");
      await endExecute("broken, too");
      assertEquals(summary(await errors()), [
        "it drain FAILED",
        "it execute FAILED",
      ]);
      assertEquals(handle.state, "failed");
    });

    it(`end well and not: the outcome of the ${what} is the one that is not clean`, async () => {
      for (const failing of ["execute", "drain"] as const) {
        for (const isFirst of [true, false]) {
          const { handle, errors, endExecute, endDrain } = await ending(add);
          const fail = failing === "execute" ? endExecute : endDrain;
          const endWell = failing === "execute" ? endDrain : endExecute;
          if (isFirst) await fail("broken");
          await endWell();
          if (!isFirst) await fail("broken");
          assertEquals(summary(await errors()), [`it ${failing} FAILED`]);
          assertEquals(await handle.finished, "failed");
        }
      }
    });
  }

  it("that fails goes on draining, and stops nothing anew", async () => {
    const { manager, errors, endExecute, endDrain } = await ending();
    await endExecute("broken");
    assertEquals(manager.state, "draining");
    assertEquals(manager.report().stop?.reason, "enough");
    await endDrain();
    assertEquals((await errors()).length, 1);
  });

  for (const thrown of ["enough", abortError()]) {
    it(`end cleanly when execute throws while it drains: ${thrown}`, async () => {
      const { handle, errors, endExecute, endDrain } = await ending();
      await endExecute(thrown);
      await endDrain();
      assertEquals(await errors(), []);
      assertEquals(handle.state, "clean");
    });
  }

  it("that has ended before keeps its outcome, whatever its drain throws", async () => {
    const manager = new TaskManager();
    const handle = manager.addTask("it", {
      execute: () => {},
      drain: () => Promise.reject("broken"),
    }, { type: "error" });
    const { errors } = await running(manager);
    manager.stop();
    assertEquals(summary(await errors), ["it drain FAILED"]);
    assertEquals(handle.state, "clean");
    assertEquals(await handle.finished, "clean");
  });

  it("record errors in the order in which they happen, whichever task they are of", async () => {
    const gates = [gate(), gate(), gate()];
    const fail = (index: number) => async () => {
      await gates[index]!.reached;
      throw "broken";
    };
    const manager = new TaskManager();
    manager.addTask("1", { drain: fail(2), cleanup: () => Promise.reject(1) });
    manager.addExecuteTask("2", { execute: fail(1), drain: () => {} });
    manager.addTask("3", { drain: fail(0) });
    const { errors } = await running(manager);
    manager.stop();
    for (const { open } of gates) {
      open();
      await microtasks();
    }
    assertEquals(summary(await errors), [
      "3 drain FAILED",
      "2 execute FAILED",
      "1 drain FAILED",
      "1 cleanup FAILED",
    ]);
  });

  it("let whoever else is told go on when a drain throws at once", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    manager.addTask("bad", {
      drain() {
        throw "broken";
      },
    });
    manager.addExecuteTask("other", listens(log));
    const { errors } = await running(manager);
    manager.stop("enough");
    assertEquals(summary(await errors), ["bad drain FAILED"]);
    assertEquals(log, ["other told", "other aborted"]);
  });
});
