import {
  InvalidStateError,
  type Stage,
  type Task,
  TaskManager,
} from "@goasync/core";
import {
  assert,
  assertEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { notingTask, untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";
import { summary } from "../helpers/summary.ts";
import { replaceGlobal } from "../helpers/replaced_global.ts";
import { gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";
import { handledErrors } from "./handled_errors.ts";

const STAGES: readonly Stage[] = ["initialize", "execute", "cleanup"];
const LIMITS = { initializeTimeout: 10, stopTimeout: 10, cleanupTimeout: 10 };

/** A manager with a sound task on either side of one that may not be. */
function managerAround(log: string[], task: Task, limits = {}): TaskManager {
  const manager = new TaskManager(limits);
  manager.addTask("before", notingTask(log));
  manager.addTask("it", task, { type: "error" });
  manager.addTask("after", notingTask(log));
  return manager;
}

/** Stops it as soon as it executes, and returns what it reports. */
async function runToEnd(manager: TaskManager): Promise<string[]> {
  const { errors } = await running(manager);
  manager.stop();
  return summary(await errors);
}

/** How those around a task are cleaned up, if the one after it had started. */
const CLEANED_UP = ["after cleanup", "before cleanup"];

function cleanups(log: readonly string[]): string[] {
  return log.filter((entry) => entry.endsWith("cleanup"));
}

function expectedCleanups(failing: Stage): string[] {
  return failing === "initialize" ? CLEANED_UP.slice(1) : CLEANED_UP;
}

describe("a stage that settles oddly", () => {
  for (const stage of STAGES) {
    it(`is left behind if ${stage} never settles`, async () => {
      using time = new FakeTime();
      const log: string[] = [];
      const never = () => new Promise<never>(() => {});
      const task = { execute: untilStopped, [stage]: never };
      const manager = managerAround(log, task, LIMITS);
      const errors = manager.runSettled();
      await time.runMicrotasks();
      manager.stop();
      await pass(time, 10);
      assertEquals(summary(await errors), [`it ${stage} TIMEOUT`]);
      assertEquals(cleanups(log), expectedCleanups(stage));
    });

    it(`is heard once if what ${stage} returns calls back again`, async () => {
      type Back = (value?: unknown) => void;
      const thenables = [
        (resolve: Back, reject: Back) => (resolve(), resolve(), reject("no")),
        (resolve: Back) => {
          resolve();
          throw "no";
        },
        (resolve: Back, reject: Back) => (reject("no"), resolve(), reject("2")),
      ];
      const reports: string[][] = [];
      for (const then of thenables) {
        const log: string[] = [];
        const task = { execute: untilStopped, [stage]: () => ({ then }) };
        reports.push(await runToEnd(managerAround(log, task)));
        const hasFailed = reports.at(-1)!.length > 0;
        const cleaned = hasFailed ? expectedCleanups(stage) : CLEANED_UP;
        assertEquals(cleanups(log), cleaned);
      }
      assertEquals(reports, [[], [], [`it ${stage} FAILED`]]);
    });

    it(`fails if the thenable that ${stage} returns throws`, async () => {
      const log: string[] = [];
      const thenable = {
        then() {
          throw "no";
        },
      };
      const task = { execute: untilStopped, [stage]: () => thenable };
      const report = await runToEnd(managerAround(log, task as Task));
      assertEquals(report, [`it ${stage} FAILED`]);
      assertEquals(cleanups(log), expectedCleanups(stage));
    });

    it(`is waited for if the promise that ${stage} returns has another then`, async () => {
      const { reached, open } = gate();
      const promise = Object.assign(reached.then(() => {}), {
        then: () => assert(false, "Do not call"),
      });
      const log: string[] = [];
      const task = { execute: untilStopped, [stage]: () => promise };
      const manager = managerAround(log, task as unknown as Task);
      const { errors } = await running(manager);
      manager.stop();
      open();
      assertEquals(await errors, []);
    });
  }

  it("is recorded if it rejects after the stop", async () => {
    const log: string[] = [];
    const task: Task = {
      execute: ({ done }) => done.then(() => Promise.reject("late")),
    };
    assertEquals(await runToEnd(managerAround(log, task)), [
      "it execute FAILED",
    ]);
    assertEquals(cleanups(log), CLEANED_UP);
  });

  it("is not heard of when it rejects after the run", async () => {
    using time = new FakeTime();
    let fail = (_: unknown) => {};
    const task: Task = {
      execute: () => new Promise((_, reject) => fail = reject),
    };
    const log: string[] = [];
    const manager = managerAround(log, task, { stopTimeout: 10 });
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop();
    await pass(time, 10);
    const report = summary(await errors);
    fail(new Error("Too late"));
    await time.runMicrotasks();
    assertEquals(report, ["it execute TIMEOUT"]);
    assertEquals(summary(await errors), report);
  });
});

const doNotTouch = () => {
  throw new Error("Do not touch");
};

/** Throws from whatever is done to it. */
const hostile = new Proxy({}, {
  get: doNotTouch,
  has: doNotTouch,
  getPrototypeOf: doNotTouch,
  ownKeys: doNotTouch,
  getOwnPropertyDescriptor: doNotTouch,
});

function withGetters(target: object, ...keys: string[]): object {
  for (const key of keys) {
    Object.defineProperty(target, key, { get: doNotTouch });
  }
  return target;
}

const THROWN: readonly unknown[] = [
  undefined,
  null,
  NaN,
  Symbol("odd"),
  Object.freeze(new Error("frozen")),
  Object.create(null),
  hostile,
  withGetters(new Error(), "stack", "message", "name", "cause"),
  withGetters(new AggregateError([]), "errors"),
  Object.assign(new AggregateError([]), { errors: undefined }),
  new AggregateError([hostile]),
];

describe("what is thrown", () => {
  for (const stage of STAGES) {
    it(`may be anything, from ${stage}, at once or later`, async () => {
      for (const thrown of THROWN) {
        const ways = [
          () => {
            throw thrown;
          },
          () => Promise.reject(thrown),
        ];
        for (const way of ways) {
          const log: string[] = [];
          const task = { execute: untilStopped, [stage]: way };
          const manager = managerAround(log, task);
          const { errors } = await running(manager);
          manager.stop();
          const [error, ...others] = await errors;
          assertEquals(others, []);
          assert(Object.is(error?.cause, thrown));
          assertEquals([error?.stage, error?.path], [stage, ["it"]]);
          assertEquals(typeof error?.message, "string");
          assertEquals(cleanups(log), expectedCleanups(stage));
          assertEquals(manager.report().state, "finished");
        }
      }
    });
  }
});

describe("a task that is no plain object", () => {
  for (const key of ["initialize", "execute", "cleanup", "runSettled"]) {
    it(`is refused if ${key} cannot be read, and nothing is taken`, async () => {
      const manager = new TaskManager();
      const task = key === "execute" ? {} : { execute: untilStopped };
      const odd = withGetters(task, key) as Task;
      assertThrows(() => manager.addTask("it", odd), Error, "Do not touch");
      assertEquals(manager.tasks, []);
      assertEquals(await runToEnd(manager), []);
    });
  }

  it("may be frozen", async () => {
    const log: string[] = [];
    const task = Object.freeze(notingTask(log));
    assertEquals(await runToEnd(managerAround([], task)), []);
    assertEquals(log, ["it initialize", "it execute", "it cleanup"]);
  });

  it("may be a proxy", async () => {
    const log: string[] = [];
    const read: PropertyKey[] = [];
    const task = new Proxy(notingTask(log), {
      get(target, key, receiver) {
        read.push(key);
        return Reflect.get(target, key, receiver);
      },
    });
    assertEquals(await runToEnd(managerAround([], task)), []);
    assertEquals(log, ["it initialize", "it execute", "it cleanup"]);
    assert(read.includes("cleanup"));
  });

  it("fails at each stage once its proxy is revoked", async () => {
    const log: string[] = [];
    const { proxy, revoke } = Proxy.revocable(notingTask([]), {});
    const manager = managerAround(log, proxy);
    revoke();
    assertEquals(await runToEnd(manager), [
      "it initialize FAILED",
      "it cleanup FAILED",
    ]);
    assertEquals(cleanups(log), expectedCleanups("initialize"));
  });

  it("is used as it is when a stage is called, whatever it was when it was added", async () => {
    const log: string[] = [];
    const task: Task = { execute: untilStopped };
    const manager = managerAround([], task);
    Object.assign(task, notingTask(log));
    const { errors } = await running(manager);
    delete task.cleanup;
    manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, ["it initialize", "it execute"]);
  });
});

/** What an AbortSignal of another realm looks like: no instance of ours. */
function foreignSignal(aborted: boolean) {
  const target = new EventTarget();
  const listeners = new Set<unknown>();
  const signal = {
    aborted,
    reason: "foreign",
    addEventListener(type: string, listener: EventListener) {
      listeners.add(listener);
      target.addEventListener(type, listener);
    },
    removeEventListener(type: string, listener: EventListener) {
      listeners.delete(listener);
      target.removeEventListener(type, listener);
    },
  };
  const abort = () => {
    signal.aborted = true;
    target.dispatchEvent(new Event("abort"));
  };
  return { signal: signal as unknown as AbortSignal, listeners, abort };
}

describe("an odd signal", () => {
  it("keeps every task from being called if it is aborted before", async () => {
    const log: string[] = [];
    const manager = managerAround(log, notingTask(log));
    const signal = AbortSignal.abort("before");
    assertEquals(await manager.runSettled({ signal }), []);
    assertEquals(log, []);
  });

  it("may be of another realm", async () => {
    const reasons: unknown[] = [];
    const { signal, abort, listeners } = foreignSignal(false);
    const task: Task = {
      execute: ({ signal, done }) =>
        done.then(() => reasons.push(signal.reason)),
    };
    const { errors } = await running(managerAround([], task), { signal });
    assertEquals(listeners.size, 1);
    abort();
    assertEquals(await errors, []);
    assertEquals(reasons, ["foreign"]);
    assertEquals(listeners.size, 0);
  });

  it("may be of another realm and aborted before", async () => {
    const log: string[] = [];
    const { signal, listeners } = foreignSignal(true);
    const manager = managerAround(log, notingTask(log));
    assertEquals(await manager.runSettled({ signal }), []);
    assertEquals(log, []);
    assertEquals(listeners.size, 0);
  });
});

describe("adding at an odd time", () => {
  it("is taken from initialize and execute, and refused from cleanup", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    const add = (stage: Stage) => {
      manager.addExecuteTask(`by ${stage}`, notingTask(log));
    };
    manager.addTask("it", {
      initialize: () => add("initialize"),
      execute({ done }) {
        add("execute");
        return done;
      },
      cleanup: () => add("cleanup"),
    });
    const { errors } = await running(manager);
    manager.stop();
    const [error, ...others] = await errors;
    assertEquals(others, []);
    assert(error?.cause instanceof InvalidStateError);
    assertEquals([error.stage, error.cause.state], ["cleanup", "cleaning-up"]);
    assertEquals(log, ["by execute execute", "by initialize execute"]);
  });

  it("is refused 100,000 times while it stops", async () => {
    const manager = new TaskManager();
    const { reached, open } = gate();
    const handle = manager.addExecuteTask("slow", () => reached);
    const { errors } = await running(manager);
    manager.stop();
    let refused = 0;
    for (let count = 0; count < 100_000; count++) {
      try {
        manager.addExecuteTask("late", () => assert(false, "Do not call"));
      } catch (error) {
        if (!(error instanceof InvalidStateError)) throw error;
        refused++;
      }
    }
    assertEquals(refused, 100_000);
    assertEquals(manager.tasks, [handle]);
    open();
    assertEquals(await errors, []);
    assertEquals(manager.report().counts, { clean: 1, "never-started": 0 });
  });
});

const CLOCKS = {
  "stands still": () => () => 1000,
  "jumps ahead": () => {
    let now = 0;
    return () => now += 1e10;
  },
  "goes back": () => {
    let now = 1e12;
    return () => now -= 1e7;
  },
};

describe("a clock", () => {
  for (const [how, clock] of Object.entries(CLOCKS)) {
    it(`that ${how} changes nothing of a run and its limits`, async () => {
      using time = new FakeTime();
      using _date = replaceGlobal(
        "Date",
        class extends Date {
          static override now = clock();
        },
      );
      const { now: performanceNow } = performance;
      const log: string[] = [];
      const task = { execute: () => new Promise<never>(() => {}) };
      const manager = managerAround(log, task, { stopTimeout: 50 });
      performance.now = clock();
      try {
        const errors = manager.runSettled();
        await time.runMicrotasks();
        manager.stop();
        await pass(time, 40);
        assertEquals(manager.state, "stopping");
        await pass(time, 10);
        assertEquals(summary(await errors), ["it execute TIMEOUT"]);
        assertEquals(cleanups(log), CLEANED_UP);
        const report = manager.report();
        assertEquals(JSON.parse(JSON.stringify(report)), report);
        assert(Number.isFinite(report.duration));
      } finally {
        performance.now = performanceNow;
      }
    });
  }
});

describe("an abort listener that throws", () => {
  for (const signal of ["signal", "draining"] as const) {
    it(`on ${signal} keeps nobody from being told and cleaned up, if the host handles errors`, async () => {
      const log: string[] = [];
      const thrown = new Error("A listener threw");
      const caught = await handledErrors(async () => {
        const task: Task = {
          execute(context) {
            context[signal].addEventListener("abort", () => {
              throw thrown;
            });
            return context.done;
          },
        };
        const manager = managerAround(log, task, { drainTimeout: 10_000 });
        const { errors } = await running(manager);
        manager.stop();
        manager.stop();
        assertEquals(await errors, []);
      });
      assertEquals(caught.length, 1);
      assertStrictEquals(caught[0], thrown);
      assertEquals(cleanups(log), CLEANED_UP);
    });
  }
});
