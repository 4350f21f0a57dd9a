import {
  type AddTaskOptions,
  type AsyncTaskManager,
  type StopOptions,
  type Task,
  type TaskContext,
  type TaskHandle,
  TaskManager,
} from "@goasync/core";
import {
  type FakeAsyncMethod,
  FakeExecuteTask,
  type FakeMethod,
  type FakeOptions,
  type FakeStage,
  FakeTask,
  FakeTaskManager,
  type FakeTaskManagerMethods,
  type Gate,
} from "@goasync/core/testing";
import { deepEqual, equal } from "node:assert/strict";

/** Fakes of tasks, run by a manager. */
export async function useFakeTasks(): Promise<void> {
  const log: string[] = [];
  const options: FakeOptions = { log };
  const task = new FakeTask(options);
  const job = new FakeExecuteTask(options);
  const stage: FakeStage = job.stages.execute;
  const gate: Gate<[context: TaskContext], void | PromiseLike<unknown>> = stage
    .hold();

  const manager = new TaskManager();
  manager.addTask("task", task);
  manager.addExecuteTask("job", job, { type: "error" });
  const run = manager.run();
  const [context] = await gate.reached;
  equal(context.name, "job");
  manager.stop();
  gate.open();
  await run;
  equal(task.stages.cleanup.callCount, 1);
  equal(log.at(-1), "task cleanup ends");
}

/** A fake of a manager, for what is given one. */
export async function useFakeManager(): Promise<void> {
  const manager = new FakeTaskManager();
  const methods: FakeTaskManagerMethods = manager.methods;
  const stop: FakeAsyncMethod<
    [reason?: unknown, options?: StopOptions | undefined],
    void | PromiseLike<void>
  > = methods.stop;
  const add: FakeMethod<
    [name: string, task: Task, options?: AddTaskOptions | undefined],
    TaskHandle
  > = methods.addTask;
  const server = new FakeTask();
  const run = start(manager, server);
  await manager.stop("enough");
  await run;
  deepEqual(stop.calls, [["enough"]]);
  equal(add.callCount, 1);
}

function start(manager: AsyncTaskManager, server: FakeTask): Promise<void> {
  manager.addTask("server", server);
  return manager.run();
}
