import { TaskManager } from "@goasync/core";
import { FakeTask } from "@goasync/core/testing";
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { contextOf } from "../helpers/context_of.ts";
import { isPending } from "../helpers/is_pending.ts";

// deno-lint-ignore no-explicit-any
type Anything = any;

describe("FakeMethod", () => {
  it("gives its calls as a copy that later calls do not change", () => {
    const { initialize } = new FakeTask().stages;
    const [first, second] = [contextOf("first"), contextOf("second")];
    initialize.invoke(first);
    const calls = initialize.calls;
    initialize.invoke(second);
    assertEquals(calls.length, 1);
    calls.pop();
    assertEquals(initialize.callCount, 2);
    assertStrictEquals(initialize.calls[0]?.[0], first);
    assertStrictEquals(initialize.calls[1]?.[0], second);
  });

  it("does what its stub does, with the arguments of the call", async () => {
    const fake = new FakeTask();
    const context = contextOf("it");
    fake.stages.execute.stub((given) => Promise.resolve(given));
    assertStrictEquals(await fake.execute(context), context);
  });

  it("waits for a thenable whose then returns nothing", async () => {
    const log: string[] = [];
    const fake = new FakeTask({ log });
    const settle: (() => void)[] = [];
    const thenable = {
      then: (resolve: () => void) => void settle.push(resolve),
    };
    fake.stages.execute.returns(thenable as Anything);
    const execution = fake.execute(contextOf("it")) as Promise<void>;
    assertEquals(await isPending(execution), true);
    for (const each of settle) each();
    await execution;
    assertEquals(log, ["it execute begins", "it execute ends"]);
  });

  it("passes a value or a throw of the stub on in the same turn", () => {
    const fake = new FakeTask();
    fake.stages.execute.stub(() => {});
    assertEquals(fake.execute(contextOf("it")), undefined);
    const thrown = new Error("at once");
    fake.stages.execute.throws(thrown);
    assertStrictEquals(
      assertThrows(() => void fake.execute(contextOf("it"))),
      thrown,
    );
  });

  it("does what was set last", async () => {
    const fake = new FakeTask();
    fake.stages.execute.throws("never seen");
    fake.stages.execute.returns(Promise.resolve("first"));
    assertEquals(await fake.execute(contextOf("it")), "first");
    fake.stages.execute.stub(() => Promise.resolve("second"));
    assertEquals(await fake.execute(contextOf("it")), "second");
  });

  it("throws anything, unchanged", async () => {
    for (const thrown of [undefined, null, 0, Object.freeze({})]) {
      const manager = new TaskManager();
      const fake = new FakeTask();
      fake.stages.initialize.throws(thrown);
      manager.addTask("fake", fake);
      const [error] = await manager.runSettled();
      assertStrictEquals(error?.cause, thrown);
    }
  });

  it("does something else at one call", async () => {
    const fake = new FakeTask();
    const answer = async () => await fake.execute(contextOf("it"));
    fake.stages.execute.onCall(1, () => Promise.resolve("special"));
    fake.stages.execute.returns(Promise.resolve("usual"));
    assertEquals(await answer(), "usual");
    assertEquals(await answer(), "special");
    assertEquals(await answer(), "usual");
  });

  it("counts its calls anew when it is cleared, and keeps its stubs", async () => {
    const fake = new FakeTask();
    const answer = async () => await fake.execute(contextOf("it"));
    fake.stages.execute.onCall(0, () => Promise.resolve("first"));
    fake.stages.execute.returns(Promise.resolve("later"));
    assertEquals([await answer(), await answer()], ["first", "later"]);
    fake.stages.execute.clear();
    assertEquals(fake.stages.execute.callCount, 0);
    assertEquals([await answer(), await answer()], ["first", "later"]);
  });

  it("throws TypeError for a stub that is not a function", () => {
    const { execute } = new FakeTask().stages;
    for (const bad of [undefined, null, "stub", {}]) {
      for (
        const set of [
          () => execute.stub(bad as Anything),
          () => execute.onCall(0, bad as Anything),
        ]
      ) {
        assertThrows(
          set,
          TypeError,
          "Cannot stub a method as the stub must be a function: current value is ",
        );
      }
    }
  });

  it("throws TypeError for an index that is none", () => {
    const { execute } = new FakeTask().stages;
    for (const bad of [-1, 0.5, NaN, Infinity, "0", undefined]) {
      assertThrows(
        () => execute.onCall(bad as Anything, () => {}),
        TypeError,
        "Cannot stub a call as 'index' must be an integer from 0 on: current value is ",
      );
    }
  });
});
