import { type ExecuteFunction, TaskManager } from "@goasync/core";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { gate } from "../helpers/gate.ts";
import { running } from "../helpers/running.ts";
import { summary } from "../helpers/summary.ts";

/** Runs an execute that returns this, until it has ended. */
async function runReturning(returned: unknown) {
  const manager = new TaskManager();
  manager.addTask("it", { execute: () => returned as Promise<void> }, {
    type: "stop-group",
  });
  return await manager.runSettled();
}

/** A promise of its own kind, which counts who waits for it. */
class CountedPromise<Value> extends Promise<Value> {
  static waits = 0;

  override then<Fulfilled = Value, Rejected = never>(
    onFulfilled?: ((value: Value) => Fulfilled | PromiseLike<Fulfilled>) | null,
    onRejected?: ((reason: unknown) => Rejected | PromiseLike<Rejected>) | null,
  ): Promise<Fulfilled | Rejected> {
    CountedPromise.waits++;
    return super.then(onFulfilled, onRejected);
  }
}

describe("what execute returns", () => {
  it("may be anything that is no promise", async () => {
    for (const returned of [undefined, null, 0, "done", {}, { then: 1 }]) {
      assertEquals(await runReturning(returned), []);
    }
  });

  it("may be a promise for anything", async () => {
    assertEquals(await runReturning(Promise.resolve("done")), []);
  });

  it("may be a promise of a subclass", async () => {
    CountedPromise.waits = 0;
    assertEquals(await runReturning(CountedPromise.resolve()), []);
    assertEquals(CountedPromise.waits > 0, true);
    assertEquals(
      summary(await runReturning(CountedPromise.reject("broken"))),
      ["it execute FAILED"],
    );
  });

  it("may be a promise whose own then was replaced, and counts once", async () => {
    const ending = gate();
    const replaced = Object.assign(ending.reached.then(() => {}), {
      then: () => {
        throw new Error("Do not call");
      },
    });
    const manager = new TaskManager();
    manager.addTask("it", { execute: () => replaced }, { type: "stop-group" });
    const { errors } = await running(manager);
    assertEquals(manager.state, "executing");
    ending.open();
    assertEquals(await errors, []);
  });

  it("may be a thenable that settles more than once, and counts once", async () => {
    const ending = gate();
    const thenable = {
      then(resolve: () => void, reject: (reason: unknown) => void) {
        resolve();
        resolve();
        reject("too late");
      },
    };
    const manager = new TaskManager();
    const type = "stop-group";
    manager.addTask("noisy", { execute: () => thenable as never }, { type });
    manager.addTask("slow", { execute: () => ending.reached }, { type });
    const { errors } = await running(manager);
    assertEquals(manager.state, "executing");
    ending.open();
    assertEquals(await errors, []);
  });

  it("is not waited for before the others are called", async () => {
    const called: string[] = [];
    const manager = new TaskManager();
    const execute: ExecuteFunction = ({ name, done }) => {
      called.push(name);
      return done;
    };
    manager.addTask("1", { execute });
    manager.addTask("2", { execute });
    const { errors } = await running(manager);
    assertEquals(called, ["1", "2"]);
    await manager.stop();
    assertEquals(await errors, []);
  });

  it("is recorded unchanged when it cannot be waited for", async () => {
    const thrown = new Error("Do not touch");
    const [error] = await runReturning({
      get then() {
        throw thrown;
      },
    });
    assertStrictEquals(error?.cause, thrown);
  });
});
