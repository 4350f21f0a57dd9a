import { checkRunOptions, checkStopOptions, wrong } from "../arguments.ts";
import type { AsyncTaskManager, RunOptions } from "../manager_types.ts";
import { onAbort } from "../on_abort.ts";
import { deferred } from "../promises.ts";
import type { ManagerState } from "../states.ts";
import { TaskContext } from "../task_context.ts";
import type { TaskError } from "../task_error.ts";
import type { ManagerStopOptions, TaskHandle } from "../task_handle.ts";
import { FakeAsyncMethod } from "./fake_async_method.ts";
import { admit } from "./fake_handle.ts";
import { type FakeOptions, writerOf } from "./fake_log.ts";
import { FakeMethod } from "./fake_method.ts";
import type { FakeTaskManagerMethods } from "./fake_task_manager_methods.ts";

const STATES: readonly ManagerState[] = [
  "idle",
  "initializing",
  "executing",
  "draining",
  "stopping",
  "cleaning-up",
  "finished",
];

/**
 * An {@linkcode AsyncTaskManager} that records how it was called, and does what
 * a test says, for testing code that takes a manager.
 *
 * It calls no task, and keeps no process alive: a test finds the tasks that
 * were added in the recorded calls. By default a run waits until `stop` is
 * called or its signal aborts, and ends at once if that was before. Each of its
 * {@linkcode FakeTaskManager.methods} can be given something else to do.
 *
 * @example Code that takes a manager
 * ```ts
 * import type { AsyncTaskManager } from "@goasync/core";
 * import { FakeTask, FakeTaskManager } from "@goasync/core/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const database = new FakeTask();
 * function start(manager: AsyncTaskManager): Promise<void> {
 *   manager.addTask("database", database);
 *   return manager.run();
 * }
 *
 * const manager = new FakeTaskManager();
 * const run = start(manager);
 * assertEquals(manager.methods.addTask.calls, [["database", database]]);
 * assertEquals(manager.methods.run.callCount, 1);
 * assertEquals(manager.state, "executing");
 *
 * await manager.stop();
 * await run;
 * assertEquals(manager.state, "finished");
 * ```
 *
 * @example A manager that takes no more tasks
 * ```ts
 * import { InvalidStateError } from "@goasync/core";
 * import { FakeTaskManager } from "@goasync/core/testing";
 * import { assertThrows } from "@std/assert";
 *
 * const manager = new FakeTaskManager();
 * manager.state = "stopping";
 * manager.methods.addExecuteTask.throws(
 *   new InvalidStateError("Too late", { state: "stopping" }),
 * );
 * assertThrows(
 *   () => manager.addExecuteTask("job", () => {}),
 *   InvalidStateError,
 * );
 * ```
 */
export class FakeTaskManager implements AsyncTaskManager {
  /** What each method was called with, and what it does when called. */
  readonly methods: FakeTaskManagerMethods;
  #state: ManagerState = "idle";
  readonly #stopBegins = deferred();
  #over: Promise<void> = Promise.resolve();

