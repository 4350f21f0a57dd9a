// The interleavings of a manager within and of the wrapper that runs it:
// - a wrapper without a drain: nobody else drains, others drain;
// - one that has a drain of its own, before or after that of the manager;
// - one that runs the manager with the signal of its context alone;
// - one that drains and stops it by a fork, alone, while nobody else is told;
// - one that hands on a draining or a signal of its own, or one for both;
// - one that is told, then stops the manager itself.

import {
  type ExecuteTask,
  type ForkedContext,
  type Task,
  type TaskContext,
  TaskManager,
} from "@goasync/core";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { gate } from "../helpers/gate.ts";
import { drains, listens } from "../helpers/draining.ts";
import { states } from "../helpers/draining_trees.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { running } from "../helpers/running.ts";

/** Runs a manager whose task drains behind a wrapper, beside another one. */
async function behind(
  wrap: (inner: TaskManager) => ExecuteTask,
  other?: Task,
) {
  const log: string[] = [];
  const ending = gate();
  const inner = new TaskManager();
  inner.addTask("leaf", drains(log, () => ending.reached));
  const outer = new TaskManager();
  const handle = outer.addExecuteTask("inner", wrap(inner));
  outer.addTask("plain", { execute: listens(log) });
  if (other) outer.addTask("other", other);
  const { errors } = await running(outer);
  return { log, ending, inner, outer, handle, errors };
}

/** Runs all stages of a manager's task as one, with another context for execute. */
function wrappedAsTask(
  task: Required<Task>,
  other: (context: TaskContext) => TaskContext,
): ExecuteTask {
  return {
    async execute(context) {
      await task.initialize(context);
      await task.execute(other(context));
      await context.done;
      await task.cleanup(context);
    },
  };
}

describe("rule 17: a manager behind a wrapper without a drain", () => {
  const WRAPPERS: readonly {
    readonly how: string;
    readonly wrap: (inner: TaskManager) => ExecuteTask;
  }[] = [
    {
      how: "its own context",
      wrap: (inner) => ({ execute: (context) => inner.execute(context) }),
    },
    {
      how: "a fork",
      wrap: (inner) => ({
        execute: (context) => inner.execute(context.fork()),
      }),
    },
    {
      how: "another signal",
      wrap: (inner) => ({
        execute: (context) =>
          inner.execute(context.with({ signal: context.fork().signal })),
      }),
    },
    {
      how: "an asTask",
      wrap: (inner) => {
        const task = inner.asTask();
        return { execute: (context) => task.execute!(context) };
      },
    },
  ];

  for (const { how, wrap } of WRAPPERS) {
    it(`begins its drains and is cut short in that turn where nobody else drains: ${how}`, async () => {
      const { log, ending, inner, outer, errors } = await behind(wrap);
      outer.stop();
      assertEquals(outer.state, "stopping");
      await microtasks();
      assertEquals(log.toSorted(), [
        "leaf aborted",
        "leaf drain",
        "leaf told",
        "plain aborted",
        "plain told",
      ]);
      assertEquals(inner.state, "stopping");
      assertEquals(inner.report().tasks[0]!.stages[2]!.cutShort, true);
      ending.open();
      assertEquals(await errors, []);
    });

    it(`drains while others do, and is not waited for: ${how}`, async () => {
      const other = gate();
      const { log, ending, inner, outer, errors } = await behind(wrap, {
        drain: () => other.reached,
      });
      outer.stop();
      await microtasks();
      assertEquals(log.splice(0), ["plain told", "leaf told", "leaf drain"]);
      assertEquals(states([outer, inner]), ["draining", "draining"]);
      other.open();
      await microtasks();
      assertEquals(log.toSorted(), ["leaf aborted", "plain aborted"]);
      assertEquals(states([outer, inner]), ["stopping", "stopping"]);
      ending.open();
      assertEquals(await errors, []);
    });
  }
});

