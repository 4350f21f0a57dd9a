import { TaskManager } from "@goasync/core";
import { logTo } from "@goasync/core/logging";
import { supervise } from "@goasync/core/tasks";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { FakeLogger, untimed } from "../helpers/fake_logger.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { pass } from "../helpers/pass.ts";
import { runAndStop } from "../helpers/run_and_stop.ts";
import { SetClock } from "../helpers/set_clock.ts";
import { stuck } from "../helpers/stuck.ts";
import { running } from "../helpers/running.ts";

/** The reason of a signal that an OS signal has aborted. */
function received(name: string): DOMException {
  const reason = new DOMException(`Received ${name}`, "AbortError");
  return Object.defineProperty(reason, "cause", { value: name });
}

describe("logTo(), its lines", () => {
  it("are one an event, in words, of a clean run", async () => {
    const logger = new FakeLogger();
    const shutdown = new AbortController();
    const manager = new TaskManager();
    logTo(manager, logger);
    manager.addTask("api", {
      initialize: ({ note }) =>
        note("listening at http://127.0.0.1:8000", { port: 8000 }),
      drain: () => {},
      cleanup: () => {},
    });
    const never = manager.addExecuteTask("never", () => {});
    manager.addExecuteTask("job", () => {}, { type: "error" });
    never.cancel("not needed");
    const { errors } = await running(manager, { signal: shutdown.signal });
    shutdown.abort(received("SIGTERM"));
    await errors;
    assertEquals(logger.lines.map(untimed), [
      "info never: told to stop alone: not needed",
      "debug initializing",
      "debug api initializes",
      "info api: listening at http://127.0.0.1:8000",
      "debug api has initialized in …",
      "info executing after …",
      "debug api executes",
      "debug job executes",
      "debug job has executed in …",
      "info told to stop by SIGTERM",
      "debug draining",
      "debug api drains",
      "debug api has drained in …",
      "debug stopping",
      "debug api has executed in …",
      "debug cleaning-up",
      "debug api cleans up",
      "debug api has cleaned up in …",
      "info finished after …",
    ]);
    assertEquals(logger.dataOf("listening"), {
      event: "note",
      task: "api",
      details: { port: 8000 },
    });
    assertEquals(logger.dataOf("SIGTERM"), {
      event: "told",
      by: "signal",
      reason: "Received SIGTERM",
    });
    const { ms, ...ended } = logger.dataOf("has drained")!;
    assert(typeof ms === "number");
    assertEquals(ended, {
      event: "stage-end",
      task: "api",
      stage: "drain",
      outcome: "clean",
    });
  });

  for (
    const [what, stop, line] of [
      [
        "a call of stop",
        (manager: TaskManager) => manager.stop(),
        "told to stop: The manager was stopped",
      ],
      [
        "a call of stop with a reason",
        (manager: TaskManager) => manager.stop("enough"),
        "told to stop: enough",
      ],
      [
        "a call of stop with a cause that is no OS signal",
        (manager: TaskManager) =>
          manager.stop(new Error("enough", { cause: "Sunday" })),
        "told to stop: enough",
      ],
      [
        "a task that failed",
        (manager: TaskManager) =>
          manager.addExecuteTask("job", () => Promise.reject("broken")),
        "told to stop, as job failed",
      ],
    ] as const
  ) {
    it(`say that a stop began by ${what}`, async () => {
      const logger = new FakeLogger();
      const manager = new TaskManager();
      logTo(manager, logger);
      const { errors } = await running(manager);
      void stop(manager);
      await errors;
      assert(logger.of("info").includes(line), logger.lines.join("\n"));
    });
  }

  it("are errors for what failed, once, with the error beside", async () => {
    const logger = new FakeLogger();
    const manager = new TaskManager();
    logTo(manager, logger);
    manager.addTask("strict", { execute: () => {} });
    manager.addTask("broken", {
      cleanup: () => Promise.reject(new Error("Not open")),
    });
    const errors = await manager.runSettled();
    assertEquals(logger.of("error"), [
      "strict has returned before it was told to stop",
      "broken failed in cleanup: Not open",
    ]);
    assertEquals(logger.of("warn"), ["finished after … with 2 failures"]);
    assertEquals(logger.dataOf("strict has returned"), {
      event: "stage-end",
      task: "strict",
      stage: "execute",
      code: "UNEXPECTED_STOP",
      error: errors[0],
    });
  });

  it("count one failure as one", async () => {
    const logger = new FakeLogger();
    const manager = new TaskManager();
    logTo(manager, logger);
    manager.addExecuteTask("job", () => Promise.reject("broken"));
    await manager.runSettled();
    assertEquals(logger.of("warn"), ["finished after … with 1 failure"]);
  });

  it("are no errors for who stops by an abort", async () => {
    const logger = new FakeLogger();
    const manager = new TaskManager();
    logTo(manager, logger);
    manager.addTask("reason", {
      execute: ({ signal, done }) => done.then(() => signal.throwIfAborted()),
    });
    manager.addTask("abort", {
      execute: async ({ done }) => {
        await done;
        throw new DOMException("Gone", "AbortError");
      },
    });
    const { errors } = await running(manager);
    manager.stop();
    await errors;
    assertEquals(logger.of("error"), []);
    assertEquals(logger.of("warn"), []);
  });

  it("are errors for who is left behind, once, and warnings for a drain cut short", async () => {
    using time = new FakeTime();
    const logger = new FakeLogger();
    const manager = new TaskManager({ drainTimeout: 10, stopTimeout: 20 });
    logTo(manager, logger, { progress: false });
    manager.addTask("deaf", { execute: stuck, drain: stuck });
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop();
    await pass(time, 10);
    await pass(time, 20);
    await errors;
    assertEquals(logger.of("warn"), [
      "deaf has not drained in time",
      "finished after … with 1 failure",
    ]);
    assertEquals(logger.of("error"), [
      "deaf is left behind in execute: stopTimeout of … is over",
    ]);
    assert(
      logger.of("debug").includes(
        "deaf failed in execute: stopTimeout of … is over",
      ),
    );
  });

  it("say who is not executed", async () => {
    const logger = new FakeLogger();
    const manager = new TaskManager();
    manager.subscribe((event) => {
      if (event.type === "stage-start" && event.path[0] === "b") b.cancel();
    });
    logTo(manager, logger);
    const b = manager.addExecuteTask("b", () => {});
    const { errors } = await running(manager);
    manager.stop();
    await errors;
    assert(logger.of("debug").includes("b is not executed"));
  });

  for (
    const note of [
      "restarts in 5 ms",
      "starts anew: received SIGHUP",
      "failed: No luck",
    ]
  ) {
    it(`warn of a restart: ${note}`, async () => {
      const logger = new FakeLogger();
      const manager = new TaskManager();
      logTo(manager, logger);
      manager.addTask("it", { initialize: (context) => context.note(note) });
      const { errors } = await running(manager);
      manager.stop();
      await errors;
      assertEquals(logger.of("warn"), [untimed(`it: ${note}`)]);
      assertEquals(logger.dataOf(note), { event: "note", task: "it" });
    });
  }

  for (
    const note of [
      'failed on "item": No luck',
      "initialize failed: No luck",
      "cleanup failed: No luck",
      "cannot tell the next time: No luck",
    ]
  ) {
    it(`warn of what failed without an end: ${note}`, async () => {
      const logger = new FakeLogger();
      const manager = new TaskManager();
      logTo(manager, logger);
      manager.addTask("it", { initialize: (context) => context.note(note) });
      await runAndStop(manager);
      assertEquals(logger.of("warn"), [`it: ${note}`]);
    });
  }

  it("say how long it took, whatever the clock says meanwhile", async () => {
    using clock = new SetClock();
    const logger = new FakeLogger();
    const manager = new TaskManager();
    logTo(manager, logger);
    manager.addTask("it", { initialize: () => clock.move(-3_600_000) });
    await runAndStop(manager);
    for (const text of ["executing", "finished"]) {
      const ms = Number(logger.dataOf(text)?.ms);
      assert(ms >= 0 && ms < 3_600_000, `${text} after ${ms} ms`);
    }
  });

  it("have the state beside them", async () => {
    const logger = new FakeLogger();
    const inner = new TaskManager();
    const manager = new TaskManager();
    logTo(manager, logger);
    manager.addTask("inner", inner.asTask());
    await runAndStop(manager);
    const states = logger.data.filter(({ event }) => event === "state");
    assertEquals(
      states.map(({ state, task = "" }) => `${task} ${state}`.trim()),
      [
        "initializing",
        "inner initializing",
        "executing",
        "stopping",
        "inner stopping",
        "cleaning-up",
        "inner cleaning-up",
        "inner finished",
        "finished",
      ],
    );
  });

  it("are there whatever was thrown, and whatever the reason is", async () => {
    const throwing = (key: string) =>
      Object.defineProperty(new Error("No luck"), key, {
        get() {
          throw new Error("unreadable");
        },
      });
    const logger = new FakeLogger();
    const manager = new TaskManager();
    logTo(manager, logger);
    for (const key of ["errors", "stack"]) {
      manager.addTask(key, { cleanup: () => Promise.reject(throwing(key)) });
    }
    const { errors } = await running(manager);
    manager.stop(throwing("cause"));
    await errors;
    assert(logger.of("info").includes("told to stop: No luck"));
    assertEquals(logger.of("error"), [
      "stack failed in cleanup: No luck",
      "errors failed in cleanup: No luck",
    ]);
    assertEquals(logger.of("warn"), ["finished after … with 2 failures"]);
  });

  it("cannot be forged by names and messages", async () => {
    const logger = new FakeLogger();
    const manager = new TaskManager();
    logTo(manager, logger);
    manager.addTask("a\nb", { initialize: ({ note }) => note("c\x1b[2J") });
    const { errors } = await running(manager);
    manager.stop();
    await errors;
    assert(logger.of("info").includes("a\\nb: c\\u001b[2J"));
  });
});

