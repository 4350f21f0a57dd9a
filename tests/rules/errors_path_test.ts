import { type Stage, type Task, TaskError, TaskManager } from "@goasync/core";
import {
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { gate } from "../helpers/gate.ts";
import { untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";

/** A run of a manager of which one task, "connection", fails. */
function failingRun(): Promise<void> {
  const inner = new TaskManager();
  inner.addTask("connection", {
    initialize: () => Promise.reject(new Error("refused")),
  });
  return inner.run();
}

/** What each error says of where it happened. */
function paths(errors: readonly TaskError[]): string[] {
  return errors.map(({ path }) => path.join("/"));
}

describe("the path of a TaskError", () => {
  it("is that of its own task, for each of two tasks that are given the same run", async () => {
    const run = failingRun();
    const manager = new TaskManager();
    manager.addExecuteTask("reader", () => run);
    manager.addExecuteTask("writer", () => run);
    const errors = await manager.runSettled();
    assertEquals(paths(errors), ["reader/connection", "writer/connection"]);
    assertEquals(errors.map(({ message }) => message), [
      'Task "reader/connection" failed in initialize: refused',
      'Task "writer/connection" failed in initialize: refused',
    ]);
    assertStrictEquals(errors[0]?.cause, errors[1]?.cause);
  });

  it("does not grow when one promise is thrown again and again", async () => {
    const run = failingRun();
    for (let time = 0; time < 3; time++) {
      const manager = new TaskManager();
      manager.addExecuteTask("api", () => run);
      assertEquals(paths(await manager.runSettled()), ["api/connection"]);
    }
    const error = await assertRejects(() => run, AggregateError);
    assertEquals(paths(error.errors), ["connection"]);
    assertEquals(
      error.message,
      'Task "connection" failed in initialize: refused',
    );
  });

  it("leads from whoever reports it, each manager in turn, down to the task", async () => {
    const inner = new TaskManager();
    inner.addTask("connection", {
      initialize: () => Promise.reject(new Error("refused")),
    });
    const middle = new TaskManager();
    middle.addTask("pool", inner.asTask());
    const manager = new TaskManager();
    manager.addExecuteTask("api", middle);
    const [error] = await manager.runSettled();
    const found: string[] = [];
    let each: unknown = error;
    while (each instanceof TaskError) {
      found.push(each.path.join("/"));
      const { cause }: TaskError = each;
      if (!(cause instanceof AggregateError)) break;
      each = cause.errors[0];
    }
    assertEquals(found, [
      "api/pool/connection",
      "pool/connection",
      "connection",
    ]);
  });

  it("is that of a task which throws the error of another task", async () => {
    const thrown = await assertRejects(failingRun, AggregateError);
    const [inner] = thrown.errors;
    const manager = new TaskManager();
    manager.addExecuteTask("api", () => Promise.reject(inner));
    const [error] = await manager.runSettled();
    assertEquals(error?.path, ["api"]);
    assertStrictEquals(error?.cause, inner);
    assertEquals(inner.path, ["connection"]);
  });

  it("leads to the first that failed in a manager within, if several did", async () => {
    const stops = gate();
    const inner = new TaskManager();
    for (const name of ["first", "second"]) {
      inner.addTask(name, {
        execute: untilStopped,
        cleanup: () => Promise.reject(new Error(`${name} is stuck`)),
      });
    }
    const manager = new TaskManager();
    manager.addExecuteTask("inner", inner);
    const { errors } = await running(manager);
    manager.stop();
    stops.open();
    const list = await errors;
    assertEquals(paths(list), ["inner/second"]);
    assertEquals(
      list[0]?.message,
      'Task "inner/second" failed in cleanup: second is stuck (and 1 more)',
    );
    assertInstanceOf(list[0]?.cause, AggregateError);
    assertEquals(paths(list[0].cause.errors), ["second", "first"]);
  });

  it("is the same whatever stage the run was given to", async () => {
    const stages: Stage[] = ["initialize", "execute", "drain", "cleanup"];
    const run = failingRun();
    for (const stage of stages) {
      const manager = new TaskManager();
      const task: Task = { execute: untilStopped, [stage]: () => run };
      manager.addTask("api", task);
      const { errors } = await running(manager);
      await manager.stop();
      const list = await errors;
      assertEquals(paths(list), ["api/connection"]);
      assertEquals(list[0]?.stage, stage);
    }
  });

  it("cannot be changed", async () => {
    const run = failingRun();
    const manager = new TaskManager();
    manager.addExecuteTask("api", () => run);
    const errors = await manager.runSettled();
    const { errors: inner } = await assertRejects(() => run, AggregateError);
    for (const error of [...errors, ...inner]) {
      assertEquals(Object.isFrozen(error.path), true);
      assertEquals(Reflect.set(error, "path", []), false);
    }
    assertEquals(paths(errors), ["api/connection"]);
  });
});
