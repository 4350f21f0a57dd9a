import {
  type ExecuteTask,
  type Stage,
  type Task,
  TaskManager,
} from "@goasync/core";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { gate } from "../helpers/gate.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { notingTask, untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";
import { summary } from "../helpers/summary.ts";

const STAGES = ["initialize", "execute", "drain", "cleanup"] as const;

/** A task of which one stage does this, and which ends as it should. */
function acting(stage: Stage, act: () => void | Promise<unknown>): Task {
  return { execute: () => {}, [stage]: act };
}

/** What comes of a run with one such task, which is stopped at its end. */
async function runWith(stage: Stage, act: () => void | Promise<unknown>) {
  const manager = new TaskManager();
  manager.addTask("it", acting(stage, act), { type: "stop-group" });
  return await manager.runSettled();
}

const hostile = new Proxy({}, {
  get() {
    throw new Error("Do not touch");
  },
  getPrototypeOf() {
    throw new Error("Do not touch");
  },
});

const THROWN = [
  { what: "undefined", thrown: undefined, shown: "undefined" },
  { what: "null", thrown: null, shown: "null" },
  { what: "a string", thrown: "no disk", shown: "no disk" },
  { what: "an empty string", thrown: "", shown: "" },
  { what: "a number", thrown: 404, shown: "404 (number)" },
  { what: "a symbol", thrown: Symbol("odd"), shown: "Symbol(odd)" },
  { what: "an Error", thrown: new Error("no disk"), shown: "no disk" },
  {
    what: "an Error without a message",
    thrown: new RangeError(),
    shown: "RangeError",
  },
  {
    what: "a frozen object",
    thrown: Object.freeze({ message: "frozen" }),
    shown: "frozen",
  },
  {
    what: "a frozen Error",
    thrown: Object.freeze(new Error("frozen, too")),
    shown: "frozen, too",
  },
  { what: "a bare object", thrown: Object.create(null), shown: "an object" },
  {
    what: "an Error whose message is none",
    thrown: Object.assign(new Error(), { message: {}, name: {} }),
    shown: "Error",
  },
  { what: "a function", thrown: () => {}, shown: "thrown" },
  {
    what: "a proxy that throws",
    thrown: hostile,
    shown: "an object",
  },
  {
    what: "an object whose getters throw",
    thrown: {
      get message() {
        throw new Error("Do not touch");
      },
      get name() {
        throw new Error("Do not touch");
      },
    },
    shown: "an instance of Object",
  },
];

