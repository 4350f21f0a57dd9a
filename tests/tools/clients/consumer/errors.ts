import {
  InvalidStateError,
  type InvalidStateErrorOptions,
  type Stage,
  TaskError,
  type TaskErrorCode,
  type TaskErrorOptions,
  TaskManager,
} from "@goasync/core";
import { deepEqual, equal, rejects, throws } from "node:assert/strict";

/** The errors of a task, and those one makes. */
export async function useErrors(): Promise<void> {
  const cause = new Error("no connection");
  const manager = new TaskManager();
  manager.addTask("database", {
    initialize: () => Promise.reject(cause),
    execute: ({ done }) => done,
  });
  const [error] = await manager.runSettled();
  const stage: Stage | undefined = error?.stage;
  equal(stage, "initialize");
  deepEqual(error?.path, ["database"]);
  equal(error?.cause, cause);
  equal(error?.message, 'Task "database" failed in initialize: no connection');

  const code: TaskErrorCode = "UNEXPECTED_STOP";
  const options: TaskErrorOptions = {
    taskName: "job",
    stage: "execute",
    taskType: "strict",
    code,
  };
  equal(new TaskError(options).code, code);
}

/** What `run` rejects with. */
export async function useAggregateError(): Promise<void> {
  const manager = new TaskManager();
  manager.addExecuteTask("job", () => {});
  await rejects(manager.run(), (error) => {
    const { errors } = error as AggregateError;
    return errors.length === 1 && errors[0] instanceof TaskError;
  });
}

/** What a call at the wrong time throws. */
export async function useInvalidStateError(): Promise<void> {
  const manager = new TaskManager();
  await manager.stop();
  throws(() => manager.addExecuteTask("late", () => {}), InvalidStateError);
  const options: InvalidStateErrorOptions = {
    state: "finished",
    taskName: "late",
  };
  const error = new InvalidStateError("Too late", options);
  equal(error.state, "finished");
  equal(error.taskName, "late");
}
