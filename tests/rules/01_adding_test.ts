import {
  type ExecuteTask,
  InvalidStateError,
  type Task,
  TaskContext,
  TaskManager,
} from "@goasync/core";
import {
  assertEquals,
  assertInstanceOf,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { inEachState, STATES } from "../helpers/in_each_state.ts";
import { notingTask, untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";

const task: ExecuteTask = { execute: untilStopped };

const NO_NAMES = [
  { name: undefined, shown: "undefined" },
  { name: null, shown: "null" },
  { name: "", shown: '""' },
  { name: 7, shown: "7 (number)" },
  { name: {}, shown: "an instance of Object" },
];

const NO_TASKS = [
  { task: undefined, shown: "undefined" },
  { task: null, shown: "null" },
  { task: "task", shown: '"task"' },
  { task: {}, shown: "an instance of Object" },
  { task: [], shown: "an instance of Array" },
];

/** Nothing that `addExecuteTask` takes. */
const NO_EXECUTE_TASKS = [
  ...NO_TASKS,
  { task: { execute: "later" }, shown: "an instance of Object" },
  { task: { initialize: () => {} }, shown: "an instance of Object" },
];

const GENERATORS = [
  { what: "a generator function", generator: function* () {} },
  { what: "an async generator function", generator: async function* () {} },
];
const STAGES = ["initialize", "execute", "drain", "cleanup"] as const;

const NO_METHODS = [
  { method: null, shown: "null" },
  { method: "soon", shown: '"soon"' },
  { method: 1n, shown: "1 (bigint)" },
  { method: {}, shown: "an instance of Object" },
];

const NO_TYPES = [
  { type: null, shown: "null" },
  { type: "Strict", shown: '"Strict"' },
  { type: 0, shown: "0 (number)" },
  { type: ["strict"], shown: "an instance of Array" },
];

const NO_OPTIONS = [
  { options: null, shown: "null" },
  { options: "error", shown: '"error"' },
  { options: () => {}, shown: "an instance of Function" },
];

/** Fails unless every call is a TypeError and the manager stays as it was. */
async function rejectsAll(
  calls: readonly {
    readonly add: (manager: TaskManager) => void;
    readonly parts: readonly string[];
  }[],
): Promise<void> {
  const log: string[] = [];
  const manager = new TaskManager();
  manager.addTask("first", notingTask(log));
  for (const { add, parts } of calls) {
    const { message } = assertThrows(() => add(manager), TypeError);
    for (const part of parts) assertStringIncludes(message, part);
    assertEquals(manager.state, "idle");
  }
  manager.addTask("last", notingTask(log));
  const { errors } = await running(manager);
  await manager.stop();
  assertEquals(await errors, []);
  assertEquals(log, [
    "first initialize",
    "last initialize",
    "first execute",
    "last execute",
    "last cleanup",
    "first cleanup",
  ]);
}

describe("rule 1: adding", () => {
  it("takes tasks only while the manager is idle", async () => {
    const outcomes = await inEachState((manager) =>
      void manager.addTask("late", task)
    );
    assertEquals(outcomes.get("idle"), undefined);
    for (const state of STATES.slice(1)) {
      const error = outcomes.get(state);
      assertInstanceOf(error, InvalidStateError);
      assertEquals(error.state, state);
      assertEquals(error.taskName, "late");
      assertStringIncludes(error.message, 'Cannot add task "late"');
      assertStringIncludes(error.message, `"${state}"`);
    }
  });

  it("takes execute tasks while it is idle, initializing, executing or draining", async () => {
    const outcomes = await inEachState((manager) =>
      void manager.addExecuteTask("late", untilStopped)
    );
    for (const state of STATES.slice(0, 4)) {
      assertEquals(outcomes.get(state), undefined);
    }
    for (const state of STATES.slice(4)) {
      const error = outcomes.get(state);
      assertInstanceOf(error, InvalidStateError);
      assertEquals(error.state, state);
      assertEquals(error.taskName, "late");
      assertStringIncludes(error.message, '"late"');
      assertStringIncludes(error.message, `"${state}"`);
    }
  });

  it("queues execute tasks before and during initialization", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    manager.addExecuteTask("before", notingTask(log));
    manager.addTask(
      "task",
      notingTask(log, {
        initialize: () =>
          void manager.addExecuteTask("during", notingTask(log)),
      }),
    );
    const { errors } = await running(manager);
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, [
      "task initialize",
      "task execute",
      "before execute",
      "during execute",
      "task cleanup",
    ]);
  });

  it("starts execute tasks at once while it executes", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    const { errors } = await running(manager);
    manager.addExecuteTask("task", notingTask(log));
    log.push("added");
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, ["task execute", "added"]);
  });

  it("starts execute tasks at once from inside another task, too", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    manager.addExecuteTask("outer", (context) => {
      log.push("outer begins");
      manager.addExecuteTask("inner", notingTask(log));
      log.push("outer ends");
      return context.done;
    });
    manager.addExecuteTask("next", notingTask(log));
    const { errors } = await running(manager);
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, [
      "outer begins",
      "inner execute",
      "outer ends",
      "next execute",
    ]);
  });

  it("never calls a task that it did not take", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    const refused = notingTask(log);
    const addBoth = () => {
      assertThrows(() => manager.addTask("task", refused), InvalidStateError);
      assertThrows(
        () => manager.addExecuteTask("execute task", refused),
        InvalidStateError,
      );
    };
    manager.addTask("task", { execute: untilStopped, cleanup: addBoth });
    const { errors } = await running(manager);
    await manager.stop();
    addBoth();
    assertEquals(await errors, []);
    assertEquals(log, []);
  });

  it("throws TypeError for a name that is not a non-empty string", async () => {
    await rejectsAll(NO_NAMES.flatMap(({ name, shown }) => [
      {
        add: (manager) => manager.addTask(name as never, task),
        parts: ["Cannot add", "name", "a non-empty string", shown],
      },
      {
        add: (manager) => manager.addExecuteTask(name as never, task),
        parts: ["Cannot add", "execute task", "a non-empty string", shown],
      },
    ]));
  });

  it("throws TypeError for a task with none of the four methods", async () => {
    await rejectsAll(NO_TASKS.flatMap(({ task, shown }) => [
      {
        add: (manager) => manager.addTask("bad", task as never),
        parts: ['"bad"', "'execute'", "function", shown],
      },
    ]));
  });

  it("throws TypeError for an execute task without an execute function", async () => {
    await rejectsAll(NO_EXECUTE_TASKS.map(({ task, shown }) => ({
      add: (manager) => manager.addExecuteTask("bad", task as never),
      parts: ['"bad"', "'execute' function", shown],
    })));
  });

  for (const stage of STAGES) {
    it(`takes a task that has ${stage} alone`, async () => {
      const log: string[] = [];
      const manager = new TaskManager();
      manager.addTask("it", {
        [stage]: ({ done }: TaskContext) => {
          log.push(stage);
          return stage === "execute" ? done : undefined;
        },
      });
      const { errors } = await running(manager);
      assertEquals(manager.state, "executing");
      await manager.stop();
      assertEquals(await errors, []);
      assertEquals(log, [stage]);
    });

    it(`throws TypeError for ${stage} that is there and no function`, async () => {
      await rejectsAll(NO_METHODS.flatMap(({ method, shown }) => [
        {
          add: (manager) =>
            manager.addTask("bad", { ...task, [stage]: method as never }),
          parts: ['"bad"', `'${stage}'`, "a function", shown],
        },
        {
          add: (manager) =>
            manager.addExecuteTask("bad", {
              execute: untilStopped,
              [stage]: method as never,
            }),
          parts: [
            '"bad"',
            `'${stage}'`,
            "function",
            // Without an execute, it is the whole that is no execute task.
            stage === "execute" ? "an instance of Object" : shown,
          ],
        },
      ]));
    });

    for (const { what, generator } of GENERATORS) {
      it(`throws TypeError for ${stage} that is ${what}`, async () => {
        await rejectsAll([
          {
            add: (manager) =>
              manager.addTask("bad", { ...task, [stage]: generator }),
            parts: ['"bad"', `'${stage}'`, "generator"],
          },
          {
            add: (manager) =>
              manager.addExecuteTask("bad", {
                execute: untilStopped,
                [stage]: generator,
              }),
            parts: ['"bad"', `'${stage}'`, "generator"],
          },
        ]);
      });
    }
  }

  for (const { what, generator } of GENERATORS) {
    it(`throws TypeError for ${what} as an execute task`, async () => {
      await rejectsAll([{
        add: (manager) => manager.addExecuteTask("bad", generator),
        parts: ['"bad"', "generator"],
      }]);
    });
  }

  it("throws TypeError for a stop-group task without execute", async () => {
    await rejectsAll([{
      add: (manager) =>
        manager.addTask("bad", { cleanup: () => {} }, { type: "stop-group" }),
      parts: ['"bad"', "stop-group", "'execute' function"],
    }]);
  });

  it("takes initialize and cleanup that are undefined", async () => {
    const manager = new TaskManager();
    const bare = { ...task, initialize: undefined, cleanup: undefined };
    manager.addTask("bare", bare as unknown as Task);
    const { errors } = await running(manager);
    await manager.stop();
    assertEquals(await errors, []);
  });

  it("throws TypeError for an unknown type", async () => {
    await rejectsAll([
      ...NO_TYPES.flatMap(({ type, shown }) => [
        {
          add: (manager: TaskManager) =>
            manager.addTask("bad", task, { type: type as never }),
          parts: ['"bad"', '"strict" or "error" or "stop-group"', shown],
        },
        {
          add: (manager: TaskManager) =>
            manager.addExecuteTask("bad", task, { type: type as never }),
          parts: ['"bad"', '"strict" or "error"', shown],
        },
      ]),
      {
        add: (manager) =>
          manager.addExecuteTask("bad", task, { type: "stop-group" as never }),
        parts: ['"bad"', 'must be "strict" or "error":', '"stop-group"'],
      },
    ]);
  });

  it("throws TypeError for options that are no object", async () => {
    await rejectsAll(NO_OPTIONS.flatMap(({ options, shown }) => [
      {
        add: (manager) => manager.addTask("bad", task, options as never),
        parts: ['"bad"', "options must be an object", shown],
      },
      {
        add: (manager) => manager.addExecuteTask("bad", task, options as never),
        parts: ['"bad"', "options must be an object", shown],
      },
    ]));
  });

  it("throws TypeError for a TaskManager as a task, and names addExecuteTask", async () => {
    await rejectsAll([{
      add: (manager) => manager.addTask("bad", new TaskManager()),
      parts: ['"bad"', "TaskManager", "addExecuteTask"],
    }]);
  });

  it("takes a bare function as an execute task only", async () => {
    await rejectsAll([{
      add: (manager) => manager.addTask("bad", untilStopped as never),
      parts: ['"bad"', "function", "addExecuteTask"],
    }]);
    const contexts: TaskContext[] = [];
    const manager = new TaskManager();
    manager.addExecuteTask("good", (context) => void contexts.push(context), {
      type: "error",
    });
    await running(manager);
    await manager.stop();
    assertEquals(contexts.map(({ name }) => name), ["good"]);
    assertInstanceOf(contexts[0], TaskContext);
  });

  it("takes a function that has an execute as the object it is", async () => {
    const log: string[] = [];
    const callable: ExecuteTask = Object.assign(
      () => void log.push("called"),
      { execute: () => void log.push("executed") },
    );
    const manager = new TaskManager();
    manager.addTask("task", callable, { type: "error" });
    manager.addExecuteTask("execute task", callable, { type: "error" });
    await running(manager);
    await manager.stop();
    assertEquals(log, ["executed", "executed"]);
  });

  it("takes bad input while it executes as little as before, and executes on", async () => {
    const manager = new TaskManager();
    const { errors } = await running(manager);
    assertThrows(() => manager.addExecuteTask("bad", {} as never), TypeError);
    assertThrows(() => manager.addExecuteTask("", untilStopped), TypeError);
    assertEquals(manager.state, "executing");
    await manager.stop();
    assertEquals(await errors, []);
  });

  it("lets names repeat", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    manager.addTask("same", notingTask(log));
    manager.addTask("same", notingTask(log));
    manager.addExecuteTask("same", notingTask(log));
    manager.addExecuteTask("same", notingTask(log));
    await running(manager);
    await manager.stop();
    assertEquals(log.filter((line) => line === "same execute").length, 4);
  });

  it("takes the same task twice", async () => {
    const log: string[] = [];
    const manager = new TaskManager();
    const shared = notingTask(log);
    manager.addTask("one", shared);
    manager.addTask("two", shared);
    await running(manager);
    await manager.stop();
    assertEquals(log, [
      "one initialize",
      "two initialize",
      "one execute",
      "two execute",
      "two cleanup",
      "one cleanup",
    ]);
  });

  it("takes ten thousand tasks, runs them and stops them in order", async () => {
    const COUNT = 5_000;
    const manager = new TaskManager();
    const initialized: number[] = [];
    const executed: number[] = [];
    const told: number[] = [];
    const cleaned: number[] = [];
    for (let index = 0; index < COUNT; index++) {
      const execute: Task["execute"] = ({ signal, done }) => {
        executed.push(index);
        signal.addEventListener("abort", () => told.push(index));
        return done;
      };
      manager.addTask(`task ${index}`, {
        initialize: () => void initialized.push(index),
        execute,
        cleanup: () => void cleaned.push(index),
      });
    }
    for (let index = COUNT; index < 2 * COUNT; index++) {
      manager.addExecuteTask(`execute task ${index}`, ({ signal, done }) => {
        executed.push(index);
        signal.addEventListener("abort", () => told.push(index));
        return done;
      });
    }
    const { errors } = await running(manager);
    assertEquals(manager.state, "executing");
    await manager.stop();
    assertEquals(await errors, []);
    const all = Array.from({ length: 2 * COUNT }, (_, index) => index);
    assertEquals(executed, all);
    assertEquals(told, all);
    assertEquals(initialized, all.slice(0, COUNT));
    assertEquals(cleaned, all.slice(0, COUNT).reverse());
  });
});
