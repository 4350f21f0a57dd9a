import {
  InvalidStateError,
  TaskError,
  type TaskErrorOptions,
  TaskManager,
} from "@goasync/core";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";

const FAILED: TaskErrorOptions = {
  taskName: "database",
  stage: "initialize",
  taskType: "strict",
  code: "FAILED",
  cause: new Error("no disk"),
};

describe("TaskError", () => {
  it("is an Error that says which task failed, where and why", () => {
    const error = new TaskError(FAILED);
    assertInstanceOf(error, Error);
    assertInstanceOf(error, TaskError);
    assertEquals(error.name, "TaskError");
    assertEquals(error.taskName, "database");
    assertEquals(error.stage, "initialize");
    assertEquals(error.taskType, "strict");
    assertEquals(error.code, "FAILED");
    assertStrictEquals(error.cause, FAILED.cause);
    assertEquals(
      String(error),
      'TaskError: Task "database" failed in initialize: no disk',
    );
    assertStringIncludes(error.stack!, "no disk");
  });

  it("has a cause if it failed, even if that is undefined", () => {
    const error = new TaskError({ ...FAILED, cause: undefined });
    assertEquals("cause" in error, true);
    assertEquals(error.cause, undefined);
  });

  it("says what to do about a strict task that returned", () => {
    const error = new TaskError({
      taskName: "worker",
      stage: "execute",
      taskType: "strict",
      code: "UNEXPECTED_STOP",
    });
    assertEquals(error.code, "UNEXPECTED_STOP");
    assertEquals("cause" in error, false);
    assertStringIncludes(error.message, 'Task "worker" returned');
    assertStringIncludes(error.message, 'use type "error"');
  });

  it("has no stack of the manager's own: where it happened, its cause says", async () => {
    const manager = new TaskManager();
    manager.addExecuteTask("api", () => {
      throw new Error("no port");
    });
    const [error] = await manager.runSettled();
    assertEquals(
      error!.stack,
      'TaskError: Task "api" failed in execute: no port',
    );
    assertEquals(Object.keys(error!).includes("stack"), false);
  });

  it("shows its name as an Error does, not as a property of its own", () => {
    assertEquals(Object.keys(new TaskError(FAILED)).includes("name"), false);
  });
});

describe("InvalidStateError", () => {
  it("is an Error that says in which state a call was refused", () => {
    const error = new InvalidStateError("Cannot add that", {
      state: "stopping",
      taskName: "late",
    });
    assertInstanceOf(error, Error);
    assertInstanceOf(error, InvalidStateError);
    assertEquals(String(error), "InvalidStateError: Cannot add that");
    assertEquals(error.state, "stopping");
    assertEquals(error.taskName, "late");
  });

  it("has no task name if the call was not to add one", () => {
    const error = new InvalidStateError("Cannot run", { state: "finished" });
    assertEquals(error.taskName, undefined);
  });
});

describe("the AggregateError of a run", () => {
  const run = (count: number) => {
    const manager = new TaskManager();
    for (let index = 1; index <= count; index++) {
      manager.addExecuteTask(
        `task ${index}`,
        () => Promise.reject(new Error(`broken ${index}`)),
      );
    }
    return assertRejects(() => manager.run(), AggregateError);
  };

  it("has the message of the only error", async () => {
    const error = await run(1);
    assertEquals(error.message, error.errors[0].message);
  });

  it("says how many more there are than the first", async () => {
    const error = await run(3);
    assertEquals(error.errors.length, 3);
    assert(error.errors.every((each) => each instanceof TaskError));
    assertStringIncludes(error.message, "broken 1");
    assertStringIncludes(error.message, "and 2 more");
  });
});