describe("rule 17: a manager behind a wrapper with a drain of its own", () => {
  for (const isFirst of [true, false]) {
    const order = isFirst ? "before" : "after";
    it(`is held until that is over, ${order} its own`, async () => {
      const own = gate();
      const { log, ending, inner, outer, errors } = await behind((inner) => ({
        execute: (context) => inner.execute(context),
        async drain(context) {
          await Promise.all([inner.drain(context), own.reached]);
          log.push("wrapper drained");
        },
      }));
      outer.stop();
      const [first, second] = isFirst ? [own, ending] : [ending, own];
      first.open();
      await microtasks();
      assertEquals(log.splice(0), ["plain told", "leaf told", "leaf drain"]);
      assertEquals(states([outer, inner]), ["draining", "draining"]);
      second.open();
      assertEquals(await errors, []);
      assertEquals(log[0], "wrapper drained");
    });
  }

  it("begins its drains with the stop, whether that drain waits for them or not", async () => {
    const own = gate();
    const { log, ending, inner, outer, errors } = await behind((inner) => ({
      execute: (context) => inner.execute(context),
      drain: () => own.reached,
    }));
    outer.stop();
    assertEquals(log.splice(0), ["plain told", "leaf told", "leaf drain"]);
    own.open();
    await microtasks();
    assertEquals(log.toSorted(), ["leaf aborted", "plain aborted"]);
    assertEquals(inner.state, "stopping");
    ending.open();
    assertEquals(await errors, []);
  });
});

describe("rule 17: a manager that runs with a signal", () => {
  it("begins to drain when that aborts, and drains as long as it needs", async () => {
    const { log, ending, inner, outer, errors } = await behind((inner) => ({
      execute: ({ signal }) => inner.run({ signal }),
    }));
    outer.stop();
    await microtasks();
    assertEquals(log.splice(0), [
      "plain told",
      "plain aborted",
      "leaf told",
      "leaf drain",
    ]);
    assertEquals(states([outer, inner]), ["stopping", "draining"]);
    ending.open();
    assertEquals(await errors, []);
    assertEquals(log, ["leaf aborted"]);
  });

  it("that is a context's draining drains with the others, who do not wait for it", async () => {
    const other = gate();
    const { log, ending, inner, outer, errors } = await behind((inner) => ({
      execute: ({ draining }) => inner.run({ signal: draining }),
    }), { drain: () => other.reached });
    outer.stop();
    await microtasks();
    assertEquals(log.splice(0).toSorted(), [
      "leaf drain",
      "leaf told",
      "plain told",
    ]);
    assertEquals(states([outer, inner]), ["draining", "draining"]);
    other.open();
    await microtasks();
    assertEquals(log, ["plain aborted"]);
    assertEquals(states([outer, inner]), ["stopping", "draining"]);
    ending.open();
    assertEquals(await errors, []);
  });
});

