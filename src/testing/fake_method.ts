import { wrong } from "../arguments.ts";

/**
 * One method of a fake: what it was called with, and what it does when called.
 *
 * @typeParam Args What the method is called with.
 * @typeParam Result What it returns.
 *
 * @example What a method was called with
 * ```ts
 * import { FakeTaskManager } from "@goasync/core/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const manager = new FakeTaskManager();
 * await manager.stop("enough");
 *
 * assertEquals(manager.methods.stop.callCount, 1);
 * assertEquals(manager.methods.stop.calls, [["enough"]]);
 * ```
 */
export class FakeMethod<Args extends unknown[], Result> {
  #calls: Args[] = [];
  #stub: (...args: Args) => Result;
  readonly #stubs = new Map<number, (...args: Args) => Result>();
  readonly #note: (event: string, args: Args) => void;

  /**
   * Creates a method; the fakes do this for you.
   *
   * @param stub What it does by default.
   * @param note Is told when a call begins, and when it ends or fails.
   */
  constructor(
    // Types come from what the method is made for, as its stub may be narrower.
    stub: NoInfer<(...args: Args) => Result>,
    note: NoInfer<(event: string, args: Args) => void>,
  ) {
    this.#stub = stub;
    this.#note = note;
  }

  /** How often the method was called. */
  get callCount(): number {
    return this.#calls.length;
  }

  /** The arguments of each call so far, in order: a copy, which stays as is. */
  get calls(): Args[] {
    return [...this.#calls];
  }

  /**
   * Sets what the method does from the next call on, in place of what it did.
   *
   * @example An initialize that takes its time
   * ```ts
   * import { FakeTask } from "@goasync/core/testing";
   * import { delay } from "@std/async";
   *
   * const database = new FakeTask();
   * database.stages.initialize.stub(({ signal }) => delay(10, { signal }));
   * ```
   *
   * @param stub Is called with the method's arguments.
   * @throws {TypeError} If the stub is not a function.
   */
  stub(stub: (...args: Args) => Result): void {
    checkStub(stub);
    this.#stub = stub;
  }

  /**
   * Makes the method return a value from the next call on.
   *
   * @example A task that ends by itself
   * ```ts
   * import { TaskManager } from "@goasync/core";
   * import { FakeTask } from "@goasync/core/testing";
   * import { assertEquals } from "@std/assert";
   *
   * const job = new FakeTask();
   * job.stages.execute.returns();
   *
   * const manager = new TaskManager();
   * manager.addTask("job", job);
   * const [error] = await manager.runSettled();
   * assertEquals(error?.code, "UNEXPECTED_STOP");
   * ```
   *
   * @param value The value, or a promise of it where the method is async.
   */
  returns(value: Result): void {
    this.#stub = () => value;
  }

  /**
   * Makes the method throw from the next call on. Those of a manager that
   * return a promise reject.
   *
   * @example A task that cannot be initialized
   * ```ts
   * import { TaskManager } from "@goasync/core";
   * import { FakeTask } from "@goasync/core/testing";
   * import { assertEquals } from "@std/assert";
   *
   * const database = new FakeTask();
   * database.stages.initialize.throws(new Error("no connection"));
   *
   * const manager = new TaskManager();
   * manager.addTask("database", database);
   * const [error] = await manager.runSettled();
   * assertEquals(error?.stage, "initialize");
   * assertEquals(database.stages.execute.callCount, 0);
   * assertEquals(database.stages.cleanup.callCount, 1);
   * ```
   *
   * @param error What is thrown, unchanged.
   */
  throws(error: unknown): void {
    this.#stub = () => {
      throw error;
    };
  }

  /**
   * Sets what the method does at one call, whatever it does at the others.
   *
   * @example A task that fails once
   * ```ts
   * import { TaskManager } from "@goasync/core";
   * import { repeatable } from "@goasync/core/tasks/repeatable";
   * import { FakeTask } from "@goasync/core/testing";
   * import { assertEquals } from "@std/assert";
   *
   * const poller = new FakeTask();
   * poller.stages.execute.onCall(0, () => {
   *   throw "no connection";
   * });
   * const again = poller.stages.execute.hold();
   *
   * const manager = new TaskManager();
   * manager.addTask("poller", repeatable(poller, { backoff: false }));
   * const run = manager.run();
   * await again.reached;
   * assertEquals(poller.stages.execute.callCount, 2);
   *
   * manager.stop();
   * again.open();
   * await run;
   * ```
   *
   * @param index Which call it is: 0 is the first, and the first after
   * `clear`.
   * @param stub Is called with the method's arguments.
   * @throws {TypeError} If the index is not an integer from 0 on, or the stub
   * is not a function.
   */
  onCall(index: number, stub: (...args: Args) => Result): void {
    if (!Number.isInteger(index) || index < 0) {
      const expected = "'index' must be an integer from 0 on";
      throw wrong("stub a call", expected, index);
    }
    checkStub(stub);
    this.#stubs.set(index, stub);
  }

  /** Forgets the calls so far. What the method does when called stays. */
  clear(): void {
    this.#calls = [];
  }

  /**
   * Records a call and does what was set: the fake's own method calls this, so
   * a test has no need to.
   *
   * @param args The arguments of the call.
   * @returns What the stub returns.
   */
  invoke(...args: Args): Result {
    const stub = this.#stubs.get(this.callCount) ?? this.#stub;
    this.#calls.push(args);
    this.#note("begins", args);
    try {
      const result = stub(...args);
      if (isPromiseLike(result)) return this.#watch(result, args) as Result;
      this.#note("ends", args);
      return result;
    } catch (error) {
      this.#note("fails", args);
      throw error;
    }
  }

  // The caller gets this promise and not the stub's: if it does not handle a
  // rejection, that is still an unhandled one.
  #watch(result: PromiseLike<unknown>, args: Args): PromiseLike<unknown> {
    return Promise.resolve(result).then(
      (value) => {
        this.#note("ends", args);
        return value;
      },
      (error) => {
        this.#note("fails", args);
        throw error;
      },
    );
  }
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof Object(value).then === "function";
}

function checkStub(stub: unknown): void {
  if (typeof stub === "function") return;
  throw wrong("stub a method", "the stub must be a function", stub);
}