describe("rule 14: throwing", () => {
  for (const stage of STAGES) {
    it(`takes a synchronous throw in ${stage} as a rejection`, async () => {
      const thrown = new Error("no disk");
      const settled = [
        await runWith(stage, () => {
          throw thrown;
        }),
        await runWith(stage, () => Promise.reject(thrown)),
      ];
      for (const errors of settled) {
        assertEquals(summary(errors), [`it ${stage} FAILED`]);
        assertStrictEquals(errors[0]?.cause, thrown);
        assertStringIncludes(errors[0]!.message, `"it" failed in ${stage}`);
        assertStringIncludes(errors[0]!.message, "no disk");
      }
    });

    for (const { what, thrown, shown } of THROWN) {
      it(`hands on ${what} that ${stage} throws, unchanged, with a message`, async () => {
        const [error, ...others] = await runWith(stage, () => {
          throw thrown;
        });
        assertEquals(others, []);
        assert("cause" in error!);
        assert(Object.is(error.cause, thrown));
        assertStringIncludes(error.message, `"it" failed in ${stage}: `);
        assertStringIncludes(error.message, shown);
      });
    }

    it(`looks ${stage} up when it is called`, async () => {
      const log: string[] = [];
      const task: Task = { execute: untilStopped };
      const manager = new TaskManager();
      manager.addTask("it", task);
      task[stage] = ({ name, done }) => {
        log.push(`${name} ${stage}`);
        return stage === "execute" ? done : undefined;
      };
      const { errors } = await running(manager);
      await manager.stop();
      assertEquals(await errors, []);
      assertEquals(log, [`it ${stage}`]);
    });

    it(`calls ${stage} as a method of its task`, async () => {
      const task: Task & { calls: number } = { calls: 0, execute: () => {} };
      task[stage] = function (this: typeof task) {
        this.calls++;
      };
      const manager = new TaskManager();
      manager.addTask("it", task, { type: "stop-group" });
      assertEquals(await manager.runSettled(), []);
      assertEquals(task.calls, 1);
    });

    it(`records a ${stage} that is no function any more when it is called`, async () => {
      const task: Task = { execute: () => {} };
      const manager = new TaskManager();
      manager.addTask("it", task, { type: "stop-group" });
      task[stage] = "gone" as never;
      const [error] = await manager.runSettled();
      assertEquals(error?.stage, stage);
      assertInstanceOf(error?.cause, TypeError);
    });

    it(`records a ${stage} that cannot even be read`, async () => {
      const task: Task = { execute: () => {} };
      const manager = new TaskManager();
      manager.addTask("it", task, { type: "stop-group" });
      const thrown = new Error("Do not touch");
      Object.defineProperty(task, stage, {
        get() {
          throw thrown;
        },
      });
      const [error] = await manager.runSettled();
      assertEquals(error?.stage, stage);
      assertStrictEquals(error?.cause, thrown);
    });

    it(`waits for any thenable that ${stage} returns`, async () => {
      const log: string[] = [];
      const thenable = {
        then(resolve: () => void) {
          log.push("then");
          resolve();
        },
      };
      assertEquals(await runWith(stage, () => thenable as never), []);
      assertEquals(log, ["then"]);
    });

    it(`records what a thenable that ${stage} returns throws`, async () => {
      const thrown = new Error("broken promise");
      const thenable = {
        then() {
          throw thrown;
        },
      };
      const [error] = await runWith(stage, () => thenable as never);
      assertStrictEquals(error?.cause, thrown);
    });
  }

  it("calls a bare function and an object's execute when they are given", async () => {
    const log: string[] = [];
    const task: ExecuteTask = { execute: () => {} };
    const manager = new TaskManager();
    manager.addExecuteTask("object", task);
    task.execute = notingTask(log).execute;
    manager.addExecuteTask("function", notingTask(log).execute);
    await running(manager);
    await manager.stop();
    assertEquals(log, ["object execute", "function execute"]);
  });

  for (const stage of STAGES) {
    it(`gives what ${stage} throws, whatever its errors are`, async () => {
      const odd = [
        new Map([[1, "one"]]).values(),
        { flatMap() {} },
        { flatMap: () => "text" },
        { length: 1, 0: "one" },
        [new Error("one"), undefined],
        "text",
        null,
      ];
      for (const errors of odd) {
        const thrown = Object.assign(new Error("invalid"), { errors });
        const [error] = await runWith(stage, () => Promise.reject(thrown));
        assertStrictEquals(error?.cause, thrown);
        assertEquals(error.message, `Task "it" failed in ${stage}: invalid`);
      }
    });

    it(`gives what a promise of ${stage} throws when it is asked twice`, async () => {
      let asked = 0;
      const thrown = new Error("Do not touch");
      const promise = Object.defineProperty(Promise.resolve(), "constructor", {
        get() {
          if (++asked === 1) return Promise;
          throw thrown;
        },
      });
      const [error] = await runWith(stage, () => promise);
      assertStrictEquals(error?.cause, thrown);
    });
  }

  it("lets what starts a task return before what it throws stops anybody", async () => {
    const manager = new TaskManager();
    const { errors } = await running(manager);
    const handle = manager.addExecuteTask("it", () => {
      throw new Error("no disk");
    }, { type: "error" });
    assertEquals([handle.state, manager.state], ["executing", "executing"]);
    assertEquals(summary(await errors), ["it execute FAILED"]);
    assertEquals(handle.state, "failed");
  });

  it("goes on when something else took the place of Promise", async () => {
    const real = globalThis.Promise;
    class Other {
      static resolve = () => new Other();
      static reject = () => new Other();
    }
    const manager = new TaskManager();
    manager.addTask("it", notingTask([]));
    const { errors } = await running(manager);
    let stopped;
    try {
      Object.assign(globalThis, { Promise: Other });
      manager.addExecuteTask("returns", async () => {}, { type: "error" });
      manager.addExecuteTask("throws", () => {
        throw new Error("no");
      });
      stopped = manager.stop();
    } finally {
      globalThis.Promise = real;
    }
    await stopped;
    assertEquals(summary(await errors), ["throws execute FAILED"]);
  });

  it("leaves no rejection unhandled when many tasks fail in one turn", async () => {
    // An unhandled rejection would fail the test on every runtime.
    const manager = new TaskManager();
    for (const name of ["1", "2", "3"]) {
      manager.addTask(`task ${name}`, {
        execute: () => Promise.reject(new Error(name)),
      });
      manager.addExecuteTask(`execute task ${name}`, () => {
        throw new Error(name);
      });
    }
    const errors = await manager.runSettled();
    assertEquals(errors.length, 6);
    await microtasks();
  });

  it("leaves no rejection unhandled of those that it waits for last", async () => {
    const first = gate();
    const manager = new TaskManager();
    manager.addTask("slow", { execute: () => first.reached });
    manager.addTask("failing", { execute: () => Promise.reject("failed") });
    const { errors } = await running(manager);
    assertEquals(manager.state, "stopping");
    first.open();
    assertEquals(summary(await errors), ["failing execute FAILED"]);
  });

  it("leaves no rejection unhandled when only stop is awaited after runSettled", async () => {
    const manager = new TaskManager();
    manager.addTask("failing", {
      execute: untilStopped,
      cleanup: () => Promise.reject(new Error("no")),
    });
    manager.runSettled();
    await microtasks();
    await manager.stop();
    await microtasks();
    assertEquals(manager.state, "finished");
  });
});