describe("rule 17: a manager that runs with signals of a wrapper's own", () => {
  it("is drained and stopped by a fork alone", async () => {
    let fork: ForkedContext | undefined;
    const { log, ending, inner, outer, handle, errors } = await behind(
      (inner) => ({
        async execute(context) {
          fork = context.fork();
          await inner.execute(fork);
          await context.done;
        },
      }),
    );
    fork!.drain("reload");
    assertEquals(log.splice(0), ["leaf told", "leaf drain"]);
    assertEquals(states([outer, inner]), ["executing", "draining"]);
    ending.open();
    await microtasks();
    assertEquals([inner.state, ...log], ["draining"]);
    fork!.stop("now");
    await microtasks();
    assertEquals(log, ["leaf aborted"]);
    assertEquals(states([outer, inner]), ["executing", "finished"]);
    assertEquals(inner.report().stop?.reason, "reload");
    assertEquals(handle.state, "executing");
    outer.stop();
    assertEquals(await errors, []);
  });

  it("is stopped by a fork without drains, if that stops it at once", async () => {
    let fork: ForkedContext | undefined;
    const { log, inner, outer, errors } = await behind((inner) => ({
      async execute(context) {
        fork = context.fork();
        await inner.execute(fork);
        await context.done;
      },
    }));
    fork!.stop("now");
    await microtasks();
    assertEquals(log, ["leaf told", "leaf aborted"]);
    assertEquals(states([outer, inner]), ["executing", "finished"]);
    await outer.stop();
    assertEquals(await errors, []);
  });

  it("is told by the draining and aborted by the signal that it was handed", async () => {
    const draining = new AbortController();
    const signal = new AbortController();
    const { log, ending, inner, outer, errors } = await behind((inner) => ({
      async execute(context) {
        await inner.execute(context.with({
          draining: draining.signal,
          signal: signal.signal,
        }));
        await context.done;
      },
    }));
    draining.abort("enough");
    assertEquals(log.splice(0), ["leaf told", "leaf drain"]);
    ending.open();
    await microtasks();
    assertEquals([inner.state, ...log], ["draining"]);
    signal.abort("now");
    await microtasks();
    assertEquals(log, ["leaf aborted"]);
    assertEquals(states([outer, inner]), ["executing", "finished"]);
    await outer.stop();
    assertEquals(await errors, []);
  });

  it("is told by its task, and held until the signal aborts that it was handed", async () => {
    const shutdown = new AbortController();
    const { log, ending, inner, outer, errors } = await behind((inner) => ({
      execute: (context) =>
        inner.execute(context.with({ signal: shutdown.signal })),
    }));
    outer.stop("enough");
    ending.open();
    await microtasks();
    assertEquals(log.splice(0).toSorted(), [
      "leaf drain",
      "leaf told",
      "plain aborted",
      "plain told",
    ]);
    assertEquals(states([outer, inner]), ["stopping", "draining"]);
    shutdown.abort("now");
    assertEquals(await errors, []);
    assertEquals(log, ["leaf aborted"]);
    assertEquals(inner.report().stop?.reason, "enough");
  });

  it("stops at once, without drains, when a signal for both aborts", async () => {
    const shutdown = new AbortController();
    const { signal } = shutdown;
    const { log, inner, outer, errors } = await behind((inner) => ({
      async execute(context) {
        await inner.execute(context.with({ signal, draining: signal }));
        await context.done;
      },
    }));
    shutdown.abort("now");
    await microtasks();
    assertEquals(log, ["leaf told", "leaf aborted"]);
    assertEquals(states([outer, inner]), ["executing", "finished"]);
    await outer.stop();
    assertEquals(await errors, []);
  });

  it("hears nothing of the stop of its task where that signal is one for both", async () => {
    const shutdown = new AbortController();
    const { signal } = shutdown;
    const { log, inner, outer, errors } = await behind((inner) => ({
      execute: (context) =>
        inner.execute(context.with({ signal, draining: signal })),
    }));
    outer.stop();
    await microtasks();
    assertEquals(log, ["plain told", "plain aborted"]);
    assertEquals(states([outer, inner]), ["stopping", "executing"]);
    shutdown.abort("now");
    assertEquals(await errors, []);
  });

  it("stops with the signal that only the execute of what asTask() returns was handed", async () => {
    const shutdown = new AbortController();
    const { signal } = shutdown;
    const { log, inner, outer, errors } = await behind((inner) => {
      const task = inner.asTask();
      return wrappedAsTask(task, (context) => context.with({ signal }));
    });
    shutdown.abort("now");
    await microtasks();
    assertEquals(log, ["leaf told", "leaf aborted"]);
    assertEquals(states([outer, inner]), ["executing", "stopping"]);
    await outer.stop();
    assertEquals(await errors, []);
    assertEquals(inner.report().stop?.reason, "now");
  });

  it("is drained by the fork that only the execute of what asTask() returns was handed", async () => {
    let fork: ForkedContext | undefined;
    const { log, ending, inner, outer, errors } = await behind((inner) => {
      const task = inner.asTask();
      return wrappedAsTask(task, (context) => fork = context.fork());
    });
    fork!.drain("reload");
    assertEquals(log, ["leaf told", "leaf drain"]);
    assertEquals(states([outer, inner]), ["executing", "draining"]);
    ending.open();
    await outer.stop();
    assertEquals(await errors, []);
    assertEquals(inner.state, "finished");
  });
});
