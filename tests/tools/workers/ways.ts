import { assertEquals, assertMatch } from "@std/assert";
import type { Outcome, Way } from "./programs/run.ts";

/** A way to run a task in a worker, and what has to come of it. */
export interface Trial {
  readonly name: string;
  readonly way: Way;
  readonly check: (outcome: Outcome) => void;
  /** Where it is tried, if not everywhere. */
  readonly where?: "servers" | "browsers";
}

/** For a task that never yields, once it has said what it does. */
const SHORT = {
  initializeTimeout: 15_000,
  drainTimeout: 1_000,
  stopTimeout: 1_000,
  cleanupTimeout: 1_000,
};

/** For one that does, however slow the machine is. */
const LONG = {
  initializeTimeout: 15_000,
  drainTimeout: 15_000,
  stopTimeout: 15_000,
  cleanupTimeout: 15_000,
};

const INITIALIZES =
  'worker initializes worker {"mode":"%","uncloneable":"uncloneable"}';

/** What is heard of a task with this mode from its start to its execute. */
function begin(mode: string): string[] {
  return ["database opens", INITIALIZES.replace("%", mode), "worker executes"];
}

const DRAINS = "worker drains by the test stops it";
const CLEANS_UP = "worker cleans up, aborted: false";
const LEFT_BEHIND = ["worker terminated its worker", "left behind: worker"];

/** An error as it is shown, with what else it has. */
function error(message: string, more: object = {}, name = "Error"): object {
  return { name, message, ...more };
}

function taskError(
  message: string,
  cause: object,
  { code = "FAILED", path = ["worker"] } = {},
): object {
  return error(message, { code, path, cause }, "TaskError");
}

/** The error of a task that has failed with one of our own errors. */
function failed(stage: string, message: string, more?: object): object {
  return taskError(
    `Task "worker" failed in ${stage}: ${message}`,
    error(message, more),
  );
}

function timedOut(stage: string, limit: string): object {
  return taskError(
    `Task "worker" timed out in ${stage}: ${limit} is over`,
    error(`${limit} is over`, {}, "TimeoutError"),
    { code: "TIMEOUT" },
  );
}

/** Ends so, when everything was executed. */
function equals(
  log: string[],
  errors: object[] = [],
  state = "clean",
  ofDatabase = "clean",
): Trial["check"] {
  const report = [`database ${ofDatabase}`, `worker ${state}`];
  return (actual) => assertEquals(actual, { log, errors, report });
}

/** Ends so in initialize. */
function neverStarts(
  log: string[],
  failure: object,
  state = "failed",
): Trial["check"] {
  return equals(
    ["database opens", ...log, "database closes"],
    [failure],
    state,
    "never-started",
  );
}

/** Fails in initialize with a message that runtimes have their own words for. */
function cannotLoad(pattern: RegExp): Trial["check"] {
  return ({ log, errors, report }) => {
    assertEquals(log, ["database opens", "database closes"]);
    assertEquals(report, ["database never-started", "worker failed"]);
    assertEquals(errors.length, 1);
    const { message } = Object(errors[0]);
    const start = 'Task "worker" failed in initialize: Cannot load the worker ';
    assertEquals(message.slice(0, start.length), start);
    assertMatch(message, pattern);
  };
}

const DEEP = { cause: error("deep") };

