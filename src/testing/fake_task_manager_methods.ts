import type {
  AddExecuteTaskOptions,
  AddTaskOptions,
  RunOptions,
} from "../manager_types.ts";
import type { ExecuteFunction, ExecuteTask, Task } from "../task.ts";
import type { TaskContext } from "../task_context.ts";
import type { TaskError } from "../task_error.ts";
import type { ManagerStopOptions, TaskHandle } from "../task_handle.ts";
import type { FakeAsyncMethod } from "./fake_async_method.ts";
import type { FakeMethod } from "./fake_method.ts";

/**
 * The methods of a {@linkcode FakeTaskManager}: what each was called with, and
 * what it does when called. A call is recorded under the method that was
 * called, and under no other.
 */
export interface FakeTaskManagerMethods {
  /**
   * By default checks its arguments as a TaskManager does, in any state, and
   * returns a handle, whose `cancel` makes its task `"never-started"`.
   */
  readonly addTask: FakeMethod<
    [name: string, task: Task, options?: AddTaskOptions | undefined],
    TaskHandle
  >;
  /**
   * By default checks its arguments as a TaskManager does, in any state, and
   * returns a handle, whose `cancel` makes its task `"never-started"`.
   */
  readonly addExecuteTask: FakeMethod<
    [
      name: string,
      task: ExecuteTask | ExecuteFunction,
      options?: AddExecuteTaskOptions | undefined,
    ],
    TaskHandle
  >;
  /** By default waits until the manager is stopped or the signal aborts. */
  readonly run: FakeAsyncMethod<
    [options?: RunOptions | undefined],
    void | PromiseLike<void>
  >;
  /** By default waits as `run` does, and resolves with no errors. */
  readonly runSettled: FakeAsyncMethod<
    [options?: RunOptions | undefined],
    TaskError[] | PromiseLike<TaskError[]>
  >;
  /**
   * By default stops the manager, and waits until the run is over. There is
   * nothing to drain, so that `drain` of the options changes nothing.
   */
  readonly stop: FakeAsyncMethod<
    [reason?: unknown, options?: ManagerStopOptions | undefined],
    void | PromiseLike<void>
  >;
  /** By default waits as `run` does. */
  readonly execute: FakeAsyncMethod<
    [context: TaskContext],
    void | PromiseLike<void>
  >;
  /**
   * By default the manager is `"draining"` from then on, without a drain to
   * wait for, until the signal of the context aborts or it is stopped. One that
   * does not execute yet is stopped by it.
   */
  readonly drain: FakeAsyncMethod<
    [context: TaskContext],
    void | PromiseLike<void>
  >;
  /** What `await using` calls: by default does what `stop` does. */
  readonly dispose: FakeAsyncMethod<[], void | PromiseLike<void>>;
}
