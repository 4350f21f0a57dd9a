import { deferred } from "../promises.ts";
import { FakeMethod } from "./fake_method.ts";

/**
 * A {@linkcode FakeMethod} whose callers wait for what it returns, so that a
 * test can hold them.
 *
 * @typeParam Args What the method is called with.
 * @typeParam Result What it returns.
 *
 * @example Nothing executes before everything is initialized
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { FakeTask } from "@goasync/core/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const database = new FakeTask();
 * const gate = database.stages.initialize.hold();
 *
 * const manager = new TaskManager();
 * manager.addTask("database", database);
 * const run = manager.run();
 * await gate.reached;
 * assertEquals(manager.state, "initializing");
 *
 * gate.open();
 * manager.stop();
 * await run;
 * ```
 */
export class FakeAsyncMethod<Args extends unknown[], Result>
  extends FakeMethod<Args, Result> {
  /**
   * Makes the method wait from the next call on, until the test lets it go.
   * Every call waits at the same gate, and passes at once when it has been
   * opened; to hold a later call, hold the method again.
   *
   * A call that is held ignores every abort: a test decides when it ends.
   *
   * @example A task that is slow to stop
   * ```ts
   * import { TaskManager } from "@goasync/core";
   * import { FakeTask } from "@goasync/core/testing";
   * import { assertEquals } from "@std/assert";
   *
   * const server = new FakeTask();
   * const gate = server.stages.execute.hold();
   *
   * const manager = new TaskManager();
   * manager.addTask("server", server);
   * const run = manager.run();
   * const [{ signal }] = await gate.reached;
   * manager.stop("enough");
   * assertEquals(signal.reason, "enough");
   * assertEquals(server.stages.cleanup.callCount, 0);
   *
   * gate.open();
   * await run;
   * assertEquals(server.stages.cleanup.callCount, 1);
   * ```
   *
   * @returns What tells the test that the method was called, and lets it go.
   */
  hold(): Gate<Args, Result> {
    const reached = deferred<Args>();
    const outcome = deferred<() => Result>();
    const wait = async (...args: Args) => {
      reached.resolve(args);
      return (await outcome.promise)();
    };
    this.stub(wait as (...args: Args) => Result);
    return {
      reached: reached.promise,
      open: (value) => outcome.resolve(() => value),
      fail: (error) =>
        outcome.resolve(() => {
          throw error;
        }),
    };
  }
}

/**
 * Where the calls of a method wait that a test holds. Only the first `open` or
 * `fail` counts; either may come before the method is called.
 *
 * @typeParam Args What the method is called with.
 * @typeParam Result What it returns.
 *
 * @example Let a task go, or make it fail
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { FakeTask } from "@goasync/core/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const server = new FakeTask();
 * const gate = server.stages.execute.hold();
 *
 * const manager = new TaskManager();
 * manager.addTask("server", server);
 * const run = manager.runSettled();
 * await gate.reached;
 * gate.fail(new Error("connection lost"));
 * const [error] = await run;
 * assertEquals(error?.message, 'Task "server" failed in execute: connection lost');
 * ```
 */
export interface Gate<Args extends unknown[], Result> {
  /** Resolves with the arguments of the first call, when it has begun. */
  readonly reached: Promise<Args>;
  /**
   * Makes the calls return. For the `execute` of a strict task that was not
   * told to stop yet, this is an error, as with any other.
   *
   * @param value What they return: nothing, where the method returns nothing.
   */
  readonly open: (value: Result) => void;
  /**
   * Makes the calls reject.
   *
   * @param error What they reject with, unchanged.
   */
  readonly fail: (error: unknown) => void;
}