  /**
   * Creates a fake manager.
   *
   * @param options How it is made.
   * @throws {TypeError} If the options are no object, or `log` is no array.
   */
  constructor(options: FakeOptions = {}) {
    const write = writerOf("create a FakeTaskManager", options);
    const note = (method: string) => (event: string) =>
      write(`manager ${method} ${event}`);
    this.methods = {
      addTask: new FakeMethod(
        (name, task, options = {}) => admit("add task", name, task, options),
        note("addTask"),
      ),
      addExecuteTask: new FakeMethod(
        (name, task, options = {}) =>
          admit("add execute task", name, task, options),
        note("addExecuteTask"),
      ),
      run: new FakeAsyncMethod(
        (options) => this.#untilStopped(options),
        note("run"),
      ),
      runSettled: new FakeAsyncMethod(
        async (options) => {
          await this.#untilStopped(options);
          return [];
        },
        note("runSettled"),
      ),
      stop: new FakeAsyncMethod(
        (_reason, options) => this.#stop(options),
        note("stop"),
      ),
      execute: new FakeAsyncMethod(
        (context) => this.#untilStopped(context),
        note("execute"),
      ),
      drain: new FakeAsyncMethod(
        (context) => this.#drain(context),
        note("drain"),
      ),
      dispose: new FakeAsyncMethod(() => this.#stop(), note("dispose")),
    };
  }

  /**
   * Where the manager is in its life. It is `"executing"` as soon as it runs,
   * `"draining"` when it is drained as a task of another manager, `"stopping"`
   * when it is stopped or its signal aborts, and `"finished"` when the run is
   * over. A test may set it to anything else: the fake takes every call in
   * every state.
   */
  get state(): ManagerState {
    return this.#state;
  }

  set state(state: ManagerState) {
    if (!STATES.includes(state)) {
      const action = "set the state of a FakeTaskManager";
      const expected = `it must be "${STATES.join('" or "')}"`;
      throw wrong(action, expected, state);
    }
    this.#state = state;
  }

  /**
   * Does what `methods.addTask` was set to.
   *
   * @param args The name, the task and the options.
   * @returns What the stub returns.
   */
  addTask(
    ...args: Parameters<FakeTaskManagerMethods["addTask"]["invoke"]>
  ): TaskHandle {
    return this.methods.addTask.invoke(...args);
  }

  /**
   * Does what `methods.addExecuteTask` was set to.
   *
   * @param args The name, the task and the options.
   * @returns What the stub returns.
   */
  addExecuteTask(
    ...args: Parameters<FakeTaskManagerMethods["addExecuteTask"]["invoke"]>
  ): TaskHandle {
    return this.methods.addExecuteTask.invoke(...args);
  }

  /**
   * Does what `methods.run` was set to.
   *
   * @param args The options, if any.
   * @returns A promise of what the stub returns.
   */
  run(
    ...args: Parameters<FakeTaskManagerMethods["run"]["invoke"]>
  ): Promise<void> {
    return this.#live(() => this.methods.run.invoke(...args));
  }

  /**
   * Does what `methods.runSettled` was set to.
   *
   * @param args The options, if any.
   * @returns A promise of what the stub returns.
   */
  runSettled(
    ...args: Parameters<FakeTaskManagerMethods["runSettled"]["invoke"]>
  ): Promise<TaskError[]> {
    return this.#live(() => this.methods.runSettled.invoke(...args));
  }

  /**
   * Does what `methods.stop` was set to.
   *
   * @param args The reason and the options, if any.
   * @returns A promise of what the stub returns.
   */
  async stop(
    ...args: Parameters<FakeTaskManagerMethods["stop"]["invoke"]>
  ): Promise<void> {
    await this.methods.stop.invoke(...args);
  }

  /**
   * Does what `methods.execute` was set to.
   *
   * @param context The context of the task that the manager is.
   * @returns A promise of what the stub returns.
   */
  execute(context: TaskContext): Promise<void> {
    return this.#live(() => this.methods.execute.invoke(context));
  }

  /**
   * Does what `methods.drain` was set to.
   *
   * @param context The context of the task that the manager is.
   * @returns A promise of what the stub returns, if that is one.
   */
  drain(context: TaskContext): Promise<void> | undefined {
    const drained = this.methods.drain.invoke(context);
    return drained ? Promise.resolve(drained) : undefined;
  }

  /**
   * Does what `methods.dispose` was set to.
   *
   * @returns A promise of what the stub returns.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.methods.dispose.invoke();
  }

  /**
   * Forgets the calls of every method. What the methods do, the state and the
   * log stay; a manager that was stopped stays so.
   */
  clear(): void {
    for (const method of Object.values(this.methods)) method.clear();
  }

  async #live<Value>(run: () => Value | PromiseLike<Value>): Promise<Value> {
    const over = deferred();
    this.#over = over.promise;
    if (this.#state === "idle") this.#state = "executing";
    try {
      return await run();
    } finally {
      this.#state = "finished";
      over.resolve();
    }
  }

  async #untilStopped(options: RunOptions = {}): Promise<void> {
    if (!(options instanceof TaskContext)) checkRunOptions(options);
    const { signal } = options;
    const unlisten = signal && onAbort(signal, () => this.#beginStop());
    await this.#stopBegins.promise;
    unlisten?.();
  }

  async #stop(options: ManagerStopOptions = {}): Promise<void> {
    checkStopOptions(options);
    this.#beginStop();
    await this.#over;
  }

  /** Goes on until the signal aborts of the task that it is. */
  #drain(context: TaskContext): void {
    if (!(context instanceof TaskContext)) {
      const expected = "it must be given the TaskContext of its task";
      throw wrong("drain a TaskManager", expected, context);
    }
    if (this.#state === "idle" || this.#state === "initializing") {
      this.#beginStop();
    }
    if (this.#state !== "executing") return;
    this.#state = "draining";
    const unlisten = onAbort(context.signal, () => this.#beginStop());
    void this.#stopBegins.promise.then(unlisten);
  }

  #beginStop(): void {
    if (this.#state === "idle") this.#state = "finished";
    else if (this.#state !== "finished") this.#state = "stopping";
    this.#stopBegins.resolve();
  }
}