describe("logTo(), managers within", () => {
  async function loggedTree(
    fail: (inner: TaskManager) => void,
  ): Promise<FakeLogger> {
    const logger = new FakeLogger();
    const inner = new TaskManager();
    const manager = new TaskManager();
    logTo(manager, logger);
    inner.addTask("consumer", { cleanup: () => {} });
    manager.addTask("payments", inner.asTask());
    const { errors } = await running(manager);
    fail(inner);
    await microtasks();
    manager.stop();
    await errors;
    return logger;
  }

  it("have lines with the names that lead there", async () => {
    const logger = await loggedTree(() => {});
    assert(logger.of("debug").includes("payments: executing"));
    assert(logger.of("debug").includes("payments/consumer executes"));
    assert(logger.of("debug").includes("payments: finished"));
    assertEquals(logger.of("info"), [
      "executing after …",
      "told to stop: The manager was stopped",
      "finished after …",
    ]);
    assert(
      logger.of("debug").includes(
        "payments: told to stop: The manager was stopped",
      ),
    );
  });

  it("have one error for one that a task has thrown on", async () => {
    const logger = new FakeLogger();
    const inner = new TaskManager();
    const manager = new TaskManager();
    logTo(manager, logger);
    inner.addExecuteTask("job", () => Promise.reject("broken"));
    manager.addExecuteTask("it", async (context) => {
      const [error] = await inner.runSettled(context);
      throw error;
    });
    await manager.runSettled();
    assertEquals(logger.of("error"), ["it/job failed in execute: broken"]);
    assertEquals(logger.of("warn"), ["finished after … with 1 failure"]);
  });

  it("do not make a run fail that has started them again", async () => {
    const logger = new FakeLogger();
    const manager = new TaskManager();
    logTo(manager, logger);
    let runs = 0;
    const create = () => {
      const inner = new TaskManager();
      inner.addExecuteTask("worker", ({ done }) => {
        if (++runs === 1) throw new Error("No luck");
        void manager.stop();
        return done;
      });
      return inner;
    };
    manager.addExecuteTask("it", supervise({ create }, { backoff: false }));
    assertEquals(await manager.runSettled(), []);
    assertEquals(logger.of("error"), ["it/worker failed in execute: No luck"]);
    assertEquals(logger.of("warn").length, 1);
    assertEquals(logger.of("info").at(-1), "finished after …");
  });

  it("count each failure in a run that fails by them", async () => {
    const logger = new FakeLogger();
    const inner = new TaskManager();
    const manager = new TaskManager();
    logTo(manager, logger);
    for (const name of ["a", "b"]) {
      inner.addExecuteTask(name, () => Promise.reject("broken"));
    }
    manager.addExecuteTask("inner", inner);
    await manager.runSettled();
    assertEquals(logger.of("error").length, 2);
    assertEquals(logger.of("warn"), ["finished after … with 2 failures"]);
  });

  it("have one error for one failure", async () => {
    const logger = await loggedTree((inner) =>
      inner.addExecuteTask("job", () => Promise.reject("broken"))
    );
    assertEquals(logger.of("error"), [
      "payments/job failed in execute: broken",
    ]);
    assert(
      logger.of("info").includes(
        "payments: told to stop, as job failed",
      ),
    );
    assertEquals(logger.of("warn"), ["finished after … with 1 failure"]);
  });
});
