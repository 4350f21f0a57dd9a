import {
  InvalidStateError,
  type TaskContext,
  type TaskError,
  type TaskHandle,
  TaskManager,
} from "@goasync/core";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Database, executing } from "../helpers/database.ts";
import { running } from "../helpers/running.ts";

/** Everything that can be reached from an object without a call. */
function reachable(value: unknown, found: Set<unknown> = new Set()) {
  if (Object(value) !== value || found.has(value) || found.size > 10_000) {
    return found;
  }
  found.add(value);
  const target = value as object;
  let owner: object | null = target;
  for (; owner && owner !== Object.prototype; owner = prototypeOf(owner)) {
    for (const key of Reflect.ownKeys(owner)) {
      try {
        reachable(Reflect.get(owner, key, target), found);
      } catch {
        continue; // It is for other objects only.
      }
    }
  }
  return found;
}

function prototypeOf(value: object): object | null {
  return Object.getPrototypeOf(value);
}

describe("rule 21: what a user is handed", () => {
  it("has no field of its own, and leads to no task", async () => {
    const task = new Database();
    const events: unknown[] = [];
    const contexts: TaskContext[] = [];
    const manager = new TaskManager();
    manager.subscribe((event) => events.push(event));
    const handle = manager.addTask("db", task);
    manager.addTask("other", {
      execute(context) {
        contexts.push(context, context.fork());
        return context.done;
      },
      cleanup: () => Promise.reject("broken"),
    });
    const { errors } = await running(manager);
    for (const each of [handle, manager, ...manager.tasks, ...contexts]) {
      assertEquals(Reflect.ownKeys(each), []);
    }
    const during = [handle, manager, manager.tasks, contexts, manager.report()];
    const found = during.map((each) => reachable(each));
    await manager.stop();
    found.push(reachable(await errors), reachable(events));
    assert(found.every((each) => each.size > 1));
    for (const each of found) assertEquals(each.has(task), false);
    assertEquals(reachable({ list: [{ task }] }).has(task), true);
  });
});

/** What cannot be assigned to, by what it is of. */
function readOnly(
  handle: TaskHandle,
  context: TaskContext,
  manager: TaskManager,
  error: TaskError,
  refused: InvalidStateError,
): [object, string[]][] {
  return [
    [handle, ["name", "state", "finished"]],
    [manager, ["state", "tasks"]],
    [context, ["name", "signal", "draining", "done", "abandoned", "note"]],
    [error, ["path", "code", "stage", "taskName", "taskType"]],
    [refused, ["state", "taskName"]],
  ];
}

describe("rule 21: assigning to what is shown", () => {
  it("throws in strict code, and changes nothing in any", async () => {
    const { manager, handle, context, end } = await executing();
    const refused = assertThrows(
      () => manager.addTask("late", new Database()),
      InvalidStateError,
    );
    const failed = new TaskManager();
    failed.addExecuteTask("it", () => Promise.reject("broken"));
    const [error] = await failed.runSettled();
    for (
      const [target, keys] of readOnly(
        handle,
        context,
        manager,
        error!,
        refused,
      )
    ) {
      for (const key of keys) {
        const before = JSON.stringify(target);
        assertEquals(Reflect.set(target, key, { pool: 1 }), false, key);
        assertThrows(
          () => (target as Record<string, unknown>)[key] = { pool: 1 },
          TypeError,
        );
        assertEquals(JSON.stringify(target), before);
      }
    }
    await end();
  });

  it("is no harm for a JavaScript task that keeps its own on the context", async () => {
    const log: unknown[] = [];
    const manager = new TaskManager();
    const handle = manager.addTask("db", {
      initialize(context) {
        const ctx = context as unknown as Record<string, unknown>;
        log.push(ctx.state, ctx.terms, ctx.stages);
        ctx.state = { pool: "a pool" };
        ctx.terms = null;
        ctx.stages = 5;
      },
      execute(context) {
        const ctx = context as unknown as Record<string, unknown>;
        log.push(ctx.state, ctx.terms, ctx.stages);
        return context.done;
      },
    });
    const { errors } = await running(manager);
    assertEquals([manager.state, handle.state], ["executing", "executing"]);
    await manager.stop();
    assertEquals(await errors, []);
    assertEquals(log, [
      ...[undefined, undefined, undefined],
      ...[{ pool: "a pool" }, null, 5],
    ]);
    assertEquals(handle.state, "clean");
  });

  it("to a report or to a list of tasks changes that copy alone", async () => {
    const { manager, end } = await executing();
    const report = manager.report();
    report.state = "finished";
    report.tasks.length = 0;
    manager.tasks.length = 0;
    manager.toJSON().tasks.length = 0;
    assertEquals(manager.report().tasks.length, 1);
    assertEquals(manager.report().state, "executing");
    assertEquals(manager.tasks.length, 1);
    assertEquals(manager.toJSON().tasks, ["db executing"]);
    await end();
  });
});
