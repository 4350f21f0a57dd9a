import { type TaskContext, TaskManager } from "@goasync/core";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { countedSignal } from "../helpers/counted_signal.ts";
import { running } from "../helpers/running.ts";

/** What an AbortSignal of another realm or a polyfill has in common with ours. */
function foreignSignal() {
  const { signal, abort } = countedSignal();
  const foreign = {
    get aborted() {
      return signal.aborted;
    },
    get reason() {
      return signal.reason;
    },
    addEventListener: signal.addEventListener,
    removeEventListener: signal.removeEventListener,
  };
  return { foreign: foreign as AbortSignal, abort };
}

describe("what counts as an AbortSignal", () => {
  it("is one of another realm, too", async () => {
    const { foreign, abort } = foreignSignal();
    const manager = new TaskManager();
    manager.addTask("it", { execute: ({ done }) => done });
    const { errors } = await running(manager, { signal: foreign });
    abort("enough");
    assertEquals(manager.state, "stopping");
    assertEquals(await errors, []);
  });

  it("is one of another realm that is given bare, too", async () => {
    const { foreign } = foreignSignal();
    await assertRejects(
      () => new TaskManager().run(foreign as never),
      TypeError,
      "run({ signal })",
    );
  });
});

describe("what counts as a TaskManager", () => {
  it("is one of another copy of the package, too", () => {
    const foreign = { execute: () => {}, runSettled: () => {} };
    assertThrows(
      () => new TaskManager().addTask("it", foreign),
      TypeError,
      "addExecuteTask",
    );
  });
});

describe("what counts as the context of a manager's task", () => {
  it("is one of another copy of the package, too", async () => {
    const [draining, stop] = [new AbortController(), new AbortController()];
    const foreign = {
      name: "it",
      draining: draining.signal,
      signal: stop.signal,
    } as TaskContext;
    const log: string[] = [];
    const manager = new TaskManager();
    manager.addTask("it", {
      execute: ({ done }) => done,
      drain: () => void log.push("drains"),
    });
    const { errors } = await running(manager, foreign);
    draining.abort("enough");
    await manager.drain(foreign);
    assertEquals(log, ["drains"]);
    assertEquals(manager.state, "draining");
    stop.abort("now");
    assertEquals(await errors, []);
    assertEquals(manager.report().stop?.reason, "enough");
  });
});

describe("what counts as a task", () => {
  it("is a function whose execute is a function, and no other", () => {
    const manager = new TaskManager();
    const callable = Object.assign(() => {}, { execute: 1 });
    assertThrows(
      () => manager.addExecuteTask("it", callable as never),
      TypeError,
      "'execute' function",
    );
    manager.addTask("it", Object.assign(() => {}, { execute: () => {} }));
  });

  it("is an object of a class, whose methods are inherited", async () => {
    class Base {
      execute({ done }: { done: Promise<void> }) {
        return done;
      }
    }
    class Derived extends Base {}
    const manager = new TaskManager();
    manager.addTask("it", new Derived());
    const { errors } = await running(manager);
    await manager.stop();
    assertEquals(await errors, []);
  });
});