const ALL: readonly Trial[] = [
  {
    name: "calls every stage",
    way: { module: "task.js", mode: "plain", stopAt: "executes" },
    check: equals([...begin("plain"), DRAINS, CLEANS_UP, "database closes"]),
  },
  {
    name: "is terminated in execute when it spins",
    way: { module: "task.js", mode: "spins", stopAt: "executes" },
    check: equals(
      [...begin("spins"), ...LEFT_BEHIND, "database closes"],
      [timedOut("execute", "stopTimeout of 1000 ms")],
      "timed-out",
    ),
  },
  {
    name: "is terminated in initialize when it spins",
    way: {
      module: "task.js",
      mode: "spins in initialize",
      timeouts: { initializeTimeout: 3_000 },
    },
    check: neverStarts(
      LEFT_BEHIND,
      timedOut("initialize", "initializeTimeout of 3000 ms"),
      "timed-out",
    ),
  },
  {
    name: "is terminated in drain when it spins",
    way: { module: "task.js", mode: "spins in drain", stopAt: "executes" },
    check: equals(
      [...begin("spins in drain"), DRAINS, ...LEFT_BEHIND, "database closes"],
      [timedOut("execute", "stopTimeout of 1000 ms")],
      "timed-out",
    ),
  },
  {
    name: "is terminated in cleanup when it spins",
    way: { module: "task.js", mode: "spins in cleanup", stopAt: "executes" },
    check: equals(
      [
        ...begin("spins in cleanup"),
        DRAINS,
        CLEANS_UP,
        ...LEFT_BEHIND,
        "database closes",
      ],
      [timedOut("cleanup", "cleanupTimeout of 1000 ms")],
    ),
  },
  {
    name: "is terminated while it is loaded when it spins",
    way: { module: "spins.js", timeouts: { initializeTimeout: 3_000 } },
    check: neverStarts(
      ["worker the worker URL has not called exposeTask", ...LEFT_BEHIND],
      timedOut("initialize", "initializeTimeout of 3000 ms"),
      "timed-out",
    ),
  },
  {
    name: "is terminated by the shutdownTimeout when it spins",
    way: {
      module: "task.js",
      mode: "spins",
      stopAt: "executes",
      timeouts: { shutdownTimeout: 500 },
    },
    check({ log, report }) {
      assertEquals(log.slice(0, 5), [...begin("spins"), ...LEFT_BEHIND]);
      assertEquals(report, ["database clean", "worker abandoned"]);
    },
  },
  {
    name: "is terminated as an execute task when it spins",
    way: {
      module: "task.js",
      mode: "spins",
      stopAt: "executes",
      isExecuteTask: true,
    },
    check: equals(
      ["database opens", "worker executes", ...LEFT_BEHIND, "database closes"],
      [timedOut("execute", "stopTimeout of 1000 ms")],
      "timed-out",
    ),
  },
  {
    name: "is terminated six times over when six spin",
    way: { module: "task.js", mode: "spins", stopAt: "executes", count: 6 },
    check({ errors, report }) {
      assertEquals(errors.length, 6);
      assertEquals(report, [
        "database clean",
        ...[1, 2, 3, 4, 5, 6].map((index) => `worker ${index} timed-out`),
      ]);
    },
  },
  {
    name: "is started anew by supervise",
    way: {
      module: "task.js",
      mode: "exits",
      stopAt: "executes",
      notes: 2,
      isSupervised: true,
    },
    check({ log, errors, report }) {
      assertEquals(log.slice(0, 3), begin("exits"));
      assertMatch(log[3]!, /^worker restarts in .+ the worker URL has /i);
      assertEquals(log.slice(4), [
        ...begin("plain").slice(1),
        DRAINS,
        CLEANS_UP,
        "database closes",
      ]);
      assertEquals(errors, []);
      assertEquals(report, ["database clean", "worker clean"]);
    },
  },
  {
    name: "fails with what it throws",
    way: { module: "task.js", mode: "throws" },
    check: equals([...begin("throws"), CLEANS_UP, "database closes"], [
      taskError(
        'Task "worker" failed in execute: both',
        error("both", {
          cause: error("too far", { cause: { port: 1 } }, "RangeError"),
          errors: [error("refused", { code: "ECONN" }), "a string"],
        }, "AggregateError"),
      ),
    ], "failed"),
  },
  {
    name: "is clean when it throws its signal's reason",
    way: { module: "task.js", mode: "throwsReason", stopAt: "executes" },
    check: equals([
      ...begin("throwsReason"),
      DRAINS,
      CLEANS_UP,
      "database closes",
    ]),
  },
  {
    name: "fails with an error that nobody catches",
    way: { module: "task.js", mode: "uncaught" },
    check: equals([...begin("uncaught"), "database closes"], [
      failed("execute", "Uncaught in the worker URL: nobody catches", {
        cause: error("nobody catches", DEEP, "TypeError"),
      }),
    ], "failed"),
  },
  {
    name: "fails with a rejection that nobody awaits",
    way: { module: "task.js", mode: "rejects" },
    check: equals([...begin("rejects"), "database closes"], [
      failed("execute", "Uncaught in the worker URL: nobody awaits", {
        cause: error("nobody awaits", DEEP, "TypeError"),
      }),
    ], "failed"),
  },
  {
    name: "fails when it ends by itself",
    way: { module: "task.js", mode: "exits" },
    check({ log, errors, report }) {
      assertEquals(log, [...begin("exits"), "database closes"]);
      assertEquals(report, ["database clean", "worker failed"]);
      assertMatch(
        Object(errors[0]).message,
        /The worker URL has (ended by itself, with code 7|closed itself)$/,
      );
    },
  },
  {
    name: "may run a manager",
    way: { module: "task.js", mode: "manages", stopAt: "consumer: executes" },
    check: equals(
      [
        "database opens",
        "worker pool: opens",
        "worker consumer: executes",
        "worker consumer: drains",
        "worker pool: closes",
        "database closes",
      ],
      [
        taskError(
          'Task "worker/consumer" failed in execute: lost',
          error('Task "consumer" failed in execute: lost', {
            errors: [
              taskError(
                'Task "consumer" failed in execute: lost',
                error("lost"),
                { path: ["consumer"] },
              ),
            ],
          }, "AggregateError"),
          { path: ["worker", "consumer"] },
        ),
      ],
      "failed",
    ),
  },
  {
    name: "fails when its data cannot be copied",
    way: { module: "task.js", isUncloneable: true },
    check({ log, errors }) {
      assertEquals(log, ["database opens", "database closes"]);
      const { message, cause } = Object(errors[0]);
      assertMatch(message, /: Cannot send the worker URL its data: /);
      assertEquals(cause.cause.name, "DataCloneError");
    },
  },
  {
    name: "fails when its module is missing",
    way: { module: "missing.js" },
    check: cannotLoad(/not found|Cannot find|cannot be fetched or run/),
  },
  {
    name: "fails when its module has a syntax error",
    way: { module: "broken.js" },
    check: cannotLoad(/Unexpected identifier|Expected ";"|fetched or run/),
  },
  {
    name: "fails when its module throws",
    way: { module: "throws.js" },
    check: cannotLoad(/thrown at the top/),
  },
  {
    name: "fails when its module throws what cannot be copied whole",
    way: { module: "times_out.js" },
    where: "servers", // Browsers tell of it without its message.
    check: cannotLoad(/TimeoutError: thrown at the top/),
  },
  {
    name: "fails when its module exposes nothing",
    way: { module: "unexposed.js" },
    where: "servers",
    check: neverStarts(
      [],
      failed(
        "initialize",
        'The worker URL has no task: its module must call exposeTask of "@goasync/core/tasks/worker"',
      ),
    ),
  },
  {
    name: "is left behind when its module exposes nothing",
    way: { module: "unexposed.js", timeouts: { initializeTimeout: 1_500 } },
    where: "browsers",
    check: neverStarts(
      ["worker the worker URL has not called exposeTask", ...LEFT_BEHIND],
      timedOut("initialize", "initializeTimeout of 1500 ms"),
      "timed-out",
    ),
  },
  {
    name: "answers at a port that was moved to it",
    way: { module: "answers.js", isAsked: true },
    check: (outcome) =>
      assertEquals(outcome, {
        log: [
          "database opens",
          "is answered: You said hello",
          "database closes",
        ],
        errors: [],
        report: ["database clean", "client clean"],
      }),
  },
  {
    name: "may be TypeScript",
    way: { module: "typed.ts", stopAt: "executes" },
    where: "servers",
    check: equals(["database opens", "worker executes", "database closes"]),
  },
];

/** Each with the limits that it needs. */
export const TRIALS: readonly Trial[] = ALL.map((trial) => {
  const timeouts = trial.way.mode?.startsWith("spins") ? SHORT : LONG;
  return { ...trial, way: { timeouts, ...trial.way } };
});
