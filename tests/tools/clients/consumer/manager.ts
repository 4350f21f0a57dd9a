import {
  type AddExecuteTaskOptions,
  type AddTaskOptions,
  type AsyncTaskManager,
  type ExecuteFunction,
  type ExecuteTask,
  type ExecuteTaskType,
  type ManagerState,
  type RunOptions,
  type Task,
  type TaskHandle,
  TaskManager,
  type TaskManagerOptions,
  type TaskOutcome,
  type TaskState,
  type TaskTimeouts,
  type TaskType,
} from "@goasync/core";
import { deepEqual, equal } from "node:assert/strict";

/** A run with tasks of each type, from `new` to the end of its block. */
export async function useManager(): Promise<void> {
  const log: string[] = [];
  const timeouts: TaskTimeouts = { stopTimeout: 10_000, cleanupTimeout: 1_000 };
  const options: TaskManagerOptions = { ...timeouts, shutdownTimeout: 20_000 };
  const stop = new AbortController();
  const runOptions: RunOptions = { signal: stop.signal };
  {
    await using manager: TaskManager = new TaskManager(options);
    for (const type of ["strict", "error"] satisfies TaskType[]) {
      const added: AddTaskOptions = { type, drainTimeout: 10 };
      manager.addTask(type, logged(log), added);
    }
    const job: TaskHandle = addJob(manager, "error", log);
    const run: Promise<void> = manager.run(runOptions);
    const outcome: TaskOutcome = await job.finished;
    equal(outcome, "clean");
    const states: TaskState[] = manager.tasks.map(({ state }) => state);
    deepEqual(states, ["executing", "executing"]);
    stop.abort("enough");
    await run;
    const state: ManagerState = manager.state;
    equal(state, "finished");
  }
  deepEqual(log, [
    "strict starts",
    "error starts",
    "job",
    "strict stops: enough",
    "error stops: enough",
    "error ends",
    "strict ends",
  ]);
}

/** Managers as a task and as an execute task of another one. */
export async function nestManagers(): Promise<void> {
  const log: string[] = [];
  const pool = new TaskManager();
  pool.addTask("pool", logged(log));
  const workers = new TaskManager();
  const worker: ExecuteTask = {
    execute({ done }) {
      manager.stop();
      return done;
    },
  };
  const handle = workers.addExecuteTask("worker", worker);

  const manager = new TaskManager();
  manager.addTask("pool", pool.asTask(), { type: "stop-group" });
  manager.addExecuteTask("workers", workers);
  deepEqual(await manager.runSettled(), []);
  equal(handle.state, "clean");
  equal(log.at(0), "pool starts");
  equal(log.at(-1), "pool ends");
}

/** What stops a manager at the end of a block, by its symbol. */
export async function disposeManager(): Promise<void> {
  const manager: AsyncTaskManager & AsyncDisposable = new TaskManager();
  const disposed: PromiseLike<void> = manager[Symbol.asyncDispose]();
  await disposed;
  equal(manager.state, "finished");
}

function addJob(
  manager: AsyncTaskManager,
  type: ExecuteTaskType,
  log: string[],
): TaskHandle {
  const job: ExecuteFunction = ({ name }) => void log.push(name);
  const options: AddExecuteTaskOptions = { type, stopTimeout: 5_000 };
  return manager.addExecuteTask("job", job, options);
}

function logged(log: string[]): Task {
  return {
    initialize: ({ name }) => void log.push(`${name} starts`),
    async execute({ name, done, signal }) {
      await done;
      log.push(`${name} stops: ${signal.reason}`);
    },
    cleanup: ({ name }) => void log.push(`${name} ends`),
  };
}
